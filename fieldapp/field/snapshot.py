"""The snapshot: all that one person's phone needs, in one JSON object without a clock in it (DESIGN 2.2; docs/snapshot.md)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from fieldapp.accounts.models import Chapter, Person
from fieldapp.core.actor import Actor
from fieldapp.core.db import db
from fieldapp.field import pack
from fieldapp.guides.services import builtin as guides
from fieldapp.guides.services import shelf
from fieldapp.guides.services.shelf import Shelf
from fieldapp.observations import catalogue as forms
from fieldapp.places.services import listing as places
from fieldapp.records.models import BoxManifest
from fieldapp.records.services import trust, witnesses
from fieldapp.shifts.services import board, messages, preferences, todo
from fieldapp.shifts.services import listing as shifts
from fieldapp.shifts.services.board import Board
from fieldapp.training.services import held
from fieldapp.training.services import phone as training

VERSION = 1


_public: pack.Shelf[pack.Piece] = pack.Shelf(32)
_boards: pack.Shelf[Board] = pack.Shelf(16)
_guides: pack.Shelf[Shelf] = pack.Shelf(32)


@dataclass(frozen=True)
class Tags:
    """Fingerprints of version counters only: of the whole snapshot, of its public half, and of what is planned."""

    whole: str
    public: str
    planned: str


def _counters() -> Select[int, int, str | None, int | None]:
    manifests = select(func.count()).select_from(BoxManifest).scalar_subquery()
    return (
        select(Person.version, manifests, Chapter.id, Chapter.version)
        .outerjoin(Chapter, Chapter.id.in_(bindparam("reach", expanding=True)))
        .where(Person.id == bindparam("person"))
        .order_by(Chapter.id)
    )


_COUNTERS = _counters()  # built once: every look of every phone asks it


def tags(actor: Actor, now: int) -> Tags:
    """What the snapshot is made from: versions of the chapters within reach and of the person, forms and guides, box
    manifests and the server's keys. One query; ``now`` (ms UTC) is needed only where a database begins its first epoch.
    """
    server = trust.about(now)
    asked = {"reach": sorted(actor.chapters | actor.above), "person": actor.person_id}
    rows = db.session.execute(_COUNTERS, asked).all()
    person, manifests = rows[0][:2]
    versions = [[chapter, version] for _, _, chapter, version in rows if chapter is not None]
    catalogues = [forms.for_phones()["form_hashes"], guides.fingerprint()]
    keys = [
        server["log"],
        server["epoch"],
        server["root"],
        len(server["server_keys"]),
        server.get("hand_in", {}).get("text"),
    ]
    public = [VERSION, actor.chapter_id, versions, manifests, catalogues, keys]
    roles = sorted((role, sorted(where)) for role, where in actor.roles.items())
    shared = _hash(public)
    planned = _hash([shared, sorted(actor.chapters), sorted(actor.above)])
    return Tags(_hash([public, actor.person_id, person, roles]), shared, planned)


def _hash(parts: list[Any]) -> str:
    return hashlib.sha256(json.dumps(parts, separators=(",", ":")).encode()).hexdigest()[:32]


def answer(actor: Actor, tag: Tags, now: int, *, gzipped: bool, locked: bool = False) -> bytes:
    """The snapshot of one person at ``now`` (ms UTC), as JSON text: a half that stays readable on the phone, and a personal one.

    ``locked``: of the personal half only who it is.
    """
    public = _public.get(
        tag.public, lambda: pack.beginning({"v": VERSION, "public": public_half(actor, guides_for(actor, tag), now)})
    )
    if locked:
        return pack.whole(public, {"personal": {"me": _me(actor)}}, gzipped=gzipped)
    planned = _boards.get(f"{tag.planned}@{board.since(now)}", lambda: board.of(actor, now))
    personal = personal_half(actor, planned, now) | members_guides(guides_for(actor, tag))
    return pack.whole(public, {"personal": personal}, gzipped=gzipped)


def guides_for(actor: Actor, tag: Tags) -> Shelf:
    """The guides of the actor's chapter, read once for all of its people."""
    return _guides.get(tag.public, lambda: shelf.of(shelf.line_of(actor.chapter_id)))


def members_guides(found: Shelf) -> dict[str, Any]:
    """What only members read: on the phone it lies with what is personal."""
    return {"guides": shelf.listed(found.members), "guides_tag": found.members_tag}


def public_half(actor: Actor, found: Shelf, now: int) -> dict[str, Any]:
    """What every phone of the actor's chapter with the same reach holds."""
    home = db.session.get_one(Chapter, actor.chapter_id)
    above = [step for step in reversed(home.path.split("/")) if step and step != home.id]
    return {
        "server": trust.about(now),
        "chapter": _chapter(home),
        "above": above,
        "places": places.snapshot(actor.chapters | actor.above),
        **forms.for_phones(),
        "boxes": witnesses.chains_along(home.id),
        "guides": shelf.listed(found.open),
        "guides_tag": found.open_tag,
    }


def personal_half(actor: Actor, planned: Board, now: int) -> dict[str, Any]:
    """Who it is, their shifts and their training, from what is planned in their chapters."""
    holds = held.by(actor.person_id)
    return {
        "me": _me(actor),
        "shifts": shifts.snapshot(actor, planned, holds, now),
        "training": training.snapshot(planned.training, holds.ends, now),
        "preferences": preferences.snapshot(actor.person_id),
        "on_call": [list(span) for span in planned.on_call],
        "messages": messages.snapshot(actor.person_id, now),
        "todo": todo.for_phone(actor, holds, now),
    }


def _me(actor: Actor) -> dict[str, Any]:
    return {
        "id": actor.person_id,
        "field_name": actor.field_name,
        "lang": actor.lang,
        "chapter": actor.chapter_id,
        "roles": sorted(role for role, where in actor.roles.items() if where),
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
