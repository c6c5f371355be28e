"""The legal desk in a real Chromium: the box and who holds it, a sealed record opened by counsel alone, and locked again."""

from __future__ import annotations

import re
import struct
import zlib
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from fieldapp.core import p256
from fieldapp.core.db import db
from fieldapp.observations.services import uploads
from fieldapp.records.models import Box, BoxGrant, Holder
from fieldapp.records.services import log
from fieldapp.review.models import FamilyCard
from tests.browser import test_people as desk
from tests.browser.stage import DESK, PHONE
from tests.enrol import invite
from tests.uploads import Recording, frames

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["spatialite"], indirect=True)]
address, chromium, clock, north, stage = desk.address, desk.chromium, desk.clock, desk.north, desk.stage

SLOW = 60_000  # ms; seven words are meant to be slow to try
HEARD = "The clerk called it three times before anybody rose, and the room was told to wait outside."
SHOT_BY = b"Fieldphone 7, 41.76N 72.68W"
PROOFS = ["Signed on the phone", "Received", "In the log", "Unchanged"]


def counsel(stage: Any, clock: Any, chapter: Any, name: str, size: dict[str, int] = DESK, **more: Any) -> Page:
    """Somebody who joined as a legal partner, at their own browser, on the page of the box."""
    page = stage.open(size, **more)
    desk.join(page, invite(chapter, clock, "legal"), name)
    expect(page).not_to_have_url(re.compile("enrol"))
    page.goto("/legal/box")
    return page


def make_box(page: Page) -> str:
    """The whole ceremony, with the passkey; returns the recovery key."""
    page.get_by_role("button", name="Make the legal box").click()
    page.get_by_role("button", name="With my passkey").click()
    return keep_recovery(page)


def keep_recovery(page: Page) -> str:
    """The recovery key is shown, once, and the box is made after it; returns the key as it stands on the paper."""
    expect(page.get_by_role("heading", name="The recovery key")).to_be_visible(timeout=SLOW)
    key = page.locator(".secret").inner_text()
    assert key.startswith("AGE-SECR")
    page.get_by_role("button", name="It is on paper, make the box").click()
    expect(page.get_by_text("has a legal box")).to_be_visible(timeout=SLOW)
    return key


def sealed_record(make: Any, clock: Any, chapter: Any, **more: Any) -> None:
    """A volunteer's court session, its note sealed to the newest box, received and in the log."""
    (box,) = make.all(Box)
    place = make.place(chapter, "Hartford Immigration Court", city="Hartford")
    phone = make.phone(make.person(chapter), chapter)
    seen = phone.observation(place=place.id, sealed={box.id: {"/note": HEARD}}, **more)
    (result,) = phone.sync(seen)
    assert "receipt" in result, result
    log.sequence(clock.now())
    db.session.remove()


def open_record(page: Page) -> None:
    """From the queue to one record, nothing opened yet, its proofs made."""
    page.goto("/legal/")
    page.get_by_role("link", name=re.compile("^Court session")).click()
    expect(page.locator("[data-proof] li")).to_have_count(4)
    expect(page.get_by_text(HEARD)).to_have_count(0)


def test_counsel_opens_a_record_with_the_passkey_and_locks_it_again(stage, make, clock, north):
    page = counsel(stage, clock, north, "Lee")
    make_box(page)
    sealed_record(make, clock, north)
    open_record(page)
    page.keyboard.press("o")
    page.get_by_role("button", name="Use my passkey").press("Enter")
    expect(page.get_by_text(HEARD)).to_be_visible()
    expect(page.locator("[data-proof] b")).to_have_text(PROOFS)
    expect(page.locator("[data-proof] .failed")).to_have_count(0)
    expect(page.get_by_text("Every word opened here matches what was signed.")).to_be_visible()
    page.reload()
    expect(page.get_by_text(HEARD)).to_be_visible()
    page.get_by_role("button", name="Lock again").click()
    expect(page.get_by_text(HEARD)).to_have_count(0)
    expect(page.get_by_role("button", name=re.compile("^Open"))).to_be_visible()
    page.reload()
    expect(page.locator("[data-proof] li")).to_have_count(4)
    expect(page.get_by_text(HEARD)).to_have_count(0)


