"""Looks at a page as a screen reader, a hand and large text meet it, in both themes and at both sizes; keeps what is wrong by name."""

from __future__ import annotations

from playwright.sync_api import CDPSession, Page

from tests.browser.reader import measured, misread, told
from tests.browser.test_field import violations

SIZES = ((360, 740), (390, 844))
LARGE = "(large) => void (document.documentElement.style.fontSize = large ? '200%' : '')"


class Eyes:
    """Looks at the state a page is in; what is wrong is kept by its name."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.cdp: CDPSession = page.context.new_cdp_session(page)
        self.found: dict[str, list[str]] = {}

    def look(self, name: str) -> None:
        """At both sizes: the tree, the targets, text of 200%; in both themes what axe says."""
        page = self.page
        faults: list[str] = []
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            faults += [f"{width}: {one}" for one in [*misread(told(self.cdp)), *measured(page)]]
            page.evaluate(LARGE, True)
            faults += [f"{width} at 200%: {one}" for one in measured(page, large=True)]
            page.evaluate(LARGE, False)
        for theme in ("dark", "light"):
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
            faults += [f"{theme}: {one}" for one in violations(page)]
        if faults:
            self.found[name] = faults

    def told(self) -> str:
        """All that was wrong, a line for each; nothing where nothing was."""
        return "\n".join(f"{name}: {one}" for name, faults in self.found.items() for one in faults)
