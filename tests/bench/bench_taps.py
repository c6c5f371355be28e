"""Taps and seconds of the 20-second version of each form, tapped in the real app, with a person's time to decide. Aim: 8, 20 s."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.bench.harness import Bench
from tests.browser.scene import Scene
from tests.browser.taps import figures as tapped
from tests.browser.test_field import Phone


def figures(bench: Bench) -> Iterator[dict[str, Any]]:
    """One line for each form."""
    if bench.database != "spatialite":
        return  # the phone does not know which database the server has
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        (Path(home) / "server").mkdir()
        phone = Phone(playwright, Scene(Path(home) / "server"), Path(home) / "phone", has_touch=True)
        phone.be_at_a_shift()
        yield from ({"figure": "star_path", **one} for one in tapped(phone.page))
        phone.device.close()
        phone.scene.server.shutdown()
