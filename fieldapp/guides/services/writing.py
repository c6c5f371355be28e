"""Writing guides: pages are made, taken over, saved as drafts, sorted and put away. What people read changes in publishing.py."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.accounts.services import chapters
from fieldapp.core.actor import Actor
from fieldapp.core.db import db, lock, write
from fieldapp.core.errors import N_, DomainError, Invalid, NotFound
from fieldapp.guides import markdown, policy
from fieldapp.guides.models import Guide, GuideVersion
from fieldapp.guides.services import builtin, shelf
from fieldapp.guides.services.builtin import CARD, LANGUAGES
from fieldapp.guides.words import ICONS

AUDIENCES = ("public", "members")
TAKEN = frozenset({"edit", CARD})  # /guides/edit is the desk
SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}\Z")
CARD_LONGEST = 1_200  # characters: it must fit on one screen
_FIELDS = (("title", 120), ("about", 200), ("note", 200))


def find(actor: Actor, guide_id: str) -> Guide:
    """A page whose chapter the actor reads from. Raises NotFound."""
    guide = db.session.get(Guide, guide_id)
    if guide is None or not policy.can_see(actor, guide):
        raise NotFound()
    return guide


def editable(actor: Actor, guide_id: str) -> Guide:
    """A page that the actor may write. Raises NotFound, Forbidden."""
    guide = find(actor, guide_id)
    policy.demand(policy.can_edit(actor, guide.chapter_id))
    return guide


def languages(guide: Guide) -> tuple[str, ...]:
    """In which languages it may be written."""
    return tuple(builtin.card()) if guide.kind == "card" else LANGUAGES


def latest(session: Session, guide_id: str, langs: Iterable[str] = ()) -> dict[str, GuideVersion]:
    """The newest version of each language, whether published or not, without drafts that were dropped."""
    query = select(GuideVersion).where(GuideVersion.guide_id == guide_id, GuideVersion.dropped_at.is_(None))
    if langs:
        query = query.where(GuideVersion.lang.in_(list(langs)))
    return {one.lang: one for one in session.scalars(query.order_by(GuideVersion.number))}


def create(actor: Actor, values: Mapping[str, str], now: int) -> Guide:
    """A page of the actor's chapter with its first drafts. Raises Forbidden, Invalid, DomainError("slug_taken")."""
    home = actor.chapter_id
    policy.demand(policy.can_edit(actor, home))
    slug = values.get("slug", "").strip()
    wrong: dict[str, str] = {}
    if not SLUG.match(slug) or slug in TAKEN:
        wrong["slug"] = N_("Small letters, digits, - and _, at most 40; it stays as it is.")
    elif slug in builtin.pages() or _has(home, slug):
        wrong["slug"] = N_("This chapter has a page of this address. Change that one, or choose another address.")
    said = _said(values, LANGUAGES, {}, wrong, markdown.LONGEST)
    if not said and not wrong:
        wrong["title_en"] = N_("Write it in one language at least.")
    guide = Guide(chapter_id=home, slug=slug, created_at=now)
    _sort(guide, values, wrong)
    if wrong:
        raise Invalid(fields=wrong)
    with write() as session:
        lock(session, [home])
        if session.scalar(select(Guide.id).where(Guide.chapter_id == home, Guide.slug == slug)):
            raise Invalid(
                fields={
                    "slug": N_("This chapter has a page of this address. Change that one, or choose another address.")
                }
            )
        session.add(guide)
        session.flush()
        for lang, text in said.items():
            session.add(_version(guide.id, lang, 1, text, actor.person_id, now))
    return guide


def adopt(actor: Actor, slug: str, now: int) -> Guide:
    """The chapter's own copy of a page from above, of one that came with Fieldapp, or of the card: it can be changed from then on.

    What is read stays as it is: the copy's first versions are published already. Raises Forbidden, NotFound.
    """
    home = actor.chapter_id
    policy.demand(policy.can_edit(actor, home))
    line = shelf.line_of(home)
    source = shelf.of(line)
    page = next((one for one in (*source.open, *source.members) if one.slug == slug), None)
    if page is None and slug != CARD:
        raise NotFound()
    with write() as session:
        lock(session, [home])
        known = session.scalar(select(Guide).where(Guide.chapter_id == home, Guide.slug == slug))
        if known is not None:
            return known
        if page is not None:
            guide = take_over(session, home, page, now)
        else:
            guide = Guide(chapter_id=home, slug=CARD, kind="card", audience="public", created_at=now)
            guide.off = list(source.card["off"])
            session.add(guide)
            session.flush()
            _copy_faces(session, guide.id, source.card["faces"], now)
        session.flush()
        chapters.touch(session, home)
    return guide