def test_a_box_made_with_seven_words_is_opened_by_the_second_counsel_it_admits(stage, make, clock, north):
    lee = counsel(stage, clock, north, "Lee")
    lee.get_by_role("button", name="Make the legal box").click()
    lee.get_by_role("button", name="With seven words on paper").click()
    words = " ".join(lee.locator(".secret li").all_inner_texts())
    assert len(words.split()) == 7
    lee.get_by_role("button", name="I wrote them down").click()
    lee.get_by_label("Your seven words, from the paper").fill("not these")
    lee.keyboard.press("Enter")
    expect(lee.get_by_text("Not the same words. Look at the paper once more.")).to_be_visible()
    lee.get_by_label("Your seven words, from the paper").fill(f"  {words.upper()} ")
    lee.keyboard.press("Enter")
    keep_recovery(lee)
    assert [one.wrapped[0]["method"] for one in make.all(Holder)] == ["passphrase"]

    mora = counsel(stage, clock, north, "Mora")
    expect(mora.get_by_text("You do not hold this box")).to_be_visible()
    mora.get_by_role("button", name="Make my key").click()
    mora.get_by_role("button", name="With my passkey").click()
    expect(mora.get_by_text("Your key is made")).to_be_visible()

    lee.reload()
    lee.get_by_role("button", name="Admit Mora").click()
    lee.get_by_label("Your seven words").fill(words)
    lee.keyboard.press("Enter")
    expect(lee.get_by_role("row", name=re.compile("^Mora yes"))).to_be_visible(timeout=SLOW)

    sealed_record(make, clock, north)
    open_record(mora)
    mora.get_by_role("button", name=re.compile("^Open")).click()
    mora.get_by_role("button", name="Use my passkey").click()
    expect(mora.get_by_text(HEARD)).to_be_visible()


def test_a_holder_of_the_box_above_confirms_a_pods_own_and_phones_go_over_to_it(stage, make, clock, north, sign_in):
    lee = counsel(stage, clock, north, "Lee")
    make_box(lee)
    pod = make.chapter("Riverside", north)
    mora = counsel(stage, clock, pod, "Mora")
    mora.get_by_role("button", name="Make the legal box").click()
    mora.get_by_role("button", name="With my passkey").click()
    expect(mora.get_by_text("Check code of this box")).to_be_visible(timeout=SLOW)
    paper = mora.get_by_text("Check code of this box").inner_text()
    keep_recovery(mora)
    code = mora.locator("section .note .mono").inner_text()
    assert paper.endswith(code)
    expect(mora.get_by_role("button", name=re.compile("Confirm"))).to_have_count(0)

    lee.reload()
    lee.get_by_role("button", name="Confirm the box of Riverside").click()
    expect(lee.locator(".secret")).to_have_text(code)
    lee.get_by_role("button", name="It is the same code, confirm").click()
    lee.get_by_role("button", name="Use my passkey").click()
    expect(lee.get_by_text("Confirmed by someone who holds the box of")).to_be_visible(timeout=SLOW)
    db.session.remove()
    offered = sign_in(make.person(pod)).get("/api/v1/field").get_json()["public"]["boxes"]
    assert [len(one.get("witnesses", [])) for one in offered] == [0, 1]


