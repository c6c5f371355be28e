"""The form by itself in a real Chromium, under the product's content security policy (tests/js/harness)."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

pytestmark = pytest.mark.browser
TOP = Path(__file__).parents[2]
PHONE = {"width": 390, "height": 844}
HALF = {"lawyer": "none", "present": "in_person", "language": "es", "interpreter_ok": "yes"}
SCENE = {
    "zone": ["hallway"],
    "how_many": "n2",
    "masked": "none",
    "id_shown": "no",
    "doing": ["following"],
    "taken": 1,
    "child": "yes",
    "hotline_called": "yes",
}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = subprocess.Popen(["node", str(TOP / "tests/js/harness/serve.mjs")], stdout=subprocess.PIPE, text=True)
    assert server.stdout
    yield f"http://localhost:{int(server.stdout.readline())}/"
    server.terminate()
    server.wait()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_form(chromium: Browser, address: str) -> Iterator[Any]:
    """Opens a form; afterwards nothing may have gone wrong in the page, a policy violation included."""
    contexts, wrong = [], []

    def open_one(form: str, answers: dict[str, Any] | None = None, **more: Any) -> Page:
        options = {"viewport": PHONE, "has_touch": True, **more.pop("options", {})}
        context = chromium.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(address + "?" + urlencode({"form": form, "answers": json.dumps(answers or {}), **more}))
        page.wait_for_selector("[data-save]")
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert wrong == []


def tap(page: Page, words: str) -> None:
    """Taps one answer of the question that is open last; the focus is never lost by it."""
    page.locator(".tap", has_text=words).last.tap()
    page.wait_for_function("() => document.activeElement !== document.body")


def told(page: Page, kind: str) -> list[Any]:
    return [one["detail"] for one in page.evaluate("() => window.told") if one["type"] == kind]


def save(page: Page) -> None:
    page.locator("[data-save]").tap()


def test_a_short_hearing_takes_eight_taps(open_form: Any) -> None:
    page = open_form("master")
    for words in ("None", "In person", "Spanish", "Yes", "Nothing", "Continued", "1 to 3 months"):
        page.wait_for_selector(f".tap:has-text('{words}')")
        page.locator(".tap", has_text=words).first.tap()
    save(page)
    assert told(page, "save") == [
        {
            "answers": {
                **HALF,
                "dhs_motion": ["none"],
                "outcome": "continued",
                "next_hearing": "months_1_3",
            },
            "offers": [],
        }
    ]


def test_the_next_question_of_a_chain_opens_without_a_tap(open_form: Any) -> None:
    page = open_form("master", HALF)
    tap(page, "Dismiss")
    assert page.get_by_text("What did the respondent say?").is_visible()
    tap(page, "Objected")
    tap(page, "Reserved")
    page.wait_for_selector("[data-q=outcome]:focus")
    lines = [" ".join(text.split()) for text in page.locator(".done").all_inner_texts()]
    assert lines == [
        "4 answers No lawyer, in person, Spanish , Change",
        "DHS asked to Dismiss, objected, reserved , Change",
    ]
    assert page.get_by_text("6 of 8").is_visible()


def test_an_answer_is_changed_by_tapping_its_line(open_form: Any) -> None:
    page = open_form("master", {"lawyer": "none", "present": "absent"})
    page.get_by_role("button", name="Lawyer None").tap()
    assert page.locator("[data-q=lawyer] input:checked").get_attribute("value") == "none"
    tap(page, "Attorney")
    assert page.get_by_role("button", name="Lawyer Attorney").is_visible()
    page.get_by_role("button", name="Lawyer Attorney").tap()
    page.get_by_role("button", name="Take this answer out").tap()
    assert "lawyer" not in told(page, "change")[-1]["answers"]


def test_a_keyboard_is_enough_and_arrows_do_not_run_ahead(open_form: Any) -> None:
    page = open_form("master")
    page.locator("[data-q=lawyer] input").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert told(page, "change")[-1]["answers"] == {"lawyer": "friend_of_court"}
    assert page.locator("[data-q=lawyer]").is_visible()
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-q=present]:focus")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.wait_for_selector("[data-q=language]:focus")
    assert told(page, "change")[-1]["answers"] == {"lawyer": "friend_of_court", "present": "in_person"}


def test_a_note_is_read_once_more_and_a_number_is_taken_out(open_form: Any) -> None:
    page = open_form("ice_courthouse", SCENE)
    page.get_by_label("What you saw").fill("They took him.\n\nHe said to call 917-555-0148.")
    save(page)
    page.wait_for_selector("[data-once]:focus")
    assert page.locator("mark").inner_text() == "917-555-0148"
    assert page.get_by_text("This looks like a phone number").is_visible()
    assert page.locator("dl").inner_text().split("\n")[:4] == [
        "Where",
        "Hallway",
        "How many",
        "2, none masked, no ID shown",
    ]
    page.get_by_role("button", name="Take it out").tap()
    assert page.locator("mark").count() == 0
    page.get_by_role("button", name="Change").tap()
    assert page.get_by_label("What you saw").input_value() == "They took him.\n\nHe said to call [number taken out]."
    save(page)
    page.wait_for_selector("[data-once]:focus")
    assert told(page, "save") == []
    save(page)
    assert told(page, "save")[0]["answers"]["narrative"].endswith("[number taken out].")


def test_what_is_no_longer_asked_is_not_saved(open_form: Any) -> None:
    page = open_form("master", {**HALF, "dhs_motion": ["dismiss"], "respondent": "agreed", "outcome": "other"})
    page.get_by_role("button", name="DHS asked to").tap()
    tap(page, "Nothing")
    save(page)
    assert "respondent" not in told(page, "save")[0]["answers"]


def test_without_a_legal_box_nothing_sealed_can_be_written_and_the_form_says_why(open_form: Any) -> None:
    page = open_form("ice_courthouse", {"zone": ["lobby"]}, box="0")
    page.locator("[data-row=more]").tap()
    assert page.locator("textarea, [data-row=timeline], [data-row=exact_time], [data-row=destination]").count() == 0
    assert page.get_by_text("Nothing can be locked here yet").is_visible()
    page.locator("[data-row=vehicles]").tap()
    page.get_by_role("button", name="Add a line").tap()
    page.wait_for_selector("text=Make")
    assert page.get_by_text("Plate").count() == 0


def test_without_a_legal_box_a_small_count_waits(open_form: Any) -> None:
    rows = {"abcdefgh": {"country": "gt", "count": 2}}
    page = open_form("session", {"type": "master", "nationalities": rows}, box="0", stage="close")
    save(page)
    assert page.get_by_role("alert").inner_text().startswith("Some of this must be locked")
    assert told(page, "save") == []


def test_an_empty_form_and_a_missing_answer_are_not_saved_but_named(open_form: Any) -> None:
    page = open_form("master")
    save(page)
    assert page.get_by_role("alert").inner_text().startswith("Nothing is written yet")
    page = open_form("session", {"admitted": "yes"})
    save(page)
    page.get_by_role("button", name="Answer it").tap()
    page.wait_for_selector("[data-q=type]:focus")


def test_the_next_case_begins_with_its_first_question(open_form: Any) -> None:
    page = open_form("master", {**HALF, "notes": "Nothing was read aloud."})
    save(page)
    page.wait_for_selector("[data-once]:focus")
    save(page)
    page.evaluate("() => window.draw({})")
    page.wait_for_selector("[data-q=lawyer]:focus")
    assert page.get_by_text("0 of 8").is_visible()


def test_ice_seen_offers_the_form_for_it(open_form: Any) -> None:
    page = open_form("session", {"type": "master", "ice_seen": "yes"})
    page.get_by_role("button", name="ICE at a courthouse").tap()
    assert told(page, "offer") == [{"form": "ice_courthouse"}]


def test_one_tap_adds_a_moment_and_undo_takes_it_away(open_form: Any) -> None:
    page = open_form("ice_courthouse")
    page.locator("[data-row=timeline]").tap()
    page.get_by_role("button", name="Agents enter").tap()
    page.get_by_role("button", name="Bus arrives").tap()
    moments = sorted(one["chip"] for one in told(page, "change")[-1]["answers"]["_timeline"].values())
    assert moments == ["Bus arrives", "agents_enter"]
    page.get_by_role("button", name="Undo Agents enter").tap()
    assert [one["chip"] for one in told(page, "change")[-1]["answers"]["_timeline"].values()] == ["Bus arrives"]
    page.get_by_role("button", name="Undo Bus arrives").tap()
    assert "_timeline" not in told(page, "change")[-1]["answers"]


def test_a_long_list_is_searched_by_letters_without_their_accents(open_form: Any) -> None:
    page = open_form("master", {"lawyer": "none", "present": "phone"}, lang="es")
    page.get_by_role("button", name="Otro").tap()
    page.get_by_label("Escribe unas letras").fill("nahu")
    tap(page, "Náhuatl")
    assert told(page, "change")[-1]["answers"]["language"] == "nah"


def test_an_unlisted_courtroom_is_told_in_a_locked_note(open_form: Any) -> None:
    page = open_form("session", {"type": "bond", "admitted": "yes"}, stage="open")
    page.locator("[data-row=more]").tap()
    page.locator("[data-row=courtroom]").tap()
    tap(page, "Not in the list")
    page.locator("[data-row=courtroom_unlisted]").tap()
    assert page.locator(".sealed [id=in-courtroom_unlisted]").is_visible()


def test_every_type_of_answer_can_be_given(open_form: Any) -> None:
    page = open_form("every")
    page.locator("[data-row=more]").tap()

    def answer(field: str) -> Any:
        return told(page, "change")[-1]["answers"].get(field)

    def open_row(field: str) -> None:
        page.locator(f"[data-row={field}]").tap()
        page.wait_for_selector(f"[data-q={field}]:focus")

    open_row("kind")
    tap(page, "Red")
    open_row("acts")
    tap(page, "Take")
    tap(page, "Wait")
    page.get_by_role("button", name="Close this question").tap()
    assert answer("acts") == ["take", "wait"]
    open_row("acts")
    tap(page, "None")
    assert answer("acts") == ["none"]
    open_row("count")
    page.get_by_role("button", name="More of them").tap()
    page.get_by_role("button", name="More of them").tap()
    page.get_by_role("button", name="Less").tap()
    assert answer("count") == 1
    page.locator("[data-q=count] input").fill("99")
    page.get_by_role("button", name="Next").tap()
    assert answer("count") == 20
    open_row("bail")
    page.locator("[data-q=bail] input").fill("$1,500.5")
    page.get_by_role("button", name="Next").tap()
    assert answer("bail") == 150050
    open_row("at")
    page.get_by_role("button", name="Now", exact=True).tap()
    assert answer("at") == {"at": 1795453200000, "exact": True}
    page.locator("[data-q=at] input[type=datetime-local]").fill("2026-07-01T09:30")
    tap(page, "About")
    assert answer("at") == {"at": 1782912600000, "exact": False}
    page.get_by_role("button", name="Next").tap()
    open_row("day")
    page.locator("[data-q=day] input").fill("2027-01-31")
    page.get_by_role("button", name="Next").tap()
    assert answer("day") == "2027-01-31"
    open_row("place")
    page.get_by_role("button", name="Use my position").tap()
    page.wait_for_selector("text=4071,-7401")
    assert answer("place") == {"lat": 40715123, "lon": -74003456, "accuracy": 12}
    page.get_by_role("button", name="Next").tap()
    open_row("rows")
    page.get_by_role("button", name="Add a line").tap()
    page.get_by_label("Country").select_option("gt")
    page.get_by_label("Count", exact=True).fill("2")
    page.get_by_label("Plate").fill("NY 1")
    assert page.locator(".card__pad.sealed").is_visible()
    page.get_by_role("button", name="Line done").tap()
    assert list(answer("rows").values()) == [{"country": "gt", "count": 2, "plate": "NY 1"}]
    page.get_by_role("button", name="Done", exact=True).tap()
    page.wait_for_selector("[data-row=rows]:focus")


AXE = """async () => {
  const { violations } = await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"] });
  return violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html}`));
}"""
STATES: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "a case in the middle": ("master", {**HALF, "dhs_motion": ["dismiss"]}, {}),
    "a first question": ("ice_courthouse", {}, {}),
    "a place": ("salute", {"doing": ["detaining"], "how_many": "more"}, {}),
    "no box": ("ice_courthouse", SCENE, {"box": "0"}),
    "more, and a time": ("ice_courthouse", SCENE, {"tap": ["more", "exact_time"]}),
    "a table": (
        "session",
        {"type": "master"},
        {"stage": "close", "tap": ["more", "nationalities"], "press": "[data-add]"},
    ),
    "the timeline": ("salute", {}, {"tap": ["timeline"], "press": ".tap--chip"}),
    "a search": ("session", {"type": "master", "admitted": "yes"}, {"stage": "open", "tap": ["more", "courtroom"]}),
    "read once more": ("ice_courthouse", {**SCENE, "narrative": "Call 917-555-0148"}, {"press": "[data-save]"}),
    "all types": ("every", {"kind": "red", "count": 3, "bail": 100}, {"tap": ["more", "bail"]}),
}


@pytest.mark.parametrize("look", ["en light", "es dark"])
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(open_form: Any, state: str, look: str) -> None:
    form, answers, more = STATES[state]
    lang, scheme = look.split()
    asked = {key: value for key, value in more.items() if key in ("box", "stage")}
    # axe is put in by hand, which the policy would rightly refuse.
    page = open_form(form, answers, lang=lang, **asked, options={"color_scheme": scheme, "bypass_csp": True})
    for row in more.get("tap", ()):
        page.locator(f"[data-row={row}]").tap()
    if "press" in more:
        page.locator(more["press"]).first.tap()
    page.add_script_tag(url="/axe.js")
    assert page.evaluate(AXE) == []


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_runs_out_of_a_narrow_screen(open_form: Any, width: int) -> None:
    page = open_form("master", HALF, lang="es", options={"viewport": {"width": width, "height": 700}})
    page.locator("[data-row=more]").tap()
    assert page.evaluate(
        "() => document.querySelector('.main').scrollWidth <= document.querySelector('.main').clientWidth"
    )
    assert page.evaluate("() => document.documentElement.scrollHeight <= innerHeight")
