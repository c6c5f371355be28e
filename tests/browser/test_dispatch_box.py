"""Where exactly, a plate and a photo: locked on the reporter's phone, opened by who was asked and at the desk, in three real browsers."""

from __future__ import annotations

import json
import struct
import zlib
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from fieldapp.accounts.models import Person
from fieldapp.alerts.models import Alert, AlertDetail, DispatchBox, DispatchReader, Notice
from fieldapp.core.db import db
from fieldapp.shifts.models import Preference
from tests.browser import test_alerts as kit
from tests.browser.stage import PHONE, until
from tests.browser.test_alerts import STUB, enrolled, faults

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["spatialite"], indirect=True)]
address, chapter, chromium, clock = kit.address, kit.chapter, kit.chromium, kit.clock
desk, juniper, service = kit.desk, kit.juniper, kit.service
WHERE, PLATE = "by the loading dock, north side", "TEST 0000"
PATIENCE = 40  # seconds: a machine of two cores may be busy with something else


def kept(page: Page, known: Any, what: str) -> None:
    """Wait until the server knows something."""
    with until(PATIENCE, what) as ok:
        while not ok(known()):
            page.wait_for_timeout(100)
            db.session.rollback()
            db.session.expire_all()


def picture() -> bytes:
    """A plain grey PNG of 32 x 32."""

    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\x00" + b"\x80" * 32 for _ in range(32))
    head = struct.pack(">IIBBBBB", 32, 32, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(rows)) + part(b"IEND", b"")


def told_on_the_phone(desk, person: Person, service) -> Page:
    """A phone on which alerts are turned on, as its person does it."""
    page = desk.open("", person, PHONE, permissions=["notifications"])
    page.add_init_script(STUB % json.dumps(service.subscribe().subscription))
    page.goto("/#/you")
    page.get_by_role("button", name="Turn on alerts").click()
    expect(page.get_by_text("No message was shown here yet.")).to_be_visible(timeout=PATIENCE * 1000)
    page.goto("/#/today")
    page.reload()
    return page


def test_what_the_reporter_locks_is_read_by_who_is_asked_and_at_the_desk_and_by_nobody_else(
    make, desk, chapter, juniper, service, clock
):
    place = make.place(chapter, "26 Federal Plaza")
    board, _ = enrolled(desk, juniper, service)
    board.reload()
    kept(board, lambda: make.all(DispatchBox), "a coordinator's browser made today's box")

    alder = make.person(chapter, field_name="Alder")
    make.certificate(alder, make.course(chapter))
    make.keep(Preference(person_id=alder.id, likes={"places": [place.id]}, never={}, at=clock.now()))
    asked = told_on_the_phone(desk, alder, service)
    kept(asked, lambda: len(make.all(DispatchReader)) == 2, "the phone has a reading key")

    reporter = desk.open("/#/alert", make.person(chapter, field_name="Sorrel"), PHONE)
    reporter.get_by_role("button", name="26 Federal Plaza").click()
    for _ in range(2):
        reporter.locator(".hold").first.click()
    reporter.get_by_role("button", name="Say where exactly, locked").click(timeout=PATIENCE * 1000)
    reporter.get_by_label("Where exactly", exact=True).fill(WHERE)
    reporter.get_by_label("Plate").fill(PLATE)
    reporter.get_by_label("Add a photo").set_input_files(
        {"name": "v.png", "mimeType": "image/png", "buffer": picture()}
    )
    assert faults(reporter) == []
    reporter.get_by_role("button", name="Lock and send").click()
    expect(reporter.get_by_text("Locked. It goes by itself.")).to_be_visible()
    kept(reporter, lambda: make.all(AlertDetail), "it came to the server")
    assert WHERE.encode() not in make.all(AlertDetail)[0].sealed
    assert WHERE not in reporter.content()

    (alert,) = make.all(Alert)
    board.goto(f"/alerts/{alert.id}")
    expect(board.get_by_text(WHERE)).to_be_visible(timeout=PATIENCE * 1000)
    board.get_by_role("button", name="Ask a pair").click()
    expect(board.get_by_text("Juniper read what is sealed")).to_be_visible(timeout=PATIENCE * 1000)

    look = next(n for n in make.all(Notice) if n.what == "look")
    asked.context.clear_cookies()
    asked.goto(f"/notice#{look.id}")
    part = asked.locator("[data-details]")
    expect(part.get_by_text(WHERE)).to_be_visible(timeout=PATIENCE * 1000)
    expect(part.get_by_text(PLATE)).to_be_visible()
    expect(part.get_by_role("img")).to_be_visible()
    assert asked.evaluate("() => document.querySelector('[data-details] img').naturalWidth") == 32
    assert faults(asked) == []
    assert faults(board) == []


def test_a_browser_that_is_given_a_key_makes_the_box_and_says_no_more_that_there_is_none(make, desk, juniper):
    page = desk.open("/alerts", juniper)
    note = page.locator("[data-no-box]")
    expect(note).to_be_visible()
    assert faults(page) == []
    note.get_by_role("button", name="Give this browser a key").click()
    expect(note).to_be_hidden(timeout=PATIENCE * 1000)
    (box,) = make.all(DispatchBox)
    assert box.made_by == juniper.id