def take_over(session: Session, chapter_id: str, page: builtin.Page, now: int) -> Guide:
    """A page's copy in a chapter, in the caller's transaction: what was read goes on being read."""
    guide = Guide(chapter_id=chapter_id, slug=page.slug, icon=page.icon, position=page.position, created_at=now)
    guide.audience = page.audience
    session.add(guide)
    session.flush()
    for lang, text in page.texts.items():
        if page.only in {"", lang}:
            version = _version(guide.id, lang, 1, (text.title, text.about, markdown.clean(text.text), ""), None, now)
            version.published_at = now
            session.add(version)
    return guide


def _copy_faces(session: Session, guide_id: str, faces: dict[str, dict[str, object]], now: int) -> None:
    """The card's texts of the chapter above go on in the copy; those that came with Fieldapp need no copy."""
    for lang, face in faces.items():
        lines = [str(line) for line in face["lines"]]  # type: ignore[attr-defined]
        version = _version(guide_id, lang, 1, (str(face["title"]), "", as_list(lines), ""), None, now)
        version.published_at, version.speaker = now, bool(face["speaker"])
        session.add(version)


def as_list(lines: Sequence[str]) -> str:
    """Sentences as a Markdown list."""
    return "\n".join(f"- {line}" for line in lines)


def save(actor: Actor, guide_id: str, langs: Sequence[str], values: Mapping[str, str], now: int) -> int:
    """Drafts of those languages that were changed; how many. ``same_<lang>``: it was read again and needs no change.

    Raises NotFound, Forbidden, Invalid, DomainError("changed_meanwhile") when somebody saved since the form was opened.
    """
    guide = editable(actor, guide_id)
    langs = [lang for lang in langs if lang in languages(guide)]
    wrong: dict[str, str] = {}
    longest = CARD_LONGEST if guide.kind == "card" else markdown.LONGEST
    made = 0
    with write() as session:
        lock(session, [guide.id])
        before = latest(session, guide.id, langs)
        said = _said(values, langs, before, wrong, longest)
        if wrong:
            raise Invalid(fields=wrong)
        highest = _highest(session, guide.id)
        for lang, text in said.items():
            known = before.get(lang)
            if str(known.number if known else 0) != values.get(f"base_{lang}", "0"):
                raise _changed_meanwhile()
            if known and text[:3] == (known.title, known.about, known.text) and not values.get(f"same_{lang}"):
                continue
            session.add(_version(guide.id, lang, highest.get(lang, 0) + 1, text, actor.person_id, now))
            made += 1
    return made


def _highest(session: Session, guide_id: str) -> dict[str, int]:
    """The last number of each language, dropped drafts counted."""
    rows = session.execute(select(GuideVersion.lang, GuideVersion.number).where(GuideVersion.guide_id == guide_id))
    found: dict[str, int] = {}
    for lang, number in rows:
        found[lang] = max(number, found.get(lang, 0))
    return found


def _changed_meanwhile() -> DomainError:
    return DomainError(
        "changed_meanwhile",
        N_("Somebody saved this page while you were writing."),
        safe=N_("Their text is kept, and yours is still in the form of the page before this one."),
        do=N_("Go back, copy what you wrote, and open the page anew."),
    )


def sort(actor: Actor, guide_id: str, values: Mapping[str, str], now: int, *, alone: bool) -> Guide:
    """Change icon, place in the list, and who reads it. What members alone could read is made public as a text is published: by another
    person than its author. Raises NotFound, Forbidden, Invalid, DomainError("another_person").
    """
    guide = editable(actor, guide_id)
    wrong: dict[str, str] = {}
    wanted = Guide(audience=guide.audience)
    _sort(wanted, values, wrong)
    if wrong:
        raise Invalid(fields=wrong)
    if guide.audience == "members" and wanted.audience == "public":
        for version in published(guide.id).values():
            if not policy.can_publish(actor, guide, version, now, alone=alone):
                raise another_person() if version.author_id else unread()
    with write() as session:
        live = session.get_one(Guide, guide_id)
        live.icon, live.position, live.audience = wanted.icon, wanted.position, wanted.audience
        session.flush()
        chapters.touch(session, live.chapter_id)
    return live


