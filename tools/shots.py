"""Pictures of every page at both sizes, light and dark, in English and Spanish, in build/shots: python -m tools.shots [words]"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tools.visits import SIZES, STOPS, Stop, Visitor, demo_installation

TARGET = Path("build/shots")
ROLES = ("", "volunteer", "coordinator", "trainer", "legal", "admin", "partner")


def main(words: list[str]) -> None:
    """Take them all, or those whose name holds one of ``words``."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with demo_installation() as site, sync_playwright() as playwright:
        for role in ROLES:
            wanted = [s for s in STOPS if s.role == role and (not words or any(w in f"{role}-{s.name}" for w in words))]
            if wanted:
                visit(Visitor(playwright, site, role), wanted)


def visit(visitor: Visitor, stops: list[Stop]) -> None:
    """Each stop in each language, theme and size."""
    page = visitor.page
    for lang in ("en", "es"):
        speak(visitor, lang)
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            for stop in stops:
                visitor.go(stop)
                for size, viewport in SIZES.items():
                    page.set_viewport_size(viewport)  # type: ignore[arg-type]
                    name = f"{stop.role or 'anyone'}-{stop.name}-{size}-{theme}-{lang}.png"
                    page.screenshot(path=str(TARGET / name))
    visitor.close()


def speak(visitor: Visitor, lang: str) -> None:
    """Choose the language the way a person does: on the phone under You, at the desk by the form that every page has."""
    if visitor.role == "volunteer":
        visitor.page.goto("/#/you")
        visitor.page.get_by_role("radio", name={"en": "English", "es": "Español"}[lang]).check(force=True)
    visitor.page.goto("/sign-in")
    visitor.page.evaluate(
        """async (lang) => {
          const { csrf } = await (await fetch("/api/v1/csrf")).json();
          const body = new FormData();
          body.set("csrf_token", csrf);
          body.set("lang", lang);
          await fetch("/language", { method: "POST", body, redirect: "manual" });
        }""",
        lang,
    )


if __name__ == "__main__":
    main(sys.argv[1:])
