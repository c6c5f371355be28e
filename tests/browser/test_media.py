"""Photo, video and sound of a phone: taken offline, kept through kills and cut connections, received as the very bytes they were."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import re
import signal
import statistics
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Playwright, expect, sync_playwright

from fieldapp.core.canonical import unb64u
from fieldapp.core.db import db
from fieldapp.observations.models import MediaUpload
from fieldapp.records.models import Record, SealedFile
from tests.browser.scene import Scene, join
from tests.browser.stage import CHROMIUM, PHONE, QUIET, Person, until
from tests.cutting import CuttingProxy
from tests.served import Server

pytestmark = pytest.mark.browser
PATIENCE = 30_000
MB = 1_000_000
DEVICES = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
# Signs that the page names and the sprite does not have: they would be empty places.
# A browser whose recorder ends before its first piece.
GIVES_NOTHING = """() => {
  globalThis.MediaRecorder = class extends MediaRecorder {
    constructor(...given) {
      super(...given);
      this.addEventListener("dataavailable", (event) => event.stopImmediatePropagation());
    }
  };
}"""
UNDRAWN = """async () => {
  const sprite = await (await fetch(document.querySelector('meta[name="fa-sprite"]').content)).text();
  const names = [...document.querySelectorAll("svg use")].map((one) => one.getAttribute("href").split("#")[1]);
  return names.filter((name) => !sprite.includes(`id="${name}"`));
}"""
STORED = """async () => {
  const open = indexedDB.open("fieldapp-outbox");
  const base = await new Promise((done) => (open.onsuccess = () => done(open.result)));
  const media = base.transaction("media").objectStore("media").getAll();
  const rows = (await new Promise((done) => (media.onsuccess = () => done(media.result)))).map(({ tag, ...row }) => row);
  const frames = base.transaction("frames").objectStore("frames").count();
  const count = await new Promise((done) => (frames.onsuccess = () => done(frames.result)));
  base.close();
  return { rows, frames: count };
}"""


class Filmer(Person):
    """A volunteer whose browser has a camera and a microphone."""

    flags = (*QUIET, *DEVICES)
    permissions = ("notifications", "geolocation", "camera", "microphone")

    def open(self, *, offline: bool = False) -> None:
        """Open the browser; nothing is waited for longer than a loaded machine may need."""
        super().open(offline=offline)
        self.context.set_default_timeout(PATIENCE)

    def enrol(self, scene: Scene) -> None:
        """Join, and keep the app for offline."""
        join(self.page, scene)
        self.page.evaluate("async () => void (await navigator.serviceWorker.ready)")
        self.page.reload()
        self.page.wait_for_function("() => Boolean(navigator.serviceWorker.controller)")
        expect(self.page.get_by_role("link", name="Write").first).to_be_visible(timeout=PATIENCE)

    def begin(self, form: str = "ICE at a courthouse") -> Page:
        """A form of a place, open."""
        page = self.page
        page.goto("/#/write")
        page.get_by_role("button", name=form).click()
        page.get_by_role("button", name="26 Federal Plaza").click()
        page.get_by_role("button", name="Write", exact=True).click()
        expect(page.get_by_role("heading", name="Photo, video, sound")).to_be_visible(timeout=PATIENCE)
        return page

    def save(self) -> None:
        """One answer, then Save."""
        page = self.page
        page.locator(".tap").first.click()
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_role("heading", name="Read once more")).to_be_visible(timeout=PATIENCE)
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("Written today")).to_be_visible(timeout=PATIENCE)

    def stored(self) -> Any:
        """What lies in the phone's database of media."""
        return self.page.evaluate(STORED)


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture
def wire() -> Iterator[CuttingProxy]:
    made = CuttingProxy()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def scene(tmp_path: Path, wire: CuttingProxy) -> Iterator[Scene]:
    made = Scene(tmp_path / "scene", wire.port)
    wire.backend = made.port
    yield made
    made.server.shutdown()


