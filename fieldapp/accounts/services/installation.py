"""The first chapter and the first admin's invite, on an empty installation; and an invite from the server's own console."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from fieldapp.accounts.models import Chapter
from fieldapp.accounts.services import chapters, invites, names
from fieldapp.core import setup
from fieldapp.core.actor import ADMIN, ROLES
from fieldapp.core.db import db, write
from fieldapp.core.errors import N_, DomainError, Invalid


def install(name: str, zone: str, host: str, origin: str, data_dir: Path, now: int) -> tuple[str, list[str]]:
    """Make the organisation's chapter and its first admin's invite; every domain does its part in the same transaction.

    Returns the invite's token and lines to print. Raises DomainError("not_empty") when there is a chapter already, DomainError("no_zone").
    """
    named = names.line(name, 120)
    if not chapters.is_zone(zone):
        raise DomainError(
            "no_zone",
            N_("%(zone)s is not an IANA time zone, such as America/New_York."),
            safe=N_("Nothing was set up."),
            do=N_("Run it again with the zone of the chapter's courthouses."),
            zone=zone,
        )
    with write() as session:
        if session.scalar(select(Chapter.id).limit(1)):
            raise DomainError(
                "not_empty",
                N_("This installation is set up already."),
                safe=N_("Nothing was changed."),
                do=N_("To let another admin in, run: .venv/bin/python -m fieldapp invite --role admin"),
            )
        chapter = chapters.add(session, named, now, zone=zone)
        session.flush()
        lines = setup.run(session, setup.Installation(host, origin, data_dir, chapter.id, now))
        return invites.make(session, chapter.id, [ADMIN], now).token, lines


def invite(role: str, chapter_id: str | None, now: int) -> str:
    """An invite from the server's console; returns its token. Raises Invalid for an unknown role or chapter."""
    top = select(Chapter).where(Chapter.parent_id.is_(None)).order_by(Chapter.created_at, Chapter.id).limit(1)
    chapter = db.session.get(Chapter, chapter_id) if chapter_id else db.session.scalar(top)
    if chapter is None or role not in ROLES:
        raise Invalid(N_("There is no such chapter or role here."))
    with write() as session:
        return invites.make(session, chapter.id, [role], now).token
