"""The 20-second version of each form in the real app, answered by real taps; they are counted, and how long they would take a person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Page, expect

#: Seconds that a person takes to decide (1.35) and to tap (0.4): the keystroke-level model's operators.
DECIDE_AND_TAP = 1.75
#: The page's own clock stands still in tests: this one is taken before it is stopped.
REAL_CLOCK = "globalThis.realNow = performance.now.bind(performance);"
#: Time from each tap to the second frame after it, in which the next question stands; of Save, until the page is another.
WATCH = """() => {
  globalThis.busy = 0;
  let saving = 0;
  document.addEventListener("click", (event) => {
    const from = realNow();
    saving = event.target.closest("[data-save]") ? from : 0;
    requestAnimationFrame(() => requestAnimationFrame(() => (globalThis.busy += realNow() - from)));
  }, true);
  addEventListener("hashchange", () => (globalThis.busy += saving && realNow() - saving), { once: true });
}"""
NOW_ASKED = "() => [...document.querySelectorAll('fa-form [data-q]')].at(-1)?.dataset.q ?? ''"
#: What is tapped where the first tile is not what a usual case has. By the words on it.
USUAL = {
    "lawyer": "None",
    "dhs_motion": "Nothing",
    "outcome": "Continued",
    "bond_set": "None",
    "dhs_asked": "None",
    "asked": "An amount",
    "bail_asked": "An amount",
    "bail_defence": "Release",
    "result": "Continued",
    "taken": "1",
}


class Hand:
    """Taps, and counts them."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.taps = 0

    def star(self, answers: dict[str, str]) -> dict[str, Any]:
        """Answers all that the open form asks, one question after the other, and saves; what it took."""
        self.page.evaluate(WATCH)
        self.taps = 0
        asked: list[str] = []
        while (field := str(self.page.evaluate(NOW_ASKED))) and field not in asked:
            asked.append(field)
            self._answer(field, answers)
            self.page.wait_for_function(f"(was) => ({NOW_ASKED})() !== was", arg=field)
        self._save()
        waited = float(self.page.evaluate("() => globalThis.busy"))
        seconds = round(self.taps * DECIDE_AND_TAP + waited / 1000, 1)
        return {"questions": len(asked), "taps": self.taps, "seconds": seconds, "of_it_app_ms": round(waited)}

    def tap(self, *found: Any) -> None:
        """One tap on each."""
        for one in found:
            one.tap()
            self.taps += 1

    def _answer(self, field: str, answers: dict[str, str]) -> None:
        question = self.page.locator(f"[data-q={field}]")
        words = answers.get(field, USUAL.get(field, ""))
        if question.locator("fa-pin").count():
            self.tap(question.get_by_role("button", name="Use my position"))
            expect(question.locator(".stack, .line, p").first).to_be_visible()
            return self.tap(question.get_by_role("button", name="Next"))
        if not question.locator(".tap").count():
            return self.tap(
                question.get_by_role("button", name="More of them"), question.get_by_role("button", name="Next")
            )
        tile = question.locator(".tap", has_text=words) if words else question.locator(".tap")
        return self.tap(tile.first)

    def _save(self) -> None:
        form = str(self.page.evaluate("() => location.hash"))
        save = self.page.locator("fa-form [data-save]")
        self.tap(save)
        self.page.wait_for_function(
            "(form) => location.hash !== form || Boolean(document.querySelector('[data-once]'))", arg=form
        )
        if self.page.url.endswith(form):
            self.tap(save)
        self.page.wait_for_function("(form) => location.hash !== form", arg=form)


def open_session(page: Page, kind: str) -> None:
    """To a court session that is about to be written, of one kind."""
    page.goto("/#/write")
    page.get_by_role("button", name="Court session").tap()
    page.get_by_role("radio", name=kind).wait_for()


def close_session(page: Page) -> None:
    """Without tallies."""
    page.goto("/#/court")
    page.get_by_role("button", name="Close without tallies").tap()
    expect(page.get_by_text("No court session is open")).to_be_visible()


CASES = {"master": "Short hearings", "individual": "Full hearings", "bond": "Bond hearings"}
ALONE = {"ice_courthouse": "ICE at a courthouse", "salute": "ICE in a neighborhood", "bail": "Criminal or bail court"}


def figures(page: Page) -> Iterator[dict[str, Any]]:
    """One line for each form: questions, taps and seconds of its 20-second version. The person is at a shift."""
    hand = Hand(page)
    for form, kind in CASES.items():
        open_session(page, kind)
        opening = hand.star({"type": kind, "admitted": "Yes"})
        if form == "master":
            yield {"form": "session", **opening}
        page.get_by_role("button", name="Write case 1").tap()
        expect(page.get_by_role("heading", name="Case 1", exact=True)).to_be_visible()
        yield {"form": form, **hand.star({"decision": "Denied: danger"} if form == "bond" else {})}
        # The next case is there with no further tap.
        expect(page.get_by_role("heading", name="Case 2", exact=True)).to_be_visible()
        expect(page.locator("[data-q=lawyer]")).to_be_visible()
        if form == "master":
            page.goto("/#/court")
            page.get_by_role("button", name="Close the session").tap()
            page.locator("[data-q=cases_called]").wait_for()
            yield {"form": "session, at its close", **hand.star({})}
        else:
            close_session(page)
    for form, title in ALONE.items():
        page.goto("/#/write")
        page.get_by_role("button", name=title).tap()
        expect(page.locator("fa-form [data-q]").first).to_be_visible()
        yield {"form": form, **hand.star({})}
