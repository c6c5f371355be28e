"""From paper: forty cases by keyboard alone, without network and through a kill, opened by counsel's key; and the blanks as printed."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from fieldapp.core.db import db
from fieldapp.observations import catalogue, serials
from fieldapp.observations.models import PaperSheet
from fieldapp.observations.services import paper
from fieldapp.records.models import Record, SealedFile
from tests.browser import test_corrections as volunteers
from tests.browser import test_people as desk
from tests.browser.stage import DESK

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["spatialite"], indirect=True)]
address, chromium, clock, north, stage = desk.address, desk.chromium, desk.clock, desk.north, desk.stage

CASES = 40
PER_SHEET = 6
SLOW = volunteers.SLOW
PACE = 180  # keys a minute, of somebody who types with two fingers
MOST_KEYS = 24  # for one case
OVER = """() => [...document.querySelectorAll(".blank")].filter((one) =>
  one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1).length"""
NARROW = {"width": 360, "height": 740}
STATUS = "() => document.querySelector('[role=status].lead')?.textContent ?? ''"
# The eighth record is signed for ever: so the phone can be killed in the middle of saving, on any machine.
STUCK = """() => {
  const real = crypto.subtle.sign.bind(crypto.subtle);
  let n = 0;
  crypto.subtle.sign = (...all) => (++n > 7 ? new Promise(() => undefined) : real(...all));
}"""


class Typist:
    """Somebody at a keyboard, whose keys are counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.keys = 0

    def press(self, *names: str) -> None:
        for name in names:
            self.keys += 1
            self.page.keyboard.press(name)

    def type(self, text: str) -> None:
        for one in text:
            self.press(one if one != " " else "Space")

    def at(self, cell: str) -> None:
        """The cell in use is this one."""
        expect(self.page.locator(".pp__c--now")).to_have_attribute("data-cell", cell, timeout=SLOW)


def sheets_of(stage: Any, person: Any, form: str, n: int) -> list[str]:
    """The numbers of sheets printed at the desk."""
    page = stage.open(DESK, person)
    page.goto("/paper")
    page.get_by_label("Form", exact=True).select_option(form)
    page.get_by_label("How many sheets").fill(str(n))
    page.get_by_role("button", name="Make the sheets").click()
    expect(page.get_by_role("button", name="Print", exact=True)).to_be_visible()
    return [one.replace("-", "") for one in page.locator(".serial b").all_inner_texts()]


def begin(page: Page, half: str = "morning") -> None:
    """From Write to the rows of a court session."""
    page.goto("/#/write")
    page.get_by_role("link", name="From paper").click()
    page.get_by_role("button", name="Immigration Court").click()
    page.get_by_role("radio", name=half).check()
    page.get_by_role("button", name="Type it in").click()
    expect(page.locator("fa-paper .pad")).to_be_visible(timeout=SLOW)


def case(hands: Typist, n: int) -> None:
    """One short hearing as it stands on paper: the time, the 20-second version, a note on each tenth."""
    hands.type(f"{9 + n // 15}:{n % 15 * 4:02d}")
    hands.press("Enter", "4", "1")  # no lawyer, in person
    if n % 4 == 3:
        hands.press("2")  # English: no interpreter is asked about
    elif n % 4 == 1:
        hands.press("Space", "Space") if n > 1 else hands.press("1", "1")
    else:
        hands.press("1", "1")
    if n % 3 == 0:
        hands.press("1", "Enter", "2", "4")  # DHS asks to dismiss; objected; a written response is allowed
    else:
        hands.press("5")
    hands.press("1", "4")  # continued, 3 to 12 months
    hands.press("1" if n % 8 == 0 else "Enter")
    if n % 10 == 9:
        hands.type("The judge explained it twice.")
    hands.press("Enter")


def opened(kit: Any, record: Record) -> dict[str, Any]:
    """What counsel's key opens of a record."""
    [file] = db.session.scalars(db.select(SealedFile).where(SealedFile.record_pk == record.pk))
    return {path: value for _, path, value in json.loads(kit.identity.open(file.data))}


