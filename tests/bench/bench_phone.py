"""What the phone loads, gzipped, and its cold offline start at a 4x slow-down. Aims: 45, 12 and 200 kB; 1 s."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Playwright, sync_playwright

from fieldapp import TOP
from fieldapp.core.clock import to_datetime
from tests.bench.harness import Bench, percentile
from tests.browser.scene import NOW, Scene, join
from tests.browser.stage import PHONE, Person

SLOW, STARTS = 4, 11
SAVES = 30
SAVED = "() => performance.getEntriesByName('fa-saved').map((one) => one.duration)"
STARTED = "() => performance.getEntriesByName('fa-usable').length > 0"
USABLE = "() => performance.getEntriesByName('fa-usable')[0].startTime"


def figures(bench: Bench) -> Iterator[dict[str, Any]]:
    """From the navigation to a screen that can be used, locked as after any cold start: the browser is new each time, offline and slow."""
    if bench.database != "spatialite":
        return  # the phone does not know which database the server has
    sizes = subprocess.run(["node", "tools/sizes.mjs"], cwd=TOP, capture_output=True, text=True, check=True)
    yield from (json.loads(line) for line in sizes.stdout.splitlines())
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        scene, phone = prepare(playwright, Path(home))
        times = [start(phone) for _ in range(STARTS)]
        spread = {f"p{n}": percentile(times, n / 100) for n in (50, 95)}
        yield {"figure": "cold_offline_start_ms", "slow_down": SLOW, "starts": STARTS, **spread, "aim": 1000}
        taken = saves(phone)
        spread = {f"p{n}": percentile(taken, n / 100) for n in (50, 95)}
        yield {"figure": "save_to_durable_ms", "slow_down": SLOW, "saves": len(taken), **spread, "aim_p95": 80}
        phone.close()
        scene.server.shutdown()


def prepare(playwright: Playwright, home: Path) -> tuple[Scene, Person]:
    """A volunteer's phone that has been online once."""
    (home / "server").mkdir()
    scene = Scene(home / "server")
    phone = Person(playwright, home / "phone", scene.url, viewport=PHONE)
    phone.page.clock.set_fixed_time(to_datetime(NOW))
    person = join(phone.page, scene)
    with scene.app.app_context():
        scene.take(person)
    phone.page.reload()
    phone.page.get_by_role("button", name="I'm here").wait_for()
    phone.page.evaluate("async () => void (await navigator.serviceWorker.ready)")
    phone.page.wait_for_timeout(3000)
    return scene, phone


def saves(phone: Person, count: int = SAVES) -> list[float]:
    """Save tapped to durable, sealing and signing with it: a session, then short hearings with a note, offline and slow."""
    page = phone.page
    page.get_by_role("button", name="Unlock").click()
    page.get_by_role("button", name="I'm here").click()
    page.get_by_text("You are here", exact=True).wait_for()
    page.get_by_role("link", name="Write").first.click()
    page.get_by_role("button", name="Court session").click()
    page.get_by_role("radio", name="Short hearings").click()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Write case 1").click()
    for number in range(1, count + 1):
        page.get_by_role("heading", name=f"Case {number}", exact=True).wait_for()
        page.get_by_role("radio", name="Attorney").click()
        page.get_by_label("Note").fill("Two agents stood by the lift with a printed list for an hour.")
        page.get_by_role("button", name="Save and next case").click()
        page.get_by_text("Read once more").wait_for()
        page.get_by_role("button", name="Save and next case").click()
    page.get_by_role("heading", name=f"Case {count + 1}", exact=True).wait_for()
    return [float(one) for one in page.evaluate(SAVED)][1:]


def start(phone: Person) -> float:
    phone.keep_passkeys()
    phone.close()
    phone.open(offline=True)
    phone.cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOW})
    phone.page.goto("/", wait_until="commit")
    phone.page.wait_for_function(STARTED)
    return float(phone.page.evaluate(USABLE))
