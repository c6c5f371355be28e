"""A photo of 5 MB, from picked to sealed and on disk, at a 4x slow-down and offline."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.bench.bench_phone import SLOW, prepare, start
from tests.bench.harness import Bench, percentile
from tests.browser.stage import Person

PHOTOS, PHOTO = 11, 5_000_000
SEALED = "() => performance.getEntriesByName('fa-sealed').map((one) => one.duration)"
PATIENCE = 120_000


def figures(bench: Bench) -> Iterator[dict[str, Any]]:
    """The first photo of a day loads the sealing code too: it is given by itself."""
    if bench.database != "spatialite":
        return  # the phone does not know which database the server has
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        scene, phone = prepare(playwright, Path(home))
        start(phone)
        first, *times = photos(phone, Path(home))
        spread = {f"p{n}": percentile(times, n / 100) for n in (50, 95)}
        counted = {"slow_down": SLOW, "bytes": PHOTO, "photos": len(times), "first": round(first, 1)}
        yield {"figure": "seal_and_store_photo_ms", **counted, **spread}
        phone.close()
        scene.server.shutdown()


def photos(phone: Person, home: Path) -> list[float]:
    """Picked one after the other on one form; how many ms each took by the page's own clock."""
    page = phone.page
    page.set_default_timeout(PATIENCE)
    page.get_by_role("button", name="Unlock").click()
    page.get_by_role("button", name="I'm here").click()
    page.get_by_text("You are here", exact=True).wait_for()
    page.get_by_role("link", name="Write").first.click()
    page.get_by_role("button", name="ICE at a courthouse").click()
    page.get_by_role("heading", name="Photo, video, sound").wait_for()
    noise = random.Random(5)
    for number in range(1, PHOTOS + 1):
        picked = home / f"{number}.jpg"
        picked.write_bytes(b"\xff\xd8\xff\xe0" + noise.randbytes(PHOTO - 4))
        page.locator("fa-media input[type=file]").set_input_files(picked)
        page.get_by_role("button", name="Throw away: Photo").nth(number - 1).wait_for()
        page.locator("[data-take=photo]:not([disabled])").wait_for()
    return [float(one) for one in page.evaluate(SEALED)]
