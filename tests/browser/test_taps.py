"""How many taps and seconds the 20-second version of each form takes: counted in the real app, and printed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.scene import Scene
from tests.browser.taps import figures
from tests.browser.test_field import Phone

pytestmark = pytest.mark.browser

#: No more than these; Save, and the second tap of Read once more, are among them.
TAPS = {
    "session": 3,
    "master": 8,
    "individual": 11,
    "bond": 8,
    "session, at its close": 7,
    "ice_courthouse": 10,
    "salute": 8,
    "bail": 8,
}


def test_every_form_has_a_version_of_a_few_taps_and_a_short_hearing_one_of_eight(tmp_path: Path) -> None:
    with sync_playwright() as playwright:
        (tmp_path / "server").mkdir()
        phone = Phone(playwright, Scene(tmp_path / "server"), tmp_path / "phone", has_touch=True)
        phone.be_at_a_shift()
        counted: dict[str, dict[str, Any]] = {}
        for figure in figures(phone.page):
            print(json.dumps({"figure": "star_path", **figure}))
            counted[figure["form"]] = figure
        phone.device.close()
        phone.scene.server.shutdown()
    assert {form: one["taps"] for form, one in counted.items()} == TAPS
    assert counted["master"]["seconds"] < 20
