"""What people read: of each slug the page of the nearest chapter, else the one that came with Fieldapp; for phones and for the web."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Select, func, select

from fieldapp.accounts.models import Chapter
from fieldapp.core.db import db
from fieldapp.core.errors import NotFound
from fieldapp.guides.markdown import plain
from fieldapp.guides.models import Guide, GuideVersion
from fieldapp.guides.services import builtin
from fieldapp.guides.services.builtin import CARD, LANGUAGES, Page, Text


@dataclass(frozen=True)
class Shelf:
    """What one chapter's people read. ``members`` and ``open`` are in the order of the list; ``card`` is what the chapter changed of it."""

    open: list[Page]
    members: list[Page]
    card: dict[str, Any]

    @cached_property
    def open_tag(self) -> str:
        """A fingerprint of what everybody may read: the phone asks for the bodies again when it is another."""
        return _tag(bodies(self.open), self.card)

    @cached_property
    def members_tag(self) -> str:
        """The same of what members read."""
        return _tag(bodies(self.members))


def of(line: Sequence[str]) -> Shelf:
    """The shelf of a chapter. ``line``: its id, then the ids of the chapters above, nearest first. One query."""
    rows = db.session.execute(_published(line)).all()
    texts: dict[str, dict[str, GuideVersion]] = {}
    guides: dict[str, Guide] = {}
    for guide, version in rows:
        guides[guide.id] = guide
        if version is not None:
            texts.setdefault(guide.id, {})[version.lang] = version
    nearest: dict[str, Page | None] = dict(builtin.pages())
    card: dict[str, Any] = {"off": [], "faces": {}}
    for guide in sorted(guides.values(), key=lambda one: -line.index(one.chapter_id)):
        said = texts.get(guide.id, {})
        if guide.kind == "card":
            card = {"off": guide.off, "faces": {lang: _face(version) for lang, version in said.items()}}
        elif guide.archived_at is not None:
            nearest[guide.slug] = None
        elif said:
            nearest[guide.slug] = _page(guide, said)
    found = sorted((page for page in nearest.values() if page), key=lambda page: (page.position, page.slug))
    public = [page for page in found if page.audience == "public"]
    return Shelf(public, [page for page in found if page.audience != "public"], card)


def _published(line: Sequence[str]) -> Select[Guide, GuideVersion | None]:
    """Guides of these chapters with what is published of each, language by language."""
    newest = (
        select(GuideVersion.guide_id, GuideVersion.lang, func.max(GuideVersion.number).label("number"))
        .join(Guide, Guide.id == GuideVersion.guide_id)
        .where(GuideVersion.published_at.is_not(None), Guide.chapter_id.in_(line))
        .group_by(GuideVersion.guide_id, GuideVersion.lang)
        .subquery()
    )
    return (
        select(Guide, GuideVersion)
        .outerjoin(newest, newest.c.guide_id == Guide.id)
        .outerjoin(
            GuideVersion,
            (GuideVersion.guide_id == newest.c.guide_id)
            & (GuideVersion.lang == newest.c.lang)
            & (GuideVersion.number == newest.c.number),
        )
        .where(Guide.chapter_id.in_(line))
    )


def _page(guide: Guide, said: dict[str, GuideVersion]) -> Page:
    """A page in both languages; where one is not published yet, the other stands in for it."""
    texts = {lang: Text(v.title, v.about, v.text, v.parts) for lang, v in said.items() if lang in LANGUAGES}
    only = next(iter(texts)) if len(texts) == 1 else ""
    for lang in LANGUAGES:
        texts.setdefault(lang, next(iter(texts.values())))
    return Page(guide.slug, guide.icon, guide.position, guide.audience, texts, only)


def _face(version: GuideVersion) -> dict[str, Any]:
    return {"title": version.title, "lines": lines_of(version.parts), "speaker": version.speaker}


def lines_of(parts: list[dict[str, Any]]) -> list[str]:
    """The sentences of a card: each list item and each paragraph, without what is bold or linked."""
    found: list[str] = []
    for part in parts:
        found += [plain(run) for name in ("list", "steps") for run in part.get(name, [])]
        found += [plain(part[name]) for name in ("p", "note") if name in part]
    return found


def listed(pages: list[Page]) -> list[dict[str, Any]]:
    """Pages as the snapshot lists them. ``body`` is empty: an app of before fetched none apart, and finds nothing to draw."""
    return [
        {
            "id": page.slug,
            "icon": page.icon,
            "title": {lang: page.texts[lang].title for lang in LANGUAGES},
            "about": {lang: page.texts[lang].about for lang in LANGUAGES},
            "body": {lang: [] for lang in LANGUAGES},
            **({"only": page.only} if page.only else {}),
        }
        for page in pages
    ]


def bodies(pages: list[Page]) -> dict[str, dict[str, Any]]:
    """What pages say, by slug and language, as parts."""
    return {page.slug: {lang: page.texts[lang].parts for lang in LANGUAGES} for page in pages}


def _tag(*what: Any) -> str:
    return hashlib.sha256(json.dumps(what, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def line_of(chapter_id: str) -> list[str]:
    """A chapter's id and those above, nearest first. Raises NotFound."""
    chapter = db.session.get(Chapter, chapter_id)
    if chapter is None:
        raise NotFound()
    return [step for step in reversed(chapter.path.split("/")) if step]


def on_the_web(chapter_id: str) -> tuple[Chapter | None, Shelf]:
    """The public pages of a chapter; of the top chapter where none is named and there is only one, else what came with Fieldapp."""
    if chapter_id:
        return db.session.get(Chapter, chapter_id), of(line_of(chapter_id))
    tops = list(db.session.scalars(select(Chapter).where(Chapter.parent_id.is_(None)).limit(2)))
    return (tops[0], of([tops[0].id])) if len(tops) == 1 else (None, of([]))


def open_page(shelf: Shelf, slug: str) -> Page:
    """A public page by its slug. Raises NotFound, for members' pages too."""
    found = next((page for page in shelf.open if page.slug == slug), None)
    if found is None or slug == CARD:
        raise NotFound()
    return found