def another_person() -> DomainError:
    """Why an author does not publish alone."""
    return DomainError(
        "another_person",
        N_("Another person publishes what you wrote."),
        safe=N_("Your draft is kept. People still read what was published before."),
        do=N_("Ask another trainer, coordinator or admin of the chapter, or an admin of the chapter above."),
    )


def unread() -> DomainError:
    """Why a text that was taken over is not made public by one person."""
    return DomainError(
        "another_person",
        N_("Nobody of this chapter has written or reviewed this text yet."),
        safe=N_("Members read it as before. Nobody else does."),
        do=N_(
            "Save your chapter's own text of it, in each language; another person publishes it, and then it can be made public."
        ),
    )


def archive(actor: Actor, guide_id: str, now: int, *, back: bool = False) -> Guide:
    """Take a page off every phone, or bring it ``back``. Its versions stay. Raises NotFound, Forbidden."""
    guide = editable(actor, guide_id)
    with write() as session:
        live = session.get_one(Guide, guide.id)
        live.archived_at = None if back else (live.archived_at or now)
        session.flush()
        chapters.touch(session, live.chapter_id)
    return live


def offer(actor: Actor, guide_id: str, wanted: Sequence[str]) -> Guide:
    """The languages that the rights card offers; English and Spanish always. Raises NotFound, Forbidden."""
    guide = editable(actor, guide_id)
    if guide.kind != "card":
        raise NotFound()
    with write() as session:
        live = session.get_one(Guide, guide.id)
        live.off = [lang for lang in builtin.card() if lang not in {*wanted, *LANGUAGES}]
        session.flush()
        chapters.touch(session, live.chapter_id)
    return live


def published(guide_id: str) -> dict[str, GuideVersion]:
    """What people read now, by language."""
    query = select(GuideVersion).where(GuideVersion.guide_id == guide_id, GuideVersion.published_at.is_not(None))
    return {one.lang: one for one in db.session.scalars(query.order_by(GuideVersion.number))}


def _has(chapter_id: str, slug: str) -> bool:
    found = db.session.scalar(select(Guide.id).where(Guide.chapter_id == chapter_id, Guide.slug == slug))
    return found is not None


def _said(
    values: Mapping[str, str],
    langs: Sequence[str],
    before: Mapping[str, GuideVersion],
    wrong: dict[str, str],
    longest: int,
) -> dict[str, tuple[str, str, str, str]]:
    """Title, about, text and note by language; a language that was never written may stay empty."""
    found: dict[str, tuple[str, str, str, str]] = {}
    for lang in langs:
        line = {name: " ".join(markdown.clean(values.get(f"{name}_{lang}", "")).split()) for name, _ in _FIELDS}
        text = markdown.clean(values.get(f"text_{lang}", ""))
        if lang not in before and not (line["title"] or text):
            continue
        for name, most in _FIELDS:
            if len(line[name]) > most:
                wrong[f"{name}_{lang}"] = N_("That is too long.")
        if not line["title"]:
            wrong[f"title_{lang}"] = N_("Give it a title.")
        if len(text) > longest:
            wrong[f"text_{lang}"] = N_("That is too long. Make two pages of it.")
        elif not markdown.parts(text):
            wrong[f"text_{lang}"] = N_("There is nothing to read in it yet.")
        found[lang] = (line["title"], line["about"], text, line["note"])
    return found


def _sort(guide: Guide, values: Mapping[str, str], wrong: dict[str, str]) -> None:
    guide.icon = values.get("icon", "book-open")
    guide.audience = values.get("audience", guide.audience or "members")
    place = values.get("position", "50").strip()
    if guide.icon not in ICONS:
        wrong["icon"] = N_("Choose a picture from the list.")
    if guide.audience not in AUDIENCES:
        wrong["audience"] = N_("Choose who reads it.")
    if not (place.isascii() and place.isdigit() and 1 <= int(place[:4]) <= 999 and len(place) <= 3):
        wrong["position"] = N_("A number between 1 and 999.")
    else:
        guide.position = int(place)


def _version(
    guide_id: str, lang: str, number: int, said: tuple[str, str, str, str], author: str | None, now: int
) -> GuideVersion:
    title, about, text, note = said
    return GuideVersion(
        guide_id=guide_id,
        lang=lang,
        number=number,
        title=title,
        about=about,
        text=text,
        parts=markdown.parts(text),
        note=note,
        author_id=author,
        created_at=now,
    )
