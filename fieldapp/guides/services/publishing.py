"""Review: another person publishes what somebody wrote. Drafts are dropped, old versions come back as drafts, versions are compared."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, select, tuple_, update
from sqlalchemy.orm import aliased

from fieldapp.accounts.models import Membership, Person
from fieldapp.accounts.services import chapters
from fieldapp.core.actor import Actor
from fieldapp.core.db import db, lock, write
from fieldapp.core.errors import N_, DomainError, NotFound
from fieldapp.guides import policy
from fieldapp.guides.models import Guide, GuideVersion
from fieldapp.guides.services import writing

MOST = 200  # versions that the history lists
MOST_LINES = 2_000  # of both together; a page of thousands of one-letter lines kept the server busy for half a minute


def alone(actor: Actor, chapter_id: str) -> bool:
    """Whether nobody else of the chapter itself may write its guides: then its one editor may publish alone, a day later."""
    others = (
        select(Membership.person_id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.chapter_id == chapter_id,
            Membership.role.in_(policy.EDITORS),
            Membership.person_id != actor.person_id,
            Person.disabled_at.is_(None),
        )
    )
    return db.session.scalar(others.limit(1)) is None


def draft(guide_id: str, lang: str, number: int) -> GuideVersion:
    """The newest version of a language while it waits for review. Raises DomainError("not_waiting")."""
    newest = writing.latest(db.session(), guide_id, [lang]).get(lang)
    if newest is None or newest.number != number or newest.published_at is not None:
        raise _not_waiting()
    return newest


def _not_waiting() -> DomainError:
    return DomainError(
        "not_waiting",
        N_("This draft does not wait any more: it was published, dropped, or written anew."),
        safe=N_("Nothing was changed."),
        do=N_("Open the page anew and look at what waits now."),
    )


def publish(actor: Actor, guide_id: str, lang: str, number: int, now: int, *, speaker: bool = False) -> GuideVersion:
    """Let people read a draft. ``speaker``: somebody who speaks the language has checked it.

    Raises NotFound, Forbidden, DomainError("not_waiting"), DomainError("another_person").
    """
    guide = writing.editable(actor, guide_id)
    found = draft(guide.id, lang, number)
    if not policy.can_publish(actor, guide, found, now, alone=alone(actor, guide.chapter_id)):
        raise writing.another_person()
    with write() as session:
        lock(session, [guide.id])
        newer = aliased(GuideVersion)
        later = select(newer.number).where(
            newer.guide_id == guide.id, newer.lang == lang, newer.number > number, newer.dropped_at.is_(None)
        )
        changed = session.execute(
            update(GuideVersion)
            .where(*_is(guide.id, lang, number), GuideVersion.published_at.is_(None), ~later.exists())
            .where(GuideVersion.dropped_at.is_(None))
            .values(published_at=now, reviewed_by_id=actor.person_id, speaker=speaker)
        )
        if changed.rowcount != 1:  # type: ignore[attr-defined]
            raise _not_waiting()
        chapters.touch(session, guide.chapter_id)
    return found


def drop(actor: Actor, guide_id: str, lang: str, number: int, now: int) -> None:
    """Let a draft go; it stays in the history. Raises NotFound, Forbidden, DomainError("not_waiting")."""
    guide = writing.editable(actor, guide_id)
    draft(guide.id, lang, number)
    with write() as session:
        changed = session.execute(
            update(GuideVersion)
            .where(*_is(guide.id, lang, number), GuideVersion.published_at.is_(None))
            .values(dropped_at=now)
        )
        if changed.rowcount != 1:  # type: ignore[attr-defined]
            raise _not_waiting()


def _is(guide_id: str, lang: str, number: int) -> tuple[ColumnElement[bool], ...]:
    return (GuideVersion.guide_id == guide_id, GuideVersion.lang == lang, GuideVersion.number == number)


def restore(actor: Actor, guide_id: str, lang: str, number: int, now: int) -> int:
    """An old version comes back as a new draft; its number. Raises NotFound, Forbidden."""
    guide = writing.editable(actor, guide_id)
    old = version(guide.id, lang, number)
    with write() as session:
        lock(session, [guide.id])
        highest = session.scalar(
            select(func.max(GuideVersion.number)).where(GuideVersion.guide_id == guide.id, GuideVersion.lang == lang)
        )
        made = GuideVersion(
            guide_id=guide.id,
            lang=lang,
            number=(highest or 0) + 1,
            title=old.title,
            about=old.about,
            text=old.text,
            parts=old.parts,
            note=f"= {number}",
            author_id=actor.person_id,
            created_at=now,
        )
        session.add(made)
    return made.number


def version(guide_id: str, lang: str, number: int) -> GuideVersion:
    """One version. Raises NotFound."""
    found = db.session.get(GuideVersion, (guide_id, lang, number))
    if found is None:
        raise NotFound()
    return found


def history(guide_id: str, lang: str) -> list[GuideVersion]:
    """The versions of a language, the newest first."""
    query = select(GuideVersion).where(GuideVersion.guide_id == guide_id, GuideVersion.lang == lang)
    return list(db.session.scalars(query.order_by(GuideVersion.number.desc()).limit(MOST)))


def names(ids: set[str | None]) -> dict[str, str]:
    """Field names by person, for the history."""
    query = select(Person.id, Person.field_name).where(Person.id.in_([one for one in ids if one]))
    return dict(db.session.execute(query).tuples().all())


@dataclass(frozen=True)
class Line:
    """A line of a comparison: ``kind`` is same, gone or new."""

    kind: str
    text: str


def compare(old: GuideVersion, new: GuideVersion) -> list[Line]:
    """Two versions line by line."""
    return list(_lines(_whole(old), _whole(new)))


def _whole(one: GuideVersion) -> list[str]:
    return [line for line in (one.title, one.about, *one.text.split("\n")) if line.strip()]


def _lines(old: list[str], new: list[str]) -> Iterator[Line]:
    if len(old) + len(new) > MOST_LINES:
        yield from (Line("gone", text) for text in old)
        yield from (Line("new", text) for text in new)
        return
    for what, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            yield from (Line("same", text) for text in old[a:b])
            continue
        yield from (Line("gone", text) for text in old[a:b])
        yield from (Line("new", text) for text in new[c:d])


@dataclass(frozen=True)
class Standing:
    """A page on the desk: what is read, what waits, by language; ``behind``: languages written before the other one was."""

    guide: Guide
    read: dict[str, GuideVersion]
    waits: dict[str, GuideVersion]

    @property
    def title(self) -> dict[str, str]:
        """By language, as it is read, else as it waits."""
        return {lang: one.title for lang, one in {**self.waits, **self.read}.items()}

    @property
    def behind(self) -> list[str]:
        """Of English and Spanish, the one that is older than what people read in the other."""
        en, es = ((self.read.get(lang)) for lang in ("en", "es"))
        if self.guide.kind == "card" or not (en or es):
            return []
        if en and es:
            return ["es"] if es.created_at < en.created_at else ["en"] if en.created_at < es.created_at else []
        return ["es"] if en else ["en"]


def standing(guides: list[Guide]) -> list[Standing]:
    """How each stands, in two queries at most."""
    ids = [one.id for one in guides]
    found: dict[str, tuple[dict[str, GuideVersion], dict[str, GuideVersion]]] = {one: ({}, {}) for one in ids}
    for one in db.session.scalars(_newest(ids)) if ids else ():
        read, waits = found[one.guide_id]
        if one.published_at is not None:
            read[one.lang] = one
            waits.pop(one.lang, None)
        else:
            waits[one.lang] = one
    return [Standing(guide, *found[guide.id]) for guide in guides]


def _newest(ids: list[str]) -> Select[GuideVersion]:
    """Of each page and language the newest published version, and the newest of all, oldest first."""

    def numbers(*more: ColumnElement[bool]) -> Select[str, str, int]:
        kept = select(GuideVersion.guide_id, GuideVersion.lang, func.max(GuideVersion.number))
        where = (GuideVersion.guide_id.in_(ids), GuideVersion.dropped_at.is_(None), *more)
        return kept.where(*where).group_by(GuideVersion.guide_id, GuideVersion.lang)

    one = tuple_(GuideVersion.guide_id, GuideVersion.lang, GuideVersion.number)
    either = one.in_(numbers()) | one.in_(numbers(GuideVersion.published_at.is_not(None)))
    return select(GuideVersion).where(either).order_by(GuideVersion.number)


def waiting(actor: Actor) -> int:
    """How many drafts of others wait for this actor's review."""
    newer = aliased(GuideVersion)
    later = select(newer.number).where(
        newer.guide_id == GuideVersion.guide_id,
        newer.lang == GuideVersion.lang,
        newer.number > GuideVersion.number,
        newer.dropped_at.is_(None),
    )
    query = (
        select(func.count())
        .select_from(GuideVersion)
        .join(Guide, Guide.id == GuideVersion.guide_id)
        .where(Guide.chapter_id.in_(actor.where(*policy.EDITORS)), Guide.archived_at.is_(None))
        .where(GuideVersion.published_at.is_(None), GuideVersion.dropped_at.is_(None), ~later.exists())
        .where(GuideVersion.author_id != actor.person_id)
    )
    return db.session.scalar(query) or 0


def of_chapters(actor: Actor) -> list[Guide]:
    """Pages of the chapters that the actor writes for, those put away last."""
    query = select(Guide).where(Guide.chapter_id.in_(actor.where(*policy.EDITORS)))
    found = db.session.scalars(query.order_by(Guide.archived_at.is_not(None), Guide.position, Guide.slug))
    return list(found)
