"""Lighthouse's four scores of the sign-in page and of the field app, signed in: ``make lighthouse``. One JSON line for each."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from fieldapp import TOP
from tests.browser.stage import AUTHENTICATOR, CHROMIUM, PHONE, QUIET, free_port
from tools.visits import demo_installation, enter_app

PAGES = {"sign-in": "/sign-in", "field app": "/"}


def main() -> None:
    """A demo, a volunteer who is signed in, and both pages looked at in that browser."""
    port = free_port()
    with demo_installation() as site, tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            str(Path(home)),
            executable_path=CHROMIUM,
            args=[*QUIET, f"--remote-debugging-port={port}"],
            viewport=PHONE,  # type: ignore[arg-type]
            base_url=site.url,
        )
        page = context.pages[0]
        for name, path in PAGES.items():
            if path == "/":
                cdp = context.new_cdp_session(page)
                cdp.send("WebAuthn.enable")
                cdp.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
                enter_app(page, site.links["volunteer"])
                page.goto("about:blank")
            run = ["node", str(TOP / "tools/lighthouse/run.mjs"), str(port), name, site.url + path]
            subprocess.run(run, check=True)
        context.close()


if __name__ == "__main__":
    main()
