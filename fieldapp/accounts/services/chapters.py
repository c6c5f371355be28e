"""The tree of chapters and pods, and the counter that tells phones when something changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from zoneinfo import available_timezones

from sqlalchemy import Select, Update, bindparam, func, select, update
from sqlalchemy.orm import Session, aliased

from fieldapp.accounts import policy
from fieldapp.accounts.models import Chapter, Membership, Person
from fieldapp.core.actor import Actor
from fieldapp.core.db import db, last_step, owe, write
from fieldapp.core.errors import N_, Forbidden, Invalid, NotFound
from fieldapp.core.ids import new_id

ZONE = "America/New_York"
FIELDS = ("name", "zone", "hotline", "legal_line", "chat")
COUNT_CHAPTERS = 2  # the last step of a transaction; people (1) come before
DEEPEST = 5  # a path of five ids fits the column with room to spare


def touch(session: Session, chapter_id: str) -> None:
    """Count a change that phones of this chapter and its pods show, when the transaction of the change ends. Call it in that."""
    owe(session, COUNT_CHAPTERS, [chapter_id])


def touch_many(session: Session, chapter_ids: Iterable[str]) -> None:
    """``touch`` for several chapters."""
    owe(session, COUNT_CHAPTERS, chapter_ids)


def hold(session: Session, chapter_id: str) -> Chapter:
    """A chapter read anew to change its own row, held with its pods in the order in which they are counted. Whoever changes a chapter
    counts no people in the same transaction."""
    session.connection().execute(_LOCKING, {"ids": [chapter_id]})
    return session.get_one(Chapter, chapter_id, populate_existing=True)


def _rows() -> Select[str]:
    """These chapters (``:ids``) and each pod below; locked in one order everywhere."""
    given, within = aliased(Chapter), aliased(Chapter)
    below = func.substr(within.path, 1, func.length(given.path)) == given.path
    named = select(given.id).where(given.id.in_(bindparam("ids", expanding=True)), below).exists()
    return select(within.id).where(named).order_by(within.id).with_for_update(key_share=True)


def _counting() -> Update:
    """One more for each chapter (``:ids``) and each pod below."""
    return update(Chapter).where(Chapter.id.in_(_rows())).values(version=Chapter.version + 1)


_LOCKING, _COUNTING = _rows(), _counting()


def _count(session: Session, chapter_ids: Sequence[str]) -> None:
    session.connection().execute(_COUNTING, {"ids": chapter_ids})


last_step(COUNT_CHAPTERS, _count)


def add(session: Session, name: str, now: int, *, parent: Chapter | None = None, zone: str = ZONE) -> Chapter:
    """Add a chapter (or, below ``parent``, a pod) in the caller's transaction; rules are the caller's."""
    made = new_id()
    chapter = Chapter(
        id=made,
        parent_id=parent.id if parent else None,
        path=(parent.path if parent else "") + made + "/",
        name=name,
        zone=zone,
        hotline=parent.hotline if parent else "",
        legal_line=parent.legal_line if parent else "",
        settings={},
        version=1,
        created_at=now,
    )
    session.add(chapter)
    return chapter


def get(actor: Actor, chapter_id: str) -> Chapter:
    """A chapter in which the actor is something. Raises NotFound for any other."""
    chapter = db.session.get(Chapter, chapter_id) if chapter_id in actor.chapters else None
    if chapter is None:
        raise NotFound()
    return chapter


def managed(actor: Actor, chapter_id: str) -> Chapter:
    """A chapter that the actor manages. Raises NotFound, Forbidden."""
    chapter = get(actor, chapter_id)
    if not policy.can_manage_chapter(actor, chapter.id):
        raise Forbidden()
    return chapter


def people_of(chapter_ids: Iterable[str]) -> dict[str, int]:
    """How many people hold a role in each of these chapters itself, pods not counted."""
    counted = (
        select(Membership.chapter_id, func.count(Membership.person_id.distinct()))
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.chapter_id.in_(set(chapter_ids)), Person.disabled_at.is_(None))
        .group_by(Membership.chapter_id)
    )
    return dict(db.session.execute(counted).tuples().all())


def tree(actor: Actor, *roles: str) -> list[Chapter]:
    """Chapters in which the actor has one of ``roles`` (none named: any role), parents before pods, then by name."""
    ids = actor.where(*roles) if roles else actor.chapters
    found = {c.id: c for c in db.session.scalars(select(Chapter).where(Chapter.id.in_(ids)))}

    def names(chapter: Chapter) -> tuple[tuple[str, str], ...]:
        steps = [found[step] for step in chapter.path.split("/") if step in found]
        return tuple((step.name.casefold(), step.id) for step in steps)

    return sorted(found.values(), key=names)


def depth(chapter: Chapter) -> int:
    """How many chapters stand above: 0 at the top."""
    return chapter.path.count("/") - 1


def create_pod(actor: Actor, parent_id: str, name: str, zone: str, now: int) -> Chapter:
    """An admin makes a pod below a chapter of theirs. Raises NotFound, Forbidden, Invalid."""
    parent = managed(actor, parent_id)
    values = _checked({"name": name, "zone": zone or parent.zone})
    if depth(parent) + 1 >= DEEPEST:
        raise Invalid(fields={"name": N_("Pods nest five deep at most. Make it beside its parent.")})
    with write() as session:
        return add(session, values["name"], now, parent=parent, zone=values["zone"])


def edit(actor: Actor, chapter_id: str, values: dict[str, str]) -> Chapter:
    """An admin changes name, zone, hotline, legal line, the link of the chapter's chat. Raises NotFound, Forbidden, Invalid."""
    managed(actor, chapter_id)
    checked = _checked(values)
    with write() as session:
        chapter = hold(session, chapter_id)
        chat = checked.pop("chat", None)
        if chat is not None:
            chapter.settings = {**(chapter.settings or {}), "chat": chat}
        for name, value in checked.items():
            setattr(chapter, name, value)
        session.flush()
        touch(session, chapter_id)
    return chapter