@pytest.fixture
def filmer(playwright: Playwright, scene: Scene, tmp_path: Path) -> Iterator[Filmer]:
    made = Filmer(playwright, tmp_path / "phone", scene.url, viewport=PHONE)
    made.enrol(scene)
    yield made
    made.close()
    assert made.problems == []


def uploads(scene: Scene) -> list[MediaUpload]:
    """What the server says has arrived in full."""
    with scene.app.app_context():
        db.session.rollback()
        rows = list(db.session.scalars(db.select(MediaUpload).where(MediaUpload.received_at.is_not(None))))
        db.session.expunge_all()
        return rows


def frames(scene: Scene, sha256: str) -> Iterator[bytes]:
    """The plaintexts of an item, a frame at a time, opened with the box's identity alone."""
    path = next((scene.home / "media").rglob(unb64u(sha256).hex()))
    with path.open("rb") as file:
        while head := file.read(4):
            yield scene.box.identity.open(file.read(int.from_bytes(head, "big")))


def body_and_sealed(scene: Scene) -> tuple[dict[str, Any], dict[str, Any]]:
    """The only record: what it says in the open, and what counsel reads."""
    with scene.app.app_context():
        db.session.rollback()
        record = db.session.scalars(db.select(Record).where(Record.kind == "observation")).one()
        file = db.session.scalars(db.select(SealedFile)).one()
        return json.loads(record.body), {one[1]: one[2] for one in json.loads(scene.box.identity.open(file.data))}


def resident_mb(pids: list[int]) -> float:
    """Memory that processes hold now, in MB; what they share counts once, and files that are mapped (programs, mostly) do not."""
    total = 0
    for pid in pids:
        try:
            said = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        total += sum(int(found) for found in re.findall(r"^Pss_(?:Anon|Shmem):\s+(\d+)", said, re.MULTILINE))
    return total / 1000


def test_a_photo_and_a_video_taken_offline_are_received_when_the_network_returns(filmer: Filmer, scene: Scene) -> None:
    page = filmer.begin()
    filmer.context.set_offline(True)
    page.get_by_role("button", name="Photo", exact=True).click()
    dialog = page.get_by_role("dialog", name="Photo")
    dialog.get_by_role("button", name="Take the photo").click()
    expect(dialog.get_by_text("1 taken")).to_be_visible(timeout=PATIENCE)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0, timeout=PATIENCE)
    page.get_by_role("button", name="Video", exact=True).click()
    dialog = page.get_by_role("dialog", name="Video")
    dialog.get_by_role("button", name="Start recording").click()
    expect(dialog.get_by_text(re.compile("Saved on this phone: [1-9]"))).to_be_visible(timeout=PATIENCE)
    assert page.evaluate(UNDRAWN) == []
    dialog.get_by_role("button", name="Stop", exact=True).click()
    expect(dialog).to_have_count(0, timeout=PATIENCE)
    listed = page.locator(".row--media")
    expect(listed).to_have_count(2, timeout=PATIENCE)
    expect(listed.nth(1)).to_contain_text("Saved on this phone", timeout=PATIENCE)
    filmer.save()
    expect(page.locator(".strip")).to_contain_text("3 saved on this phone", timeout=PATIENCE)
    filmer.context.set_offline(False)
    expect(page.locator(".strip")).to_contain_text("All received", timeout=PATIENCE * 2)
    assert filmer.stored()["frames"] == 0
    body, sealed = body_and_sealed(scene)
    arrived = {one.sha256: one for one in uploads(scene)}
    assert [one["sha256"] for one in body["media"]] == sorted(arrived)
    begins = {"image/sealed": b"\xff\xd8\xff", "video/sealed": b"\x1aE\xdf\xa3"}
    for one in body["media"]:
        plain = b"".join(frames(scene, one["sha256"]))
        said = sealed[f"/_/media/{one['sha256']}"]
        assert plain.startswith(begins[one["type"]])
        assert unb64u(said["sha256"]) == hashlib.sha256(plain).digest()
        assert (said["size"], said["cut"], said["source"]) == (len(plain), False, "camera")


