"""Who can open which box, and who waits: what the legal desk shows of boxes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from fieldapp.accounts.models import Chapter, Person
from fieldapp.accounts.services import chapters as tree
from fieldapp.core.actor import LEGAL, Actor
from fieldapp.core.db import db
from fieldapp.core.errors import Forbidden
from fieldapp.records import manifests, policy
from fieldapp.records.manifests import RECOVERY
from fieldapp.records.models import Box, Holder
from fieldapp.records.services import boxes

Counsel = list[tuple[Person, Holder | None]]


def overview(actor: Actor, purpose: str = LEGAL) -> list[dict[str, Any]]:
    """For each chapter whose counsel the actor is: its own box for ``purpose`` with its manifests, and counsel who wait to be admitted.

    Raises Forbidden for anybody else.
    """
    if not policy.can_hold_boxes(actor):
        raise Forbidden()
    mine = tree.tree(actor, LEGAL)
    ids = [chapter.id for chapter in mine]
    live = db.session.scalars(
        select(Box).where(Box.chapter_id.in_(ids), Box.purpose == purpose, Box.retired_at.is_(None))
    )
    own = {box.chapter_id: box for box in live}
    chains = boxes.manifests_for(own, purpose)
    counsel = boxes.counsel_in(mine)
    inside = {at: set(manifests.read(chain[-1]["text"]).holders) - {RECOVERY} for at, chain in chains.items() if chain}
    former = _former(inside, counsel)
    return [
        {
            **_chapter(chapter, own.get(chapter.id), chains.get(chapter.id, []), counsel[chapter.id]),
            **former[chapter.id],
        }
        for chapter in mine
    ]


def _chapter(chapter: Chapter, box: Box | None, chain: list[dict[str, str]], counsel: Counsel) -> dict[str, Any]:
    inside = set(manifests.read(chain[-1]["text"]).holders) if chain else set()
    return {
        "id": chapter.id,
        "name": chapter.name,
        "box": box.id if box else None,
        "manifests": chain,
        "counsel": [
            {
                "person": person.id,
                "field_name": person.field_name,
                "holder": holder.id if holder else None,
                "recipient": holder.recipient if holder else None,
                "sign": _jwk(holder) if holder else None,
                "admitted": bool(holder and holder.id in inside),
            }
            for person, holder in counsel
        ],
    }


def _former(inside: Mapping[str, set[str]], counsel: Mapping[str, Counsel]) -> dict[str, dict[str, Any]]:
    """Who holds a chapter's box and is not its counsel any more, or holds it with an earlier key. One query where there is anybody."""
    left = {at: inside.get(at, set()) - {holder.id for _, holder in people if holder} for at, people in counsel.items()}
    wanted = {holder for at in left.values() for holder in at}
    query = select(Holder.id, Person.field_name).outerjoin(Person, Person.id == Holder.person_id)
    rows = db.session.execute(query.where(Holder.id.in_(wanted))).all() if wanted else []
    names = {row[0]: row[1] or "" for row in rows}
    return {
        at: {"former": [{"holder": one, "field_name": names.get(one, "")} for one in sorted(holders)]}
        for at, holders in left.items()
    }


def _jwk(holder: Holder) -> dict[str, str]:
    return {"crv": "P-256", "kty": "EC", "x": holder.sign_x, "y": holder.sign_y}
