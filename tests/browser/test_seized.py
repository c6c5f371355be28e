"""A seized phone: after a day's use, all that the browser's profile holds is searched for what must not be read in it."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect, sync_playwright

from fieldapp.accounts.models import Person as Member
from fieldapp.core.db import write
from fieldapp.shifts.models import Shift
from tests.browser.cast import PATIENCE, see, strip
from tests.browser.control import control_site, word
from tests.browser.profile import found
from tests.browser.scene import Scene
from tests.browser.stage import CHROMIUM, PHONE, QUIET, until
from tests.browser.test_field import DRAFTED
from tests.browser.test_locked import LOCKED, Phone, draft_a_session

pytestmark = pytest.mark.browser

#: Where each word of the control page must be found: a part of the file's name, and the layer that alone shows it.
HIDDEN = {
    "tablekey": ("indexeddb.leveldb/", "leveldb table"),
    "table": ("indexeddb.leveldb/", "leveldb table"),
    "tablewide": ("indexeddb.leveldb/", "leveldb table"),
    "log": ("indexeddb.leveldb/", "leveldb log"),
    "wide": ("indexeddb.leveldb/", "leveldb log"),
    "bytes": ("indexeddb.leveldb/", "leveldb log"),
    "value": ("indexeddb.leveldb/", "indexeddb value"),
    "blob": ("indexeddb.blob/", "as it is"),
    "cachestorage": ("CacheStorage/", "as it is"),
    "local": ("Local Storage/", "leveldb log"),
    "session": ("Session Storage/", "leveldb log"),
    "plain": ("Cache_Data/", "as it is"),
    "gzip": ("Cache_Data/", "gzip"),
    "deflate": ("Cache_Data/", "cache entry"),
    "br": ("Cache_Data/", "cache entry"),
    "zstd": ("Cache_Data/", "cache entry"),
    "opfs": ("File System/", "as it is"),
    "worker": ("ScriptCache/", "as it is"),
    "address": ("History", "sqlite"),
    "title": ("History", "sqlite"),
    "typed": ("Sessions/", "as it is"),
    "sent": ("Web Data", "sqlite"),
}

# What was written about a court, by where it went: saved, saved and received, corrected, unfinished, taken back while typing.
NARRATIVE = {
    "saved": "Zwetschgenknoedel",
    "case": "Quokkafluesterer",
    "received": "Papageientaucher",
    "unfinished": "Murmeltierhoehle",
    "taken back": "Eichhoernchenschwanz",
}
# Who is on the shift, what its brief says, and whose phone it is.
ROSTER = {
    "lead": "Vogelbeerbaum",
    "mate": "Steinpilzsammler",
    "note": "Hintertreppenschluessel",
    "own": "Wacholderdrossel",
}
MOMENTS = (
    "killed while a form was open",
    "closed while locked",
    "killed while unlocked and idle",
    "closed after the day",
)
# A photo of 1.5 MB whose every part is told apart: its name, the words in its head, and bytes from begin, middle and end.
PIXELS = random.Random(20261123).randbytes(1_500_000)
PHOTO = {"name": "Dachsbaufotografie.jpg", "head": "Kamera-von-Siebenschlaefer"}
PARTS = [PIXELS[at : at + 24] for at in (64, 700_000, 1_400_000)]
OPENLY = "26 Federal Plaza"  # places are open to whoever holds the phone


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


def test_the_search_finds_what_is_there_in_each_store(playwright: Playwright, tmp_path: Path) -> None:
    with control_site() as url:
        context = playwright.chromium.launch_persistent_context(
            str(tmp_path / "control"), executable_path=CHROMIUM, args=list(QUIET)
        )
        page = context.pages[0]
        page.set_default_timeout(PATIENCE)
        page.goto(url)
        page.evaluate("() => hide()")
        page.locator("textarea").fill(f"He said {word('typed')}.")
        page.locator("input").fill(word("sent"))
        page.locator("button").click()
        page.wait_for_url("**/posted")
        context.close()
    seen = found([word(name) for name in HIDDEN], tmp_path / "control")
    missed = [
        name
        for name, (store, layer) in HIDDEN.items()
        if not any(store in one and one.endswith(layer) for one in seen.get(word(name), []))
    ]
    assert missed == [], seen


def seize(phone: Phone, folder: Path) -> Path:
    """A copy of all that lies on the phone's disk."""
    return Path(shutil.copytree(phone.home, folder, ignore=shutil.ignore_patterns("Singleton*"), symlinks=True))