def test_a_photo_is_carried_in_a_rescue_file_and_the_phone_lets_go_when_it_has_network(
    filmer: Filmer, scene: Scene, tmp_path: Path
) -> None:
    page = filmer.begin()
    filmer.context.set_offline(True)
    page.get_by_role("button", name="Photo", exact=True).click()
    dialog = page.get_by_role("dialog", name="Photo")
    dialog.get_by_role("button", name="Take the photo").click()
    expect(dialog.get_by_text("1 taken")).to_be_visible(timeout=PATIENCE)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0, timeout=PATIENCE)
    filmer.save()
    page.goto("/#/outbox")
    page.get_by_role("button", name="Hand in without network").click()
    expect(page.get_by_role("switch", name="With photos, film and sound")).to_be_checked(timeout=PATIENCE)
    page.get_by_role("button", name="Make the file").click()
    expect(page.locator("fa-rescue")).to_contain_text(
        "1 record is in the file. 1 photo or recording too.", timeout=PATIENCE
    )
    with page.expect_download() as coming:
        page.get_by_role("link", name="Save the file").click()
    file = tmp_path / "rescue.age"
    coming.value.save_as(file)
    said = scene.app.test_cli_runner().invoke(args=["hand-in", str(file)])
    assert "On the server: 2 of 2" in said.output
    (arrived,) = uploads(scene)
    assert b"".join(frames(scene, str(arrived.sha256))).startswith(b"\xff\xd8\xff")
    sent: list[str] = []
    filmer.context.on("request", lambda asked: sent.append(asked.method) if "/api/v1/media" in asked.url else None)
    filmer.context.set_offline(False)
    page.get_by_role("button", name="Try now").click()
    with until(60, "the phone let go of the photo") as ok:
        while not ok(filmer.stored()["frames"] == 0):
            pass
    assert "PATCH" not in sent


def test_a_recording_that_gave_nothing_is_said_to_be_nothing(filmer: Filmer) -> None:
    page = filmer.begin()
    page.evaluate(GIVES_NOTHING)
    page.get_by_role("button", name="Sound", exact=True).click()
    dialog = page.get_by_role("dialog", name="Sound")
    dialog.get_by_role("button", name="Start recording").click()
    expect(dialog.get_by_text("Saved on this phone: 0 kB")).to_be_visible(timeout=PATIENCE)
    dialog.get_by_role("button", name="Stop", exact=True).click()
    said = "It ended before anything was recorded. Nothing of it is kept."
    expect(dialog.get_by_role("alert")).to_contain_text(said, timeout=PATIENCE)
    dialog.get_by_role("button", name="Back to the form").last.click()
    expect(dialog).to_have_count(0, timeout=PATIENCE)
    expect(page.locator(".row--media")).to_have_count(0)
    assert filmer.stored()["rows"] == []


def test_a_court_form_has_no_camera_and_says_why(filmer: Filmer) -> None:
    page = filmer.begin("Court session")
    expect(page.get_by_text("Not on this form: phones and cameras stay off in court.")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("button", name="Video", exact=True)).to_have_count(0)


