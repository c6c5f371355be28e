"""What a person can show of their training without network: a statement signed by the receipt key, for the QR on their phone.

Whoever reads it has the installation's root pinned, so they need no network either (docs/protocol.md 15). It is short-lived because nobody
offline can hear of a revocation: what it says holds for three days from its signing.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from fieldapp.accounts.models import Chapter
from fieldapp.core import p256
from fieldapp.core.actor import Actor
from fieldapp.core.canonical import dumps
from fieldapp.core.db import db
from fieldapp.core.protocol import CERTIFICATE_SHOWN_MS, DOMAIN_CERTIFICATE, VERSION
from fieldapp.records import here, serverkeys
from fieldapp.records.services import trust
from fieldapp.training.models import Certificate, Course, Grade

MOST = 8  # courses: with more the QR could not be read from a phone


def certificate(actor: Actor, now: int) -> dict[str, str]:
    """{"text", "sig"} for the actor at ``now`` (ms UTC): field name, chapter, grade there, and the courses held, the longest ones first."""
    keys = serverkeys.ready(here.settings().data_dir, now)
    text = dumps(
        {
            "chapter": db.session.get_one(Chapter, actor.chapter_id).name,
            "courses": _courses(actor.person_id, now),
            "grade": _grade(actor),
            "issued_at": now,
            "log": trust.about(now)["log"],
            "name": actor.field_name,
            "server_key": keys.receipt_thumbprint,
            "type": "certificate",
            "until": now + CERTIFICATE_SHOWN_MS,
            "v": VERSION,
        }
    )
    return {"text": text, "sig": p256.sign(keys.receipt, DOMAIN_CERTIFICATE, text)}


def _courses(person_id: str, now: int) -> list[dict[str, Any]]:
    ends = func.max(Certificate.ends_at)
    query = (
        select(Course.name_en, Course.name_es, ends)
        .join(Course, Course.id == Certificate.course_id)
        .where(Certificate.person_id == person_id, Certificate.revoked_at.is_(None), Certificate.ends_at > now)
        .group_by(Course.id, Course.name_en, Course.name_es)
        .order_by(ends.desc(), Course.id)
        .limit(MOST)
    )
    return [{"en": en, "ends_at": end, "es": es} for en, es, end in db.session.execute(query)]


def _grade(actor: Actor) -> str:
    found = db.session.get(Grade, (actor.person_id, actor.chapter_id))
    return found.grade if found else "trainee"
