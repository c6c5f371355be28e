"""The code of conduct and a quiz on a phone: from the row on Today to the page that fits, and back to a Today without it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from fieldapp.core.db import db
from fieldapp.training.models import ConductAccepted, ConductVersion, QuizStanding, QuizVersion
from tests.browser.scene import NOW, Scene, join, phone
from tests.browser.stage import CHROMIUM, QUIET

pytestmark = pytest.mark.browser
TOP = Path(__file__).parents[2]
AXE = (TOP / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
ASK = "axe.run(document, {resultTypes: ['violations']}).then((found) => found.violations.map((one) => one.id).join())"
DAY = 86_400_000
QUESTION = {
    "text": {"en": "May you film in the courtroom?", "es": "¿Puedes grabar en la sala?"},
    "choices": [{"en": "Yes", "es": "Sí"}, {"en": "No", "es": "No"}],
    "right": 1,
    "why": {"en": "The court forbids it.", "es": "La corte lo prohíbe."},
}


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """A chapter with a code of conduct and a course with a quiz."""
    made = Scene(tmp_path)
    with made.app.app_context():
        text = {"text_en": "We stay calm.\n\n- No filming", "text_es": "Mantenemos la calma."}
        made.make.keep(
            ConductVersion(chapter_id=made.chapter.id, number=1, created_at=NOW - DAY, published_at=NOW - DAY, **text)
        )
        made.make.keep(QuizVersion(course_id=made.course.id, number=1, questions=[QUESTION], created_at=NOW))
        db.session.remove()
    yield made
    made.server.shutdown()


def clean(page: Page) -> None:
    """No violation that axe can see, and nothing wider than the screen."""
    speaker = page.context.new_cdp_session(page)
    said = speaker.send("Runtime.evaluate", {"expression": f"{AXE}; {ASK}", "awaitPromise": True})
    assert said["result"]["value"] == "", said
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def kept(scene: Scene, model: type) -> list[object]:
    with scene.app.app_context():
        found = scene.make.all(model)
        db.session.remove()
        return found


def test_conduct_and_quiz_from_today_and_back(scene: Scene) -> None:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        context, page = phone(chromium, scene)
        join(page, scene)
        beside = page.get_by_role("region", name="Beside your shifts")
        expect(beside.get_by_text("It comes before your next shift.")).to_be_visible()
        expect(beside.get_by_text("step 2 of 5")).to_be_visible()
        clean(page)

        beside.get_by_role("link", name="Read and accept the code of conduct").click()
        expect(page.get_by_role("listitem").filter(has_text="No filming")).to_be_visible()
        clean(page)
        page.get_by_role("button", name="I have read it and keep to it").click()
        expect(page.get_by_text("You accepted it on")).to_be_visible()
        assert len(kept(scene, ConductAccepted)) == 1

        page.goto("/training/mine")
        page.get_by_role("button", name="Sign up").click()
        expect(page.get_by_text("You are signed up", exact=True)).to_be_visible()
        page.goto("/#/today")
        expect(beside.get_by_role("link", name="Quiz: Court watch basics")).to_be_visible()
        expect(beside.get_by_text("code of conduct")).to_have_count(0)

        beside.get_by_role("link", name="Quiz: Court watch basics").click()
        clean(page)
        page.get_by_role("radio", name="Yes").check()
        page.get_by_role("button", name="See how I did").click()
        expect(page.get_by_text("Not passed yet, 0%.")).to_be_visible()
        expect(page.get_by_text("The court forbids it.")).to_be_visible()
        clean(page)
        page.get_by_role("link", name="Try again").click()
        page.get_by_role("radio", name="No").check()
        page.get_by_role("button", name="See how I did").click()
        expect(page.get_by_text("Passed, 100%.")).to_be_visible()
        assert [one.passed_number for one in kept(scene, QuizStanding)] == [1]  # type: ignore[attr-defined]

        page.goto("/#/today")
        expect(beside.get_by_text("step 2 of 5")).to_be_visible()
        expect(beside.get_by_text("Quiz")).to_have_count(0)
        context.close()
        chromium.close()