def test_forty_cases_from_paper_take_ten_minutes_without_network_and_through_a_kill(
    stage: Any, make: Any, clock: Any, north: Any
) -> None:
    kit = make.box(north)
    make.place(north, "Immigration Court", city="Hartford")
    numbers = sheets_of(stage, make.person(north), "master@2", 7)
    page = volunteers.volunteer(stage, clock, north)
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    page.context.set_offline(True)
    begin(page)
    hands = Typist(page)
    hands.at("-1 _sheet")
    hands.press("Enter", "1", "1")  # no sheet of its own; short hearings; let in
    hands.at("-1 courtroom")
    hands.press("Enter", "Enter")
    hands.type(f"{CASES}\t"[:2])
    hands.press("Enter", "Enter", "Enter", "Enter")
    hands.at("0 _sheet")
    for n in range(CASES):
        if n % PER_SHEET == 0:
            if n:
                hands.at(f"{n} exact_time")
                hands.press("ArrowLeft")
            hands.at(f"{n} _sheet")
            hands.type(numbers[n // PER_SHEET])
            hands.press("Enter")
        hands.at(f"{n} exact_time")
        case(hands, n)
        if n == 20:  # the battery is pulled: nothing is lost but the place one was at
            expect(page.locator(".pp__c--now")).to_have_attribute("data-cell", "21 exact_time")
            page.evaluate("() => new Promise((done) => setTimeout(done, 600))")
            page.reload()
            hands.at("21 exact_time")
            expect(page.get_by_role("heading", name="21 cases")).to_be_visible()
            page.wait_for_function("() => document.activeElement.matches('[data-type]')")
    print(
        f"{hands.keys} keys for {CASES} cases: {hands.keys / CASES:.1f} each, {hands.keys / PACE:.1f} minutes at {PACE} a minute"
    )
    assert hands.keys / CASES <= MOST_KEYS
    assert hands.keys / PACE <= 10

    page.get_by_role("button", name="Save all 40 cases").click()
    expect(page.get_by_role("heading", name="Read once more")).to_be_visible()
    expect(page.get_by_text("The judge explained it twice.")).to_have_count(4)
    page.evaluate(STUCK)
    page.get_by_role("button", name="Save all 41 records").click()
    page.wait_for_function(f"() => /^[1-9]/.test(({STATUS})())", timeout=SLOW)
    page.reload()
    expect(page.get_by_role("heading", name="Saving was interrupted")).to_be_visible(timeout=SLOW)
    page.get_by_role("button", name="Go on saving").click()
    expect(page.get_by_role("heading", name="What became of the paper?")).to_be_visible(timeout=2 * SLOW)
    expect(page.get_by_text("7 sheets are open")).to_be_visible()

    everything = page.get_by_role("region", name="All 7 sheets alike")
    everything.get_by_role("button", name="Destroyed under the rule").click()
    expect(everything.get_by_text("were you not told to keep it?")).to_be_visible()
    everything.get_by_role("button", name="No, not yet").click()
    everything.get_by_role("button", name="Given to the legal team").click()
    expect(page.get_by_text("Every sheet has its answer")).to_be_visible(timeout=SLOW)
    volunteers.send(page)

    db.session.remove()
    records = make.all(Record)
    assert len(records) == CASES + 1 and all(one.reasons == [] for one in records)
    assert {one.part for one in records} == {"morning"}
    said = [opened(kit, one) for one in records if one.form.startswith("master")]
    [session] = [one for one in records if one.form.startswith("session")]
    said.sort(key=lambda one: one["/_/order"])
    assert [one["/_/order"] for one in said] == list(range(1, CASES + 1))
    assert {one["/_/session"] for one in said} == {session.id}
    lines = [{"line": n % PER_SHEET + 1, "serial": numbers[n // PER_SHEET]} for n in range(CASES)]
    assert [one["/_/paper"] for one in said] == lines
    assert all(one["/_/observed_at"]["exact"] for one in said)
    assert sum("/notes" in one for one in said) == 4
    sheets = make.all(PaperSheet)
    assert {(one.serial, one.fate, one.whom) for one in sheets} == {(one, "given", "counsel") for one in numbers}
    assert all(one.entered_at for one in sheets)


def test_on_a_phone_the_same_is_done_by_taps_and_what_does_not_fit_is_said_without_blocking(
    stage: Any, make: Any, clock: Any, north: Any
) -> None:
    found: list[str] = []
    make.box(north)
    make.place(north, "Immigration Court", city="Hartford")
    page = volunteers.volunteer(stage, clock, north)
    page.goto("/#/paper")
    expect(page.get_by_role("heading", name="From paper")).to_be_visible()
    volunteers.clean(page, "start", found)
    begin(page, "afternoon")
    page.get_by_role("textbox").fill("K7M2-9QXX")
    expect(page.get_by_text("The number does not check")).to_be_visible()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name=re.compile("Short hearings")).click()
    page.get_by_role("grid", name="Short hearing (master)").get_by_role("button").click()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name=re.compile("Attorney")).click()
    page.get_by_role("button", name=re.compile("In person")).click()
    expect(page.locator(".pp__c--now")).to_have_attribute("data-cell", "0 language")
    page.get_by_role("searchbox").fill("mam")
    page.get_by_role("button", name="Mam", exact=False).click()
    volunteers.clean(page, "rows", found)
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".pp__c--now")).to_have_attribute("data-cell", "0 language")
    page.get_by_role("gridcell", name="Time").click()
    page.get_by_role("textbox").fill("25:99")
    expect(page.get_by_text("This does not fit")).to_be_visible()
    page.get_by_role("button", name="Save 1 case").click()
    worth = page.get_by_role("listitem")
    expect(worth.filter(has_text="“25:99” does not fit and is not saved")).to_be_visible()
    expect(worth.filter(has_text="Session: the sheet's number does not check")).to_be_visible()
    volunteers.clean(page, "check", found)
    page.get_by_role("button", name=re.compile("^Change Case 1, Time")).click()
    expect(page.get_by_role("textbox")).to_have_value("25:99")
    page.get_by_role("textbox").fill("1:30")
    page.get_by_role("button", name="Save 1 case").click()
    page.get_by_role("button", name="Save all 2 records").click()
    expect(page.get_by_role("heading", name="Write")).to_be_visible(timeout=SLOW)
    page.goto("/#/paper/sheets")
    page.get_by_label("Another sheet").fill(serials.shown(serials.mint()))
    page.get_by_role("button", name="Say what became of it").click()
    expect(page.get_by_text("1 sheet is open")).to_be_visible(timeout=SLOW)
    volunteers.clean(page, "fates", found)
    assert found == []


def test_no_sheet_of_any_form_in_either_language_runs_over_its_page(
    stage: Any, make: Any, clock: Any, north: Any, app: Any
) -> None:
    from fieldapp.accounts.identity import actor_for

    person = make.person(north, "coordinator")
    page = stage.open(DESK, person)
    for ref in catalogue.definitions():
        for lang in ("en", "es"):
            page.goto(f"/paper/{paper.mint(actor_for(person), ref, lang, 1, clock.now())}")
            over = page.evaluate(OVER)
            assert over == 0, f"{ref} {lang}"
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 2
    assert desk.faults(page) == []
    page.goto("/paper")
    assert desk.faults(page) == []
