"""Every page of the demo as its role meets it, at both sizes, in both languages: axe clean, no violation of the policy, nothing from
another origin, nothing wider than the screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Playwright, sync_playwright

from fieldapp import TOP
from tools.visits import SIZES, STOPS, Demo, Visitor, demo_installation

AXE = (TOP / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
ASK = "axe.run(document, {resultTypes: ['violations']}).then((found) => found.violations.map((v) => [v.id, v.nodes[0].html.slice(0, 160)]))"
BROKEN = re.compile(r"Content Security Policy|Trusted(HTML|Script)|Refused to")
ROLES = ("", "volunteer", "coordinator", "trainer", "legal", "admin", "partner")


@pytest.fixture(scope="module")
def site() -> Iterator[Demo]:
    """One demo installation for all roles."""
    with demo_installation() as made:
        yield made


@pytest.fixture(scope="module")
def chromium() -> Iterator[Playwright]:
    """Playwright, started once."""
    with sync_playwright() as started:
        yield started


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role or "nobody")
def test_every_page_is_clean_at_both_sizes(site: Demo, chromium: Playwright, role: str) -> None:
    visitor = Visitor(chromium, site, role)
    wrong: list[str] = []
    watch(visitor.page, site.url, wrong)
    found = {}
    for stop in (one for one in STOPS if one.role == role):
        visitor.go(stop)
        for size, viewport in SIZES.items():
            visitor.page.set_viewport_size(viewport)  # type: ignore[arg-type]
            faults = [*axe(visitor.page), *too_wide(visitor.page)]
            if faults:
                found[f"{stop.name} {size}"] = faults
    visitor.close()
    assert (found, wrong) == ({}, [])


def watch(page: Page, url: str, wrong: list[str]) -> None:
    """Note what the browser refuses, what a script throws, and what is asked of another origin."""
    page.on("console", lambda said: wrong.append(said.text) if BROKEN.search(said.text) else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda r: None if r.url.startswith((url, "data:", "blob:")) else wrong.append(r.url))


def axe(page: Page) -> list[Any]:
    """What axe finds. Its source comes through the debugger, which the page's policy does not rule."""
    debugger = page.context.new_cdp_session(page)
    try:
        told = debugger.send(
            "Runtime.evaluate", {"expression": f"{AXE}; {ASK}", "awaitPromise": True, "returnByValue": True}
        )
    finally:
        debugger.detach()
    assert "exceptionDetails" not in told, told
    return list(told["result"]["value"])


def too_wide(page: Page) -> list[str]:
    """The page itself never scrolls sideways; a grid may, inside its frame."""
    wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"{wide} px too wide"] if wide > 1 else []
