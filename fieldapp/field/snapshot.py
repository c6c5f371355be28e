"""The snapshot: all that one person's phone needs, in one JSON object without a clock in it (DESIGN 2.2; docs/snapshot.md)."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sqlalchemy import func, select

from fieldapp.accounts.models import Chapter, Person
from fieldapp.core.actor import Actor
from fieldapp.core.db import db
from fieldapp.guides.services import catalogue as guides
from fieldapp.observations import catalogue as forms
from fieldapp.places.services import listing as places
from fieldapp.records.models import BoxManifest
from fieldapp.records.services import boxes, trust
from fieldapp.shifts.services import listing as shifts
from fieldapp.training.services import phone as training

VERSION = 1


def etag(actor: Actor, now: int) -> str:
    """A fingerprint of version counters only.

    Of the chapters within reach, the person, forms and guides, box manifests and the server's keys. Three queries.
    ``now`` (ms UTC) is needed only where a database begins its first epoch.
    """
    server = trust.about(now)
    reach = sorted(actor.chapters | actor.above)
    query = select(Chapter.id, Chapter.version).where(Chapter.id.in_(reach)).order_by(Chapter.id)
    versions = db.session.execute(query).all()
    person = select(Person.version).where(Person.id == actor.person_id).scalar_subquery()
    manifests = select(func.count()).select_from(BoxManifest).scalar_subquery()
    counters = db.session.execute(select(person, manifests)).one()
    parts = [
        VERSION,
        actor.person_id,
        actor.chapter_id,
        [[chapter, version] for chapter, version in versions],
        list(counters),
        forms.for_phones()["form_hashes"],
        guides.fingerprint(),
        server["epoch"],
        len(server["server_keys"]),
    ]
    return hashlib.sha256(json.dumps(parts, separators=(",", ":")).encode()).hexdigest()[:32]


def build(actor: Actor, now: int) -> dict[str, Any]:
    """The snapshot of one person at ``now`` (ms UTC): a half that stays readable on the phone, and a personal one."""
    home = db.session.get_one(Chapter, actor.chapter_id)
    above = [step for step in reversed(home.path.split("/")) if step and step != home.id]
    return {
        "v": VERSION,
        "public": {
            "server": trust.about(now),
            "chapter": _chapter(home),
            "above": above,
            "places": places.snapshot(actor.chapters | actor.above),
            **forms.for_phones(),
            "boxes": _chain(home.id),
            "guides": list(guides.for_phones()),
        },
        "personal": {
            "me": {
                "id": actor.person_id,
                "field_name": actor.field_name,
                "lang": actor.lang,
                "chapter": home.id,
                "roles": sorted(role for role, where in actor.roles.items() if where),
            },
            "shifts": shifts.snapshot(actor, now),
            "training": training.snapshot(actor, now),
        },
    }


def _chapter(home: Chapter) -> dict[str, Any]:
    return {
        "id": home.id,
        "name": home.name,
        "zone": home.zone,
        "hotline": home.hotline,
        "legal_line": home.legal_line,
        "purpose": (home.settings or {}).get("purpose", "monitoring"),
        "chips": (home.settings or {}).get("chips", []),
    }


def _chain(chapter_id: str) -> list[dict[str, str]]:
    """Manifests of the box that this chapter seals to, oldest first; none where there is no box."""
    return boxes.manifests_for([chapter_id]).get(chapter_id, [])
