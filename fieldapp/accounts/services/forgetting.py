"""What people's own tables forget, and when (LEGAL: keep little). Run about once an hour; running it twice does nothing more."""

from __future__ import annotations

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from fieldapp.accounts.models import Ceremony, DeviceKey, Invite, LoginSession, Recovery
from fieldapp.core.clock import DAY
from fieldapp.core.db import write

INVITER = 7 * DAY  # who invited whom
SESSION = 7 * DAY  # after it ended
RECOVERY = 30 * DAY
HOLDER = 30 * DAY  # who held a signing key, after its last shift; counsel keep the sealed witness


def forget(now: int) -> int:
    """Forget what is over at ``now`` (ms UTC); returns how many rows changed."""
    with write() as session:
        return sum(part(session, now) for part in (_ceremonies, _recoveries, _invites, _sessions, _holders))


def _ceremonies(session: Session, now: int) -> int:
    return _count(session.execute(delete(Ceremony).where(Ceremony.expires_at <= now)))


def _recoveries(session: Session, now: int) -> int:
    return _count(session.execute(delete(Recovery).where(Recovery.asked_at <= now - RECOVERY)))


def _invites(session: Session, now: int) -> int:
    """An invite a week after its end is gone; until then, a week after it was made, nobody knows by whom."""
    ended = func.coalesce(Invite.used_at, Invite.revoked_at, Invite.expires_at) <= now - INVITER
    asked_for = select(Recovery.invite_id).where(Recovery.invite_id.is_not(None))
    gone = session.execute(delete(Invite).where(ended, Invite.id.not_in(asked_for)))
    old = (Invite.created_at <= now - INVITER, or_(Invite.created_by.is_not(None), Invite.used_by.is_not(None)))
    unlinked = session.execute(update(Invite).where(*old).values(created_by=None, used_by=None))
    return _count(gone) + _count(unlinked)


def _sessions(session: Session, now: int) -> int:
    over = or_(LoginSession.ended_at <= now - SESSION, LoginSession.expires_at <= now - SESSION)
    return _count(session.execute(delete(LoginSession).where(over)))


def _holders(session: Session, now: int) -> int:
    """A key that a later one of its device replaced 30 days ago, or that was revoked then, is nobody's any more."""
    later = aliased(DeviceKey)
    replaced = (
        select(later.thumbprint)
        .where(
            later.device_id == DeviceKey.device_id,
            later.used_at > DeviceKey.used_at,
            later.used_at <= now - HOLDER,
        )
        .exists()
    )
    over = (DeviceKey.device_id.is_not(None), or_(replaced, DeviceKey.revoked_at <= now - HOLDER))
    ids = list(session.scalars(select(DeviceKey.thumbprint).where(*over).limit(1_000)))
    dropped = update(DeviceKey).where(DeviceKey.thumbprint.in_(ids)).values(person_id=None, device_id=None)
    return _count(session.execute(dropped)) if ids else 0


def _count(result: object) -> int:
    return int(getattr(result, "rowcount", 0))
