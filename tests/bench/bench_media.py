"""A photo of 5 MB picked, sealed and on disk at a 4x slow-down, offline."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.bench.bench_phone import SLOW, prepare
from tests.bench.harness import Bench, percentile
from tests.browser.stage import Person

PHOTOS, BYTES = 10, 5_000_000
SEALED = "() => performance.getEntriesByName('fa-sealed').map((one) => one.duration)"
PATIENCE = 120_000


def figures(bench: Bench) -> Iterator[dict[str, Any]]:
    """The phone does not know which database the server has: once."""
    if bench.database != "spatialite":
        return
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        scene, phone = prepare(playwright, Path(home))
        times = _photos(phone, Path(home))
        spread = {f"p{n}": percentile(times, n / 100) for n in (50, 95)}
        yield {"figure": "seal_and_store_photo_ms", "slow_down": SLOW, "bytes": BYTES, "photos": PHOTOS, **spread}
        phone.close()
        scene.server.shutdown()


def _photos(phone: Person, home: Path) -> list[float]:
    """Picked one after the other on one form; how long each took until it was sealed and on disk."""
    file = home / "photo.jpg"
    file.write_bytes(b"\xff\xd8\xff" + random.Random(5).randbytes(BYTES - 3))
    page = phone.page
    page.get_by_role("button", name="I'm here").click()
    page.get_by_text("You are here", exact=True).wait_for()
    phone.context.set_offline(True)
    phone.cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOW})
    page.goto("/#/write")
    page.get_by_role("button", name="ICE at a courthouse").click()
    page.get_by_role("heading", name="Photo, video, sound").wait_for()
    for number in range(1, PHOTOS + 1):
        page.locator("fa-media input[type=file]").set_input_files(file)
        page.wait_for_function(f"() => performance.getEntriesByName('fa-sealed').length === {number}", timeout=PATIENCE)
        page.locator("[data-take=photo]:not([disabled])").wait_for()
    return [float(one) for one in page.evaluate(SEALED)]