def test_a_recording_cut_by_a_kill_is_kept_with_its_draft_and_says_so(filmer: Filmer, scene: Scene) -> None:
    page = filmer.begin()
    page.get_by_role("button", name="Sound", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Start recording").click()
    with until(PATIENCE / 1000, "two pieces are stored") as ok:
        while not ok(any(row["frames"] >= 2 for row in filmer.stored()["rows"])):
            pass
    address = page.url
    filmer.kill()
    filmer.open(offline=True)
    page = filmer.page
    page.goto(address)
    page.get_by_role("button", name="Unlock").click()
    row = page.locator(".row--media")
    expect(row).to_contain_text("It ended early. What was recorded until then is kept.", timeout=PATIENCE)
    filmer.save()
    filmer.context.set_offline(False)
    expect(page.locator(".strip")).to_contain_text("All received", timeout=PATIENCE * 2)
    body, sealed = body_and_sealed(scene)
    said = sealed[f"/_/media/{body['media'][0]['sha256']}"]
    assert (said["cut"], said["sha256"], said["ended_at"]) == (True, None, None)
    assert len(b"".join(frames(scene, body["media"][0]["sha256"]))) == said["size"]


def test_a_quota_that_is_full_in_mid_recording_keeps_what_was_recorded_and_says_so(
    filmer: Filmer, scene: Scene
) -> None:
    page = filmer.begin()
    filmer.context.set_offline(True)
    page.get_by_role("button", name="Video", exact=True).click()
    dialog = page.get_by_role("dialog", name="Video")
    dialog.get_by_role("button", name="Start recording").click()
    expect(dialog.get_by_text(re.compile("Saved on this phone: [1-9]"))).to_be_visible(timeout=PATIENCE)
    used = page.evaluate("async () => (await navigator.storage.estimate()).usage")
    filmer.cdp.send("Storage.overrideQuotaForOrigin", {"origin": scene.url, "quotaSize": used - 1000})
    expect(dialog.get_by_text("There is no room left on this phone. What was stored is kept.")).to_be_visible(
        timeout=PATIENCE
    )
    filmer.cdp.send("Storage.overrideQuotaForOrigin", {"origin": scene.url})
    dialog.get_by_role("button", name="Back to the form").last.click()
    expect(page.locator(".row--media")).to_contain_text("It ended early.", timeout=PATIENCE)
    filmer.save()
    filmer.context.set_offline(False)
    expect(page.locator(".strip")).to_contain_text("All received", timeout=PATIENCE * 2)
    body, sealed = body_and_sealed(scene)
    plain = b"".join(frames(scene, body["media"][0]["sha256"]))
    assert plain.startswith(b"\x1aE\xdf\xa3")
    assert sealed[f"/_/media/{body['media'][0]['sha256']}"]["cut"] is True


class Evidence:
    """A big file picked on a phone, over a wire that cuts; how much memory it takes on the way."""

    def __init__(self, filmer: Filmer, scene: Scene, wire: CuttingProxy, home: Path, size: int) -> None:
        self.filmer, self.scene, self.wire, self.size = filmer, scene, wire, size
        self.path = home / "film.webm"
        noise = random.Random(7)
        digest = hashlib.sha256()
        with self.path.open("wb") as file:
            for at in range(0, size, MB):
                piece = noise.randbytes(min(MB, size - at))
                digest.update(piece)
                file.write(piece)
        self.digest = digest.hexdigest()
        self.held: dict[str, list[float]] = {"locking": [], "sending": [], "server": []}

    def pick(self) -> None:
        """The file is locked piece by piece, and the record saved; a wire that cuts is what it goes over."""
        page = self.filmer.begin()
        self.filmer.context.set_offline(True)
        page.locator("fa-media input[type=file]").set_input_files(self.path)
        row = page.locator(".row--media")
        with until(600, "the file is locked") as ok:
            while not ok(row.count() and "Saved on this phone" in row.inner_text()):
                self.measure("locking", self.filmer.pids())
        self.filmer.save()

    def send(self, cuts: int, kills: list[int], server: Callable[[], list[int]]) -> None:
        """Goes up from a browser that nobody looks into; it is killed when so many cuts were made."""
        self.wire.cut(cuts, every=self.size // (cuts + 2))
        self.filmer.keep_passkeys()
        self.filmer.close()
        waiting = list(kills)
        with self.unwatched(), until(900, "all is received") as ok:
            while not ok(self.wire.cuts >= cuts and len(uploads(self.scene)) == 1):
                self.measure("server", server())
                if self.wire.sent > self.warm:
                    self.measure("sending", self.filmer.pids())
                if waiting and self.wire.cuts >= waiting[0]:
                    waiting.pop(0)
                    self.kill()
                    self.held["sending"].clear()  # of the last browser's life, the longest one
                    self.launch()
        assert waiting == []
        self.filmer.open()
        self.filmer.page.goto("/")
        expect(self.filmer.page.locator(".strip")).to_contain_text("All received", timeout=PATIENCE * 2)

    @contextlib.contextmanager
    def unwatched(self) -> Iterator[None]:
        """Chromium without developer tools: while those listen, it keeps the body of every request, and so all that was sent."""
        self.launch()
        try:
            yield
        finally:
            self.kill()

    def launch(self) -> None:
        """Open the app on the phone's profile, as its icon does."""
        as_before = ("--password-store=basic", "--use-mock-keychain", f"--user-data-dir={self.filmer.home}")
        words = [CHROMIUM, "--headless=new", *self.filmer.flags, *as_before, f"{self.scene.url}/"]
        self.browser = subprocess.Popen(words, stderr=subprocess.DEVNULL)
        self.warm = self.wire.sent + self.size // 10  # what a start takes is not what a film takes

    def kill(self) -> None:
        """SIGKILL, all of it at once."""
        for pid in self.filmer.pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.browser.wait()
        for lock in self.filmer.home.glob("Singleton*"):
            lock.unlink(missing_ok=True)

    def measure(self, what: str, pids: list[int]) -> None:
        """Notes how much memory these processes hold now."""
        self.held[what].append(resident_mb(pids))

    def grown(self, what: str) -> float:
        """By how many MB the second half of the way takes more than the first, on the mean: what it keeps of the film would show here."""
        seen = self.held[what]
        assert len(seen) >= 20, what
        return statistics.fmean(seen[len(seen) // 2 :]) - statistics.fmean(seen[: len(seen) // 2])

    def check(self) -> None:
        """The server holds the very bytes, and the phone holds nothing any more."""
        (arrived,) = uploads(self.scene)
        assert arrived.sha256 is not None
        digest = hashlib.sha256()
        for plain in frames(self.scene, arrived.sha256):
            digest.update(plain)
        assert digest.hexdigest() == self.digest
        assert self.filmer.stored()["frames"] == 0


def test_film_over_a_wire_cut_twenty_times_by_a_browser_killed_twice_arrives_as_the_very_bytes(
    filmer: Filmer, scene: Scene, wire: CuttingProxy, tmp_path: Path
) -> None:
    shown = Evidence(filmer, scene, wire, tmp_path, 20 * MB)
    shown.pick()
    shown.send(20, [7, 14], lambda: [])
    shown.check()
    assert wire.cuts == 20


@pytest.mark.long
def test_200_mb_over_a_wire_cut_twenty_times_by_a_browser_killed_twice_with_flat_memory_on_both_sides(
    filmer: Filmer, scene: Scene, wire: CuttingProxy, tmp_path: Path
) -> None:
    server = Server(scene.home, f"sqlite:///{scene.home / 'fieldapp.db'}", worker=False)
    server.env |= {"FIELDAPP_PUBLIC_URL": scene.url, "FIELDAPP_SECRET_KEY": "shots-only-secret-shots-only-secret"}
    server.start()
    try:
        shown = Evidence(filmer, scene, wire, tmp_path, 200 * MB)
        shown.pick()
        wire.backend = server.port
        found = [int(entry.name) for entry in Path("/proc").glob("[0-9]*")]
        web = [pid for pid in found if _group(pid) == server.running[0].pid]
        wire.pace = 0.01  # 6 MB a second at most: slow enough to look often
        shown.send(20, [2, 4], lambda: web)
        shown.check()
    finally:
        server.stop()
    for what, seen in shown.held.items():
        told = {"least": min(seen), "most": max(seen), "second half more by": shown.grown(what)}
        print(json.dumps({"figure": "memory_mb", "while": what, **{key: round(one, 1) for key, one in told.items()}}))
    assert wire.cuts == 20
    for what in shown.held:  # what kept the film would take 70 MB more or above
        assert shown.grown(what) < 35, what


def _group(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except OSError:
        return 0
