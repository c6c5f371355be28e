"""Forty cases of one sitting: the list of a session, its order, corrections, what a room repeats, and a phone that dies in between."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect, sync_playwright

from fieldapp.core.db import db
from fieldapp.records.models import Record, SealedFile
from tests.browser.scene import Scene
from tests.browser.test_field import DRAFTED, Phone, page_of, strip

pytestmark = pytest.mark.browser
SLOW = 30_000
FORTY = 40
#: How many drafts lie on the phone, and a sign of what they hold: it changes when one is written anew.
DRAFTS = """async () => {
  const open = indexedDB.open("fieldapp-outbox");
  const base = await new Promise((done) => (open.onsuccess = () => done(open.result)));
  const rows = base.transaction("drafts").objectStore("drafts").getAll();
  return new Promise((done) => (rows.onsuccess = () => {
    base.close();
    done(rows.result.filter((one) => one.ct).map((one) => `${one.id} ${new Uint8Array(one.iv)}`).join());
  }));
}"""


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    (tmp_path / "server").mkdir()
    made = Scene(tmp_path / "server")
    yield made
    made.server.shutdown()


@pytest.fixture
def phone(playwright: Playwright, scene: Scene, tmp_path: Path) -> Iterator[Phone]:
    made = Phone(playwright, scene, tmp_path / "phone")
    made.be_at_a_shift()
    expect(strip(made.page)).to_contain_text("All received", timeout=SLOW)
    yield made
    assert made.device.problems == []
    made.device.close()


def session(page: Page, kind: str) -> None:
    """A court session, saved; its page is open."""
    page.goto("/#/write")
    page.get_by_role("button", name="Court session").click()
    page.get_by_role("radio", name=kind).click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="No case is written yet")).to_be_visible()


def case(page: Page, n: int, lawyer: str = "None") -> None:
    """One short hearing of one answer, saved."""
    expect(page.get_by_role("heading", name=f"Case {n}", exact=True)).to_be_visible(timeout=SLOW)
    page.get_by_role("radio", name=lawyer, exact=True).first.click()
    page.get_by_role("button", name="Save and next case").click()


def rows(page: Page) -> list[str]:
    """The list of cases, line by line."""
    return [" ".join(text.split()) for text in page.locator(".rows--cases > li").all_text_contents()]


def scrolled(page: Page) -> int:
    return int(page.evaluate("() => Math.round(document.querySelector('.main').scrollTop)"))


def test_forty_cases_are_listed_kept_in_place_put_in_order_and_corrected(phone: Phone, scene: Scene) -> None:
    page = phone.page
    phone.device.context.set_offline(True)
    session(page, "Short hearings")
    page.get_by_role("button", name="Write case 1").click()
    for n in range(1, FORTY + 1):
        case(page, n)
    page.get_by_role("radio", name="Attorney").click()
    page.get_by_role("link", name="Back to the session").click()

    expect(page.locator(".rows--cases > li")).to_have_count(FORTY + 1)
    listed = rows(page)
    assert listed[0] == "Case 1 Saved here saved 12:20 pm"
    assert listed[-1] == "Case 41 Not saved yet"
    assert not any(re.search("lawyer|attorney", line, re.IGNORECASE) for line in listed)
    page.wait_for_function("() => document.querySelector('.main').scrollTop > 1000")  # the newest cases stand in sight

    # Leaving and coming back keeps the place.
    twenty = page.get_by_role("link", name=re.compile("Case 20 "))
    twenty.evaluate("(row) => row.scrollIntoView({ block: 'center' })")
    expect(twenty).to_be_in_viewport()
    before = scrolled(page)
    twenty.click()
    expect(page.get_by_role("link", name="Correct an answer")).to_be_visible()
    page.get_by_role("link", name="Back to the session").click()
    page.wait_for_function("(at) => Math.abs(document.querySelector('.main').scrollTop - at) < 3", arg=before)

    # Another order: nothing happens before it is kept, and only what moved is corrected.
    page.get_by_role("button", name="Change the order").click()
    page.get_by_role("button", name="Later: case 2", exact=True).click()
    expect(page.get_by_role("button", name="Later: case 3", exact=True)).to_be_focused()
    expect(page.get_by_text("2 saved cases get a correction of their number.")).to_be_visible()
    page.get_by_role("button", name="Earlier: case 41").click()
    expect(page.get_by_text("3 saved cases get a correction of their number.")).to_be_visible()
    page.get_by_role("button", name="Later: case 40").click()
    page.get_by_role("button", name="Keep this order").click()
    expect(page.get_by_role("button", name="Change the order")).to_be_focused(timeout=SLOW)
    expect(page.locator(".rows--cases > li")).to_have_count(FORTY + 1)

    # Editing one that is not saved yet, then correcting one that is.
    page.get_by_role("link", name=re.compile("Case 41 ")).click()
    expect(page.get_by_role("button", name="Lawyer Attorney")).to_be_visible()
    page.get_by_role("link", name="Back to the session").click()
    page.get_by_role("link", name=re.compile("Case 5 ")).click()
    page.get_by_role("link", name="Correct an answer").click()
    page.get_by_role("button", name="Lawyer", exact=True).click()
    page.get_by_role("radio", name="Attorney").click()
    page.get_by_role("button", name="Save the correction").click()
    expect(page.get_by_role("heading", name="Corrections")).to_be_visible(timeout=SLOW)

    phone.device.context.set_offline(False)
    page.get_by_role("link", name="Back to the session").click()
    expect(strip(page)).to_contain_text("All received", timeout=60_000)
    with scene.app.app_context():
        db.session.rollback()
        found = list(db.session.scalars(db.select(Record).order_by(Record.pk)))
        assert [row.reasons for row in found] == [[]] * len(found)
        firsts = {row.digest: said(scene, row) for row in found if row.kind == "observation"}
        orders = {digest: one.get("/_/order") for digest, one in firsts.items()}
        assert sorted(n for n in orders.values() if n) == list(range(1, FORTY + 1))
        moved = {orders[row.amends or ""]: said(scene, row).get("/_/order") for row in found if row.kind == "amendment"}
        assert moved == {2: 3, 3: 2, 5: None}


def said(scene: Scene, row: Record) -> dict[str, object]:
    """What is sealed in a record, as counsel reads it."""
    sealed = db.session.get(SealedFile, (row.pk, scene.box.id))
    return {path: value for _, path, value in json.loads(scene.box.identity.open(sealed.data))} if sealed else {}


def test_a_mixed_session_asks_for_each_case_which_hearing_it_is(phone: Phone) -> None:
    page = phone.page
    session(page, "Mixed")
    for n, (kind, title) in enumerate(
        [
            ("Short hearing", "Short hearing (master)"),
            ("Bond hearing", "Bond hearing"),
            ("Full hearing", "Full hearing (individual)"),
        ],
        1,
    ):
        expect(page.get_by_text(f"Case {n}: which hearing?")).to_be_visible()
        page.get_by_role("button", name=kind, exact=True).click()
        expect(page.locator(".bar__sub")).to_contain_text(title)
        case(page, n)
    expect(page.locator(".rows--cases > li")).to_have_count(3)
    kinds = [re.sub(r".*?(\w+ hearing), saved.*", r"\1", line) for line in rows(page)]
    assert kinds == ["Short hearing", "Bond hearing", "Full hearing"]


def test_a_juvenile_sitting_has_tallies_and_no_cases(phone: Phone) -> None:
    page = phone.page
    page.goto("/#/write")
    page.get_by_role("button", name="Court session").click()
    page.get_by_role("radio", name="Juvenile").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("This kind of sitting has tallies only, no cases.")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Write case"))).to_have_count(0)


def test_what_the_room_repeats_is_offered_for_one_tap_and_can_be_undone(phone: Phone) -> None:
    page = phone.page
    session(page, "Short hearings")
    page.get_by_role("button", name="Write case 1").click()
    page.get_by_role("radio", name="None").first.click()
    page.get_by_role("radio", name="In person").click()
    page.get_by_role("radio", name="Spanish").click()
    page.get_by_role("button", name="Save and next case").click()
    expect(page.get_by_role("heading", name="Case 2", exact=True)).to_be_visible()
    as_before = page.get_by_role("button", name=re.compile("^As before"))
    expect(as_before).to_contain_text("Spanish")
    expect(page.get_by_role("button", name=re.compile("^Language"))).not_to_contain_text(
        "Spanish"
    )  # nothing is filled in
    as_before.click()
    expect(page.get_by_text("Taken over", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Language"))).to_contain_text("Spanish")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Taken over", exact=True)).to_have_count(0)
    expect(as_before).to_be_visible()
    page.reload()  # what the case before said was in memory only
    expect(page.get_by_role("heading", name="Case 2", exact=True)).to_be_visible()
    expect(as_before).to_have_count(0)


def test_every_answer_survives_a_phone_that_dies(phone: Phone) -> None:
    page = phone.page
    session(page, "Short hearings")
    page.get_by_role("button", name="Write case 1").click()
    page.get_by_role("radio", name="None").first.click()
    page.wait_for_function(DRAFTED)
    written = page.evaluate(DRAFTS)
    page.get_by_role("radio", name="In person").click()
    page.wait_for_function(f"async (was) => (await ({DRAFTS})()) !== was", arg=written)
    phone.reopen(offline=True)
    page = page_of(phone)
    page.goto("/#/court")
    page.get_by_role("button", name="Unlock").click()
    page.get_by_role("link", name=re.compile("Case 1 ")).click()
    expect(page.get_by_text("Which language did they speak?")).to_be_visible()
    expect(page.get_by_text("Not saved yet")).to_be_visible()


def test_a_number_is_warned_of_wherever_it_is_written(phone: Phone) -> None:
    page = phone.page
    page.goto("/#/write")
    page.get_by_role("button", name="ICE at a courthouse").click()
    expect(page.get_by_text("Leave out names, A-numbers, addresses")).to_be_visible()
    expect(page.get_by_role("link", name="Call the legal line")).to_have_attribute("href", "tel:2125550199")
    page.get_by_role("button", name=re.compile("^More")).click()
    page.get_by_role("button", name="Where they were taken").click()
    page.locator("#in-destination").fill("To the van, call 917-555-0148")
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("This looks like a phone number")).to_be_visible()
    page.get_by_role("button", name="Take it out").click()
    expect(page.get_by_text("This looks like a phone number")).to_have_count(0)
    expect(page.get_by_text("To the van, call [number taken out]")).to_be_visible()
