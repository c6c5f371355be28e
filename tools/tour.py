"""The product without a passkey device: one signed-in window for each role, or, without a screen, pictures in build/tour."""

from __future__ import annotations

import os
import time
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

from tools.visits import STOPS, Visitor, demo_installation

TARGET = Path("build/tour")
ROLES = ("volunteer", "coordinator", "trainer", "legal", "admin")
FIRST = {
    "volunteer": "/#/today",
    "coordinator": "/coverage",
    "trainer": "/training",
    "legal": "/legal/",
    "admin": "/chapters",
}


def main() -> None:
    """Windows where there is a display, else pictures."""
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        windows()
    else:
        pictures()


def windows() -> None:
    """One window for each role; ends when the last one is closed, or with Ctrl-C."""
    with demo_installation() as site, sync_playwright() as playwright:
        print("Opening a window for each role; each has a virtual passkey. Close them, or press Ctrl-C, to end.")
        people = []
        for number, role in enumerate(ROLES):
            args = [f"--window-position={60 + 60 * number},{40 + 40 * number}"]
            person = Visitor(playwright, site, role, headless=False, args=args)
            person.page.goto(FIRST[role])
            print(f"  {role:<12} {site.url}{FIRST[role]}")
            people.append(person)
        try:
            while any(person.browser.is_connected() and person.context.pages for person in people):
                for person in people:
                    for page in person.context.pages:
                        page.wait_for_timeout(200)
                        break
                time.sleep(0.2)
        except (KeyboardInterrupt, Error):
            print("\nThe tour is over; nothing of it was kept.")


def pictures() -> None:
    """The same tour as pictures, numbered in the order in which one would look."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with demo_installation() as site, sync_playwright() as playwright:
        print(f"No display: the tour is written as pictures into {TARGET}/")
        number = 0
        for role in ROLES:
            person = Visitor(playwright, site, role)
            for stop in (s for s in STOPS if s.role == role):
                number += 1
                person.go(stop)
                path = TARGET / f"{number:02d}-{role}-{stop.name}.png"
                person.page.screenshot(path=str(path))
                print(f"  {path}")
            person.close()


if __name__ == "__main__":
    main()