@pytest.fixture(scope="module")
def copies(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    """Copies of the phone's disk at each moment of a day at which somebody may take it."""
    home = tmp_path_factory.mktemp("seized")
    (home / "scene").mkdir()
    scene = Scene(home / "scene")
    phone = Phone(playwright, home / "phone", scene.url, viewport=PHONE)
    yield {moment: seize(phone, home / moment.replace(" ", "-")) for moment in a_day(phone, scene)}
    assert phone.problems == []
    phone.close()
    scene.server.shutdown()


def a_day(phone: Phone, scene: Scene) -> Iterator[str]:
    """What the volunteer does, and the name of each moment at which the phone is seized."""
    arrive(phone, scene)
    write_cases(phone)
    pick_a_photo(phone.page)
    phone.page.goto("/#/write")
    phone.page.get_by_role("link", name="Case 3").click()
    see(phone.page.get_by_label("Note"))
    remembered(phone, "#/form")
    phone.kill()
    yield "killed while a form was open"

    phone.open(offline=True)
    page = phone.page
    page.goto("/")
    see(page.get_by_text(LOCKED))
    page.goto("/#/write")
    see(page.get_by_text("2 are locked. They open with your passkey."))
    remembered(phone, "#/write")
    phone.put_away()
    yield "closed while locked"

    phone.open()
    page = phone.page
    page.goto("/")
    phone.sign_in()  # with the browser its session has ended: signing in opens what is locked, too
    see(page.get_by_text(ROSTER["mate"]))
    page.goto("/#/write")
    page.get_by_role("link", name="Case 3").click()
    expect(page.get_by_label("Note")).to_have_value(f"Nobody knew the {NARRATIVE['unfinished']}.")
    page.goto("/#/today")
    expect(strip(page)).to_contain_text("All received", timeout=PATIENCE)
    remembered(phone, "#/today")
    phone.kill()
    yield "killed while unlocked and idle"

    phone.open()
    page = phone.page
    page.goto("/")
    phone.sign_in()  # with the browser its session has ended: signing in opens what is locked, too
    page.get_by_role("button", name="I'm out and OK").click()
    page.get_by_role("button", name="Fine").click()
    expect(page.get_by_text("You are out", exact=True)).to_have_count(0)
    expect(strip(page)).to_contain_text("All received", timeout=PATIENCE)
    phone.put_away()
    yield "closed after the day"


def arrive(phone: Phone, scene: Scene) -> None:
    """A shift with people and a note that are told apart from all else in a profile; its brief is read there."""
    with scene.app.app_context(), write() as session:
        for person, who in ((scene.lead, "lead"), (scene.mate, "mate")):
            session.get_one(Member, person.id).field_name = ROSTER[who]
        session.get_one(Shift, scene.shifts[0].id).brief = {"note": f"The {ROSTER['note']} is with the guard."}
    phone.enrol(scene, ROSTER["own"])
    page = phone.page
    page.locator(".row--rule").click()
    for who in ("lead", "mate", "note"):
        see(page.get_by_text(ROSTER[who]).first)
    page.goto("/#/today")
    page.get_by_role("button", name="I'm here").click()
    see(page.get_by_text("You are here", exact=True))


def write_cases(phone: Phone) -> None:
    """A court session with network; two cases without, and a third that is not finished."""
    page = phone.page
    draft_a_session(page, f"The clerk said {NARRATIVE['received']} twice.")
    page.get_by_role("link", name="Court session").click()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Save").click()
    see(page.get_by_role("button", name="Write case 1"))
    see(page.get_by_text("All received"))
    phone.context.set_offline(True)
    page.get_by_role("button", name="Write case 1").click()
    for number, said in enumerate((NARRATIVE["case"], NARRATIVE["saved"]), start=1):
        see(page.get_by_role("heading", name=f"Case {number}", exact=True))
        page.get_by_role("radio", name="Attorney").click()
        page.get_by_label("Note").fill(f"He asked for the {said}.")
        page.get_by_role("button", name="Save and next case").click()
        see(page.get_by_role("heading", name="Read once more"))
        page.get_by_role("button", name="Save and next case").click()
    see(page.get_by_role("heading", name="Case 3", exact=True))
    page.get_by_role("radio", name="Attorney").click()
    note = page.get_by_label("Note")
    note.press_sequentially(f"Nobody saw the {NARRATIVE['taken back']}.")
    page.wait_for_function(DRAFTED)
    note.fill(f"Nobody knew the {NARRATIVE['unfinished']}.")
    page.goto("/#/write")
    page.get_by_role("link", name="Case 3").click()
    expect(note).to_have_value(f"Nobody knew the {NARRATIVE['unfinished']}.")


def pick_a_photo(page: Page) -> None:
    """For a form about officials in the hallway; it is not saved yet."""
    page.goto("/#/write")
    page.get_by_role("button", name="ICE at a courthouse").click()
    see(page.get_by_role("heading", name="Photo, video, sound"))
    data = b"\xff\xd8\xff\xe1" + PHOTO["head"].encode() + PIXELS + b"\xff\xd9"
    picked = {"name": PHOTO["name"], "mimeType": "image/jpeg", "buffer": data}
    page.locator("input[type=file]").set_input_files([picked])  # type: ignore[list-item]
    see(page.get_by_role("button", name="Throw away: Photo"))


def remembered(phone: Phone, address: str) -> None:
    """Wait until the browser has written where its tab is, to restore it: what was in that page's fields goes there with it."""
    files = [phone.home / "Default" / "Sessions"]
    with until(PATIENCE / 1000, f"the browser has noted {address}") as ok:
        while not ok(found([address], *files)):
            phone.page.wait_for_timeout(200)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_seized_phone_gives_up_neither_narrative_nor_people_nor_photo(copies: dict[str, Path], moment: str) -> None:
    secret = [*NARRATIVE.values(), *ROSTER.values(), *PHOTO.values(), *PARTS]
    seen = found([*secret, OPENLY], copies[moment])
    assert seen.pop(OPENLY)
    assert seen == {}