def test_a_second_passkey_opens_the_box_when_the_first_is_gone(stage, make, clock, north):
    page = counsel(stage, clock, north, "Lee")
    make_box(page)
    expect(page.get_by_text("There is only one way")).to_be_visible()
    expect(page.get_by_role("button", name="Take it away")).to_have_count(0)
    stage.second_keyring(page)
    stage.answers(page, first=True)
    page.goto("/legal/box")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("button", name="Use my passkey").click()
    page.get_by_role("button", name="Use the other passkey").click()
    expect(page.get_by_text("That passkey opens it already.")).to_be_visible()
    stage.answers(page, first=False)
    page.get_by_role("button", name="Use the other passkey").click()
    expect(page.get_by_role("row", name=re.compile("^A passkey"))).to_have_count(2)
    assert len({one["credential"] for one in make.all(Holder)[0].wrapped}) == 2
    sealed_record(make, clock, north)
    open_record(page)
    page.get_by_role("button", name=re.compile("^Open")).click()
    page.get_by_role("button", name="Use my passkey").click()
    expect(page.get_by_text(HEARD)).to_be_visible()


def test_seven_words_are_added_beside_the_passkey_and_the_passkey_is_taken_away(stage, make, clock, north):
    page = counsel(stage, clock, north, "Lee")
    make_box(page)
    page.get_by_role("button", name="Add seven words").click()
    page.get_by_role("button", name="Use my passkey").click()
    expect(page.get_by_role("heading", name="Your seven words")).to_be_visible(timeout=SLOW)
    words = " ".join(page.locator(".secret li").all_inner_texts())
    page.get_by_role("button", name="I wrote them down").click()
    page.get_by_label("Your seven words, from the paper").fill(words)
    page.keyboard.press("Enter")
    expect(page.get_by_role("row", name=re.compile("^Seven words on paper"))).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("button", name="Add seven words")).to_have_count(0)
    found = desk.look(page, "/legal/box")
    assert found == ([], True)

    page.get_by_role("button", name=re.compile("Take it away.*A passkey")).click()
    page.get_by_role("dialog").get_by_role("button", name="Take it away").click()
    expect(page.get_by_text("There is only one way")).to_be_visible()
    assert [one["method"] for one in make.all(Holder)[0].wrapped] == ["passphrase"]
    sealed_record(make, clock, north)
    open_record(page)
    page.get_by_role("button", name=re.compile("^Open")).click()
    expect(page.get_by_role("button", name="Use my passkey")).to_have_count(0)
    page.get_by_label("Your seven words").fill(words)
    page.keyboard.press("Enter")
    expect(page.get_by_text(HEARD)).to_be_visible(timeout=SLOW)


def test_a_holder_is_let_go_and_opens_nothing_more(stage, make, clock, north):
    lee = counsel(stage, clock, north, "Lee")
    make_box(lee)
    mora = counsel(stage, clock, north, "Mora")
    mora.get_by_role("button", name="Make my key").click()
    mora.get_by_role("button", name="With my passkey").click()
    expect(mora.get_by_text("Your key is made")).to_be_visible()
    lee.reload()
    lee.get_by_role("button", name="Admit Mora").click()
    lee.get_by_role("button", name="Use my passkey").click()
    expect(lee.get_by_role("row", name=re.compile("^Mora yes"))).to_be_visible(timeout=SLOW)

    lee.get_by_role("button", name="Let Mora go").click()
    expect(lee.get_by_text("Mora has held the key.")).to_be_visible()
    lee.get_by_role("dialog").get_by_role("button", name="Let Mora go").click()
    lee.get_by_role("button", name="Use my passkey").click()
    expect(lee.get_by_role("row", name=re.compile("^Mora key made"))).to_be_visible(timeout=SLOW)
    assert len(make.all(BoxGrant)) == 2
    sealed_record(make, clock, north)
    open_record(mora)
    mora.get_by_role("button", name=re.compile("^Open")).click()
    expect(mora.get_by_role("button", name="Use my passkey")).to_have_count(0)