def _checked(values: dict[str, str]) -> dict[str, str]:
    """The values that may be kept, without blanks around them. Raises Invalid naming each field."""
    clean: dict[str, str] = {name: " ".join(values[name].split()) for name in FIELDS if name in values}
    wrong: dict[str, str] = {}
    if "name" in clean and not 1 <= len(clean["name"]) <= 120:
        wrong["name"] = N_("Give it a name of at most 120 characters.")
    if "zone" in clean and not is_zone(clean["zone"]):
        wrong["zone"] = N_("Choose a time zone from the list.")
    for name in ("hotline", "legal_line"):
        if len(clean.get(name, "")) > 40 or set(clean.get(name, "")) - set("+0123456789 ()-."):
            wrong[name] = N_("A phone number has digits, spaces, + ( ) - and at most 40 characters.")
    if clean.get("chat") and not _CHAT.match(clean["chat"]):
        wrong["chat"] = N_("A link begins with https:// and has at most 300 characters.")
    if any("\x00" in value for value in clean.values()):
        wrong["name"] = N_("Give it a name of at most 120 characters.")
    if wrong:
        raise Invalid(fields=wrong)
    return clean


_CHAT = re.compile(r"\Ahttps://[^\s\"'<>\\]{3,292}\Z")


def is_zone(zone: str) -> bool:
    """Whether ``zone`` is an IANA zone that this machine knows."""
    return zone in available_timezones()


def public_hotline() -> str:
    """The number that is shown before anybody signs in: the top chapter's, where there is only one."""
    top = list(db.session.scalars(select(Chapter.hotline).where(Chapter.parent_id.is_(None)).limit(2)))
    return top[0] if len(top) == 1 else ""


def name_of(chapter_id: str) -> str:
    """A chapter's name, for the bar of every page."""
    return db.session.scalar(select(Chapter.name).where(Chapter.id == chapter_id)) or ""


def zone_of(chapter_id: str) -> str:
    """A chapter's time zone, in which its desk pages show times."""
    return db.session.scalar(select(Chapter.zone).where(Chapter.id == chapter_id)) or ZONE
