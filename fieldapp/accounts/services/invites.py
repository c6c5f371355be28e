"""Invites: a link that works once, ends by itself, and carries a chapter and roles (DESIGN 5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from fieldapp.accounts import policy
from fieldapp.accounts.models import Chapter, Invite, Person
from fieldapp.core.actor import ROLES, VOLUNTEER, Actor
from fieldapp.core.clock import DAY, HOUR
from fieldapp.core.db import db, write
from fieldapp.core.errors import N_, DomainError, Forbidden, Invalid, NotFound, StepUpNeeded
from fieldapp.core.ids import new_id, new_token, token_hash

LASTS = 7 * DAY
CHOICES = {"7d": 7 * DAY, "24h": DAY, "2h": 2 * HOUR}


class InviteOver(DomainError):
    """The link does not work (any more); ``code`` says why."""

    status = 410


@dataclass(frozen=True)
class Made:
    """A new invite and its token, which is shown now and never again."""

    invite: Invite
    token: str


@dataclass(frozen=True)
class Open:
    """An invite that waits to be used, and who made it."""

    invite: Invite
    chapter: str
    by: str


def address(origin: str, token: str) -> str:
    """The link to hand over. The token rides in the fragment: no server and no proxy sees it."""
    return f"{origin}/enrol#{token}"


def make(
    session: Session,
    chapter_id: str,
    roles: Iterable[str],
    now: int,
    *,
    by: str | None = None,
    person_id: str | None = None,
    partner_id: str | None = None,
    note: str = "",
    lasts: int = LASTS,
) -> Made:
    """Make an invite in the caller's transaction; rules are the caller's."""
    token = new_token()
    invite = Invite(
        id=new_id(),
        token_hash=token_hash(token),
        chapter_id=chapter_id,
        roles=sorted(set(roles), key=ROLES.index),
        note=note,
        person_id=person_id,
        partner_id=partner_id,
        created_by=by,
        created_at=now,
        not_before=0,
        expires_at=now + lasts,
    )
    session.add(invite)
    return Made(invite, token)


def invite(actor: Actor, chapter_id: str, roles: Iterable[str], now: int, *, lasts: str = "7d", note: str = "") -> Made:
    """Invite one person into a chapter. Raises NotFound, Forbidden, Invalid; StepUpNeeded for more than a volunteer."""
    wanted = set(roles) or {VOLUNTEER}
    if chapter_id not in actor.chapters:
        raise NotFound()
    if not wanted <= set(ROLES) or lasts not in CHOICES or len(note) > 80 or not (note.isprintable() or not note):
        raise Invalid()
    if not wanted <= policy.roles_to_give(actor, chapter_id):
        raise Forbidden("roles", N_("You may invite people for roles up to your own."))
    if wanted != {VOLUNTEER} and not actor.stepped_up(now):
        raise StepUpNeeded()
    with write() as session:
        return make(session, chapter_id, wanted, now, by=actor.person_id, note=note, lasts=CHOICES[lasts])


def waiting(actor: Actor, now: int) -> list[Open]:
    """Invites to join that nobody used yet, in the actor's chapters, oldest first."""
    query = (
        select(Invite, Chapter.name, Person.field_name)
        .join(Chapter, Chapter.id == Invite.chapter_id)
        .outerjoin(Person, Person.id == Invite.created_by)
        .where(
            Invite.chapter_id.in_(policy.people_chapters(actor)),
            Invite.person_id.is_(None),
            Invite.partner_id.is_(None),
            Invite.used_at.is_(None),
            Invite.revoked_at.is_(None),
            Invite.expires_at > now,
        )
        .order_by(Invite.created_at, Invite.id)
        .limit(500)
    )
    return [Open(invite, chapter, by or "") for invite, chapter, by in db.session.execute(query)]


def get(actor: Actor, invite_id: str) -> Invite:
    """An invite to join one of the actor's chapters. Raises NotFound, Forbidden."""
    found = db.session.get(Invite, invite_id)
    if found is None or found.person_id or found.partner_id or found.chapter_id not in actor.chapters:
        raise NotFound()
    if not policy.can_see_people(actor, found.chapter_id):
        raise Forbidden()
    return found