def test_the_recovery_key_on_paper_opens_a_record_when_the_passkey_cannot(stage, make, clock, north):
    page = counsel(stage, clock, north, "Lee")
    on_paper = make_box(page)
    sealed_record(make, clock, north)
    open_record(page)
    page.get_by_role("button", name=re.compile("^Open")).click()
    page.get_by_role("button", name="Use the recovery key on paper").click()
    page.get_by_label("The recovery key, from the paper").fill("AGE-SECRET-KEY-PQ-1NOTTHIS")
    page.keyboard.press("Enter")
    expect(page.get_by_text("That did not open it.")).to_be_visible()
    page.get_by_label("The recovery key, from the paper").fill(on_paper.lower())
    page.keyboard.press("Enter")
    expect(page.get_by_text(HEARD)).to_be_visible()


def test_the_recovery_key_is_on_the_paper_that_is_printed(stage, clock, north):
    page = counsel(stage, clock, north, "Lee")
    page.get_by_role("button", name="Make the legal box").click()
    page.get_by_role("button", name="With my passkey").click()
    expect(page.get_by_role("heading", name="The recovery key")).to_be_visible(timeout=SLOW)
    page.emulate_media(media="print")
    expect(page.locator(".secret")).to_be_visible()
    expect(page.get_by_role("button", name="Print it")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_legal_desk_is_clean_for_everybody(stage, make, clock, north, size, scheme):
    page = counsel(stage, clock, north, "Lee", size, color_scheme=scheme)
    found = {"no box": desk.look(page, "/legal/box"), "nothing": desk.look(page, "/legal/")}
    page.goto("/legal/box")
    make_box(page)
    sealed_record(make, clock, north)
    found |= {"box": desk.look(page, "/legal/box"), "queue": desk.look(page, "/legal/")}
    open_record(page)
    page.get_by_role("button", name=re.compile("^Open")).click()
    found["ceremony"] = (desk.faults(page), True)
    page.get_by_role("button", name="Use my passkey").click()
    expect(page.get_by_text(HEARD)).to_be_visible()
    found["opened"] = desk.look(page, page.url)
    expect(page.get_by_role("button", name="Lock again")).to_be_in_viewport()
    assert found == {name: ([], True) for name in found}


def png(width: int = 3) -> bytes:
    """A picture with words of its camera in it, as EXIF would be."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, 1, 8, 2, 0, 0, 0))
    rows = zlib.compress(b"\0" + b"\x1f\x4d\x7a" * width)
    return (
        b"\x89PNG\r\n\x1a\n" + head + chunk(b"tEXt", b"Model\0" + SHOT_BY) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


def record_with_photos(make: Any, clock: Any, chapter: Any, *plains: bytes) -> list[Recording]:
    """A record that names sealed photos, of which none has arrived yet."""
    (box,) = make.all(Box)
    phone = make.phone(make.person(chapter), chapter)
    photos = [Recording(phone, frames(box.recipient, plain, 40)) for plain in plains]
    told: dict[str, Any] = {"/note": HEARD}
    for photo, plain in zip(photos, plains, strict=True):
        told[f"/_/media/{photo.sha256}"] = {
            **{"id": photo.id, "name": "hallway.png", "type": "image/png", "size": len(plain), "source": "camera"},
            **{
                "sha256": p256.sha256(plain),
                "started_at": clock.now(),
                "ended_at": clock.now(),
                "cut": False,
                "frames": 3,
            },
        }
    media = sorted((photo.said for photo in photos), key=lambda one: one["sha256"])
    seen = phone.observation(sealed={box.id: told}, change={"media": media})
    (result,) = phone.sync(seen)
    assert result["outcome"] == "stored", result
    log.sequence(clock.now())
    db.session.remove()
    return photos


def test_counsel_opens_a_sealed_photo_and_saves_the_original_with_all_that_the_camera_wrote(stage, make, clock, north):
    page = counsel(stage, clock, north, "Lee")
    make_box(page)
    plain = png()
    photo, later = record_with_photos(make, clock, north, plain, png(5))
    photo.send()
    open_record(page)
    expect(page.get_by_text("1 of 2 have arrived")).to_be_visible()
    expect(page.get_by_text("not arrived yet")).to_have_count(1)
    expect(page.get_by_role("button", name="Open it")).to_have_count(0)
    page.keyboard.press("o")
    page.get_by_role("button", name="Use my passkey").press("Enter")
    page.get_by_role("button", name="Open it").click()
    item = page.locator(f'[data-item="{photo.sha256}"]')
    expect(item.get_by_text("byte for byte, what the phone first received")).to_be_visible()
    expect(item.get_by_text("Taken in the app, with the camera")).to_be_visible()
    page.wait_for_function("() => document.querySelector('.sealed-media img')?.naturalWidth === 3")
    with page.expect_download() as saved:
        item.get_by_role("link", name="Save the original").click()
    assert saved.value.suggested_filename == "hallway.png"
    assert saved.value.path().read_bytes() == plain
    page.get_by_role("button", name="Lock again").click()
    expect(page.locator(".sealed-media img")).to_have_count(0)
    later.send()
    page.reload()
    expect(page.get_by_text("Complete: all of it has arrived")).to_be_visible()


def test_a_photo_that_is_not_what_was_signed_is_never_shown(stage, make, clock, north):
    page = counsel(stage, clock, north, "Lee")
    make_box(page)
    plain = png()
    (photo,) = record_with_photos(make, clock, north, plain)
    photo.send()
    (box,) = make.all(Box)
    swapped = frames(box.recipient, plain, 40)
    uploads.store().path(photo.sha256).write_bytes(swapped)
    db.session.remove()
    open_record(page)
    page.keyboard.press("o")
    page.get_by_role("button", name="Use my passkey").press("Enter")
    page.get_by_role("button", name="Open it").click()
    expect(page.get_by_text("This is not what was signed on the phone.")).to_be_visible()
    expect(page.locator(".sealed-media img")).to_have_count(0)
    expect(page.get_by_role("link", name="Save the original")).to_have_count(0)


def test_a_card_for_a_family_is_opened_with_the_passkey_and_deleted_once_it_is_handed_over(stage, make, clock, north):
    page = counsel(stage, clock, north, "Lee")
    make_box(page)
    page.get_by_role("button", name="Make the box for families").click()
    page.get_by_role("button", name="Use my passkey").click()
    expect(page.get_by_role("heading", name="The recovery key")).to_be_visible(timeout=SLOW)
    page.get_by_role("button", name="It is on paper, make the box").click()
    expect(page.get_by_text("has a box for families")).to_be_visible(timeout=SLOW)

    (intake,) = [one for one in make.all(Box) if one.purpose == "intake"]
    said = {
        "consent": True,
        "lang": "es",
        "who": "Her sister Ana",
        "how": "555-0137",
        "message": None,
        "at": clock.now(),
    }
    phone = make.phone(make.person(north), north)
    (result,) = phone.sync(phone.operation("family_card", sealed={intake.id: {"/card": said}}))
    assert result["outcome"] == "stored", result
    db.session.remove()

    page.goto("/legal/family")
    expect(page.get_by_text("deleted in 72 hours")).to_be_visible()
    page.get_by_role("button", name="Open", exact=True).click()
    page.get_by_role("button", name="Use my passkey").click()
    expect(page.get_by_text("Her sister Ana")).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("555-0137")).to_be_visible()
    page.get_by_role("button", name="Lock again").click()
    expect(page.get_by_text("Her sister Ana")).to_have_count(0)
    assert desk.look(page, "/legal/family") == ([], True)
    assert desk.look(page, "/legal/box") == ([], True)
    page.goto("/legal/family")
    page.get_by_role("button", name="Handed over").click()
    page.get_by_role("button", name="Yes, delete it now").click()
    expect(page.get_by_text("No card waits")).to_be_visible(timeout=SLOW)
    assert make.all(FamilyCard) == []
