"""What the field app holds in memory, after garbage was collected: once open, after forty cases, after ten photos of 5 MB. Flat is good."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests.bench.bench_phone import prepare
from tests.bench.harness import Bench
from tests.browser.stage import Person

CASES, PHOTOS, PHOTO = 40, 10, 5_000_000


def figures(bench: Bench) -> Iterator[dict[str, Any]]:
    """The page's own heap, and all that its process has for itself."""
    if bench.database != "spatialite":
        return  # the phone does not know which database the server has
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        scene, phone = prepare(playwright, Path(home))
        phone.context.set_default_timeout(60_000)
        yield memory(phone, "open")
        cases(phone.page)
        yield memory(phone, f"after {CASES} cases")
        phone.context.set_offline(True)  # Chromium keeps each request's body for the tools that steer it
        photos(phone.page, Path(home))
        yield memory(phone, f"after {CASES} cases and {PHOTOS} photos")
        phone.close()
        scene.server.shutdown()


def memory(phone: Person, when: str) -> dict[str, Any]:
    """Megabytes."""
    phone.cdp.send("Performance.enable")
    for _ in range(2):
        phone.cdp.send("HeapProfiler.collectGarbage")
    told = {one["name"]: one["value"] for one in phone.cdp.send("Performance.getMetrics")["metrics"]}
    heap, process = told["JSHeapUsedSize"] / 1e6, max(_own(pid) for pid in _renderers(phone)) / 1e3
    counted = {"js_heap_mb": round(heap, 1), "process_mb": round(process, 1), "nodes": int(told["Nodes"])}
    return {"figure": "field_app_memory", "when": when, **counted}


def _renderers(phone: Person) -> list[int]:
    lines = {pid: Path(f"/proc/{pid}/cmdline").read_bytes() for pid in phone.pids()}
    return [pid for pid, line in lines.items() if b"--type=renderer" in line]


def _own(pid: int) -> int:
    """Kilobytes that the process shares with nobody."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))


def cases(page: Page) -> None:
    """A session, and its cases with a note each."""
    page.get_by_role("button", name="I'm here").click()
    page.get_by_text("You are here", exact=True).wait_for()
    page.get_by_role("link", name="Write").first.click()
    page.get_by_role("button", name="Court session").click()
    page.get_by_role("radio", name="Short hearings").click()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Write case 1").click()
    for number in range(1, CASES + 1):
        page.get_by_role("heading", name=f"Case {number}", exact=True).wait_for()
        page.get_by_role("radio", name="Attorney").click()
        page.get_by_label("Note").fill("Two agents stood by the lift with a printed list for an hour.")
        page.get_by_role("button", name="Save and next case").click()
        page.get_by_text("Read once more").wait_for()
        page.get_by_role("button", name="Save and next case").click()
    page.get_by_role("heading", name=f"Case {CASES + 1}", exact=True).wait_for()
    page.goto("/#/today")
    page.get_by_text("You are here", exact=True).wait_for()


def photos(page: Page, home: Path) -> None:
    """Picked for a form about officials in the hallway, one after the other."""
    page.goto("/#/write")
    page.get_by_role("button", name="ICE at a courthouse").click()
    page.get_by_role("heading", name="Photo, video, sound").wait_for()
    for number in range(1, PHOTOS + 1):
        picked = home / f"{number}.jpg"
        picked.write_bytes(b"\xff\xd8\xff\xe0" + random.randbytes(PHOTO))
        page.locator("input[type=file]").set_input_files(picked)
        page.get_by_role("button", name="Throw away: Photo").nth(number - 1).wait_for()
    page.goto("/#/today")
    page.get_by_text("You are here", exact=True).wait_for()
