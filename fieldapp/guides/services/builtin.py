"""What comes with Fieldapp: pages (Markdown and facts, in ``content/``) and the rights card. Chapters may take them over."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fieldapp.guides import markdown

LANGUAGES = ("en", "es")
CARD = "card"  # the slug of the rights card
_CONTENT = Path(__file__).parent.parent / "content"


@dataclass(frozen=True)
class Text:
    """What a page says in one language."""

    title: str
    about: str
    text: str
    parts: list[markdown.Part]


@dataclass(frozen=True)
class Page:
    """A page that every chapter has until it writes its own with the same slug."""

    slug: str
    icon: str
    position: int
    audience: str
    texts: dict[str, Text]
    only: str = ""  # the one language it is written in, while it stands in for the other


@cache
def pages() -> dict[str, Page]:
    """The pages by slug. Read once per process; treat it as read-only."""
    return {page.slug: page for page in map(_page, sorted(_CONTENT.glob("*.json"))) if page.slug != CARD}


def _page(path: Path) -> Page:
    facts = json.loads(path.read_text(encoding="utf-8"))
    if path.stem == CARD:
        return Page(CARD, "", 0, "public", {})
    texts = {}
    for lang in LANGUAGES:
        text = (_CONTENT / f"{path.stem}.{lang}.md").read_text(encoding="utf-8")
        texts[lang] = Text(facts["title"][lang], facts["about"][lang], text, markdown.parts(text))
    audience = "members" if facts["members_only"] else "public"
    return Page(facts["id"], facts["icon"], facts["order"], audience, texts)


@cache
def card() -> dict[str, dict[str, Any]]:
    """The rights card's faces by language: ``name`` (of the language, in itself), ``dir``, ``speaker``, ``title``, ``lines``."""
    found: dict[str, dict[str, Any]] = json.loads((_CONTENT / "card.json").read_text(encoding="utf-8"))
    return found


@cache
def fingerprint() -> str:
    """Changes whenever any of it does."""
    said = [[p.slug, p.icon, p.position, p.audience, [vars(t) for t in p.texts.values()]] for p in pages().values()]
    text = json.dumps([said, card()], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