def state(actor: Actor, invite_id: str, now: int) -> str:
    """``waiting``, ``used`` or ``ended``, to those who may see the invite or who made it. Raises NotFound, Forbidden."""
    found = db.session.get(Invite, invite_id)
    if found is None or found.created_by != actor.person_id:
        found = get(actor, invite_id)
    if found.used_at is not None:
        return "used"
    return "ended" if found.revoked_at is not None or found.expires_at <= now else "waiting"


def renew(actor: Actor, invite_id: str, now: int) -> Made:
    """A new link for the same invite; the old one stops working. Raises NotFound, Forbidden, StepUpNeeded, InviteOver."""
    old = get(actor, invite_id)
    if old.used_at is not None:
        raise used()
    with write() as session:
        _end(session, old.id, now)
        return _again(actor, session, old, now)


def _again(actor: Actor, session: Session, old: Invite, now: int) -> Made:
    """The same invitation once more, under this actor's own rights."""
    if not set(old.roles) <= policy.roles_to_give(actor, old.chapter_id):
        raise Forbidden("roles", N_("You may invite people for roles up to your own."))
    if set(old.roles) != {VOLUNTEER} and not actor.stepped_up(now):
        raise StepUpNeeded()
    return make(session, old.chapter_id, old.roles, now, by=actor.person_id, note=old.note)


def revoke(actor: Actor, invite_id: str, now: int) -> None:
    """End an invite before it is used. Raises NotFound, Forbidden."""
    found = get(actor, invite_id)
    with write() as session:
        _end(session, found.id, now)


def _end(session: Session, invite_id: str, now: int) -> None:
    _end_where(session, Invite.id == invite_id, now)


def end_made_by(session: Session, person_id: str, now: int) -> None:
    """End every unused link that a person made, also those that let somebody back in: their right to make them has ended."""
    _end_where(session, Invite.created_by == person_id, now)


def end_about(session: Session, person_id: str, now: int) -> None:
    """End every unused link that would open this person's account: it was made for what they were then."""
    _end_where(session, Invite.person_id == person_id, now)


def _end_where(session: Session, where: ColumnElement[bool], now: int) -> None:
    unused = (where, Invite.used_at.is_(None), Invite.revoked_at.is_(None))
    session.execute(update(Invite).where(*unused).values(revoked_at=now))


def find(token: object, now: int) -> Invite:
    """The invite of a token that may be used now. Raises InviteOver, which says why not."""
    known = isinstance(token, str) and len(token) <= 200
    found = db.session.scalar(select(Invite).where(Invite.token_hash == token_hash(str(token)))) if known else None
    if found is None:
        raise InviteOver(
            "invite_unknown",
            N_("This is not an invite of ours."),
            safe=N_("Nothing was made."),
            do=N_("Check that the whole link was opened, or ask for a new one."),
        )
    if found.used_at is not None:
        raise used()
    if found.revoked_at is not None or found.expires_at <= now or found.not_before > now:
        raise ended()
    return found


def held(session: Session, token_hash: str) -> Invite:
    """The invite read anew and held, before anything is made of it: its chapter may be taken away at the same moment.

    Raises InviteOver when it is gone.
    """
    found = select(Invite).where(Invite.token_hash == token_hash).with_for_update()
    invite = session.scalar(found.execution_options(populate_existing=True))
    if invite is None:
        raise ended()
    return invite


def use(session: Session, invite: Invite, person_id: str, now: int) -> None:
    """Mark an invite as used in the caller's transaction. Raises InviteOver when somebody was faster."""
    free = (Invite.id == invite.id, Invite.used_at.is_(None), Invite.revoked_at.is_(None), Invite.expires_at > now)
    done = session.execute(update(Invite).where(*free).values(used_at=now, used_by=person_id))
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise used()


def ended() -> InviteOver:
    """The error for a link that was taken back, or waited too long."""
    return InviteOver(
        "invite_expired",
        N_("This invite has ended."),
        safe=N_("Nothing was made."),
        do=N_("Ask the person who invited you for a new link."),
    )


def used() -> InviteOver:
    """The error for a link that worked already."""
    return InviteOver(
        "invite_used",
        N_("This invite was used already. It works once."),
        safe=N_("Nothing was made."),
        do=N_("If it was you, sign in. If not, tell the person who invited you."),
    )
