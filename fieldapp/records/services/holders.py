"""A holder: one person's own age identity and signing key, made and wrapped on their machine (docs/protocol.md 8.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from fieldapp.core.actor import Actor
from fieldapp.core.canonical import CanonicalError, unb64u
from fieldapp.core.db import db, write
from fieldapp.core.errors import Forbidden, NotFound, StepUpNeeded
from fieldapp.core.ids import new_id
from fieldapp.records import manifests, policy
from fieldapp.records.models import Box, BoxGrant, Holder
from fieldapp.records.services.boxes import BadBox

PRF, PASSPHRASE = "prf", "passphrase"
MEMBERS = {PRF: {"method", "credential", "salt", "data"}, PASSPHRASE: {"method", "data"}}
MAX_WRAPPINGS = 10
MAX_DATA = 16_384


def create(actor: Actor, said: Mapping[str, Any], now: int) -> Holder:
    """Keep a new holder of the actor's: ``recipient``, ``sign`` (public), ``wrapped`` (at least one wrapping). ``now``: ms UTC.

    Raises Forbidden, StepUpNeeded, BadBox.
    """
    _may_hold(actor, now)
    if said.keys() != {"recipient", "sign", "wrapped"} or not manifests.is_recipient(said["recipient"]):
        raise BadBox("bad_shape")
    if not isinstance(said["wrapped"], list) or not 1 <= len(said["wrapped"]) <= MAX_WRAPPINGS:
        raise BadBox("bad_shape")
    wrapped = [_wrapping(one) for one in said["wrapped"]]
    try:
        jwk = manifests.check_jwk(said["sign"])
    except CanonicalError as error:
        raise BadBox("bad_shape") from error
    holder = Holder(
        id=new_id(),
        person_id=actor.person_id,
        recipient=said["recipient"],
        sign_x=jwk["x"],
        sign_y=jwk["y"],
        wrapped=wrapped,
        created_at=now,
    )
    with write() as session:
        session.add(holder)
    return holder


def own(actor: Actor, now: int) -> dict[str, Any]:
    """The actor's holders with their wrappings and grants, newest first, and the recovery grants of chapters whose counsel they are:
    all that an unsealing session begins with. Raises Forbidden, StepUpNeeded."""
    _may_hold(actor, now)
    mine = list(db.session.scalars(_of(actor).order_by(Holder.created_at.desc(), Holder.id)))
    names = [holder.id for holder in mine] + [manifests.RECOVERY]
    query = (
        select(BoxGrant.holder_id, Box.id, Box.chapter_id, BoxGrant.sealed)
        .join(Box, Box.id == BoxGrant.box_id)
        .where(BoxGrant.holder_id.in_(names), Box.chapter_id.in_(policy.legal_chapters(actor)))
        .order_by(Box.created_at, Box.id)
    )
    grants: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    for name, box_id, chapter_id, sealed in db.session.execute(query):
        grants[name].append({"box": box_id, "chapter": chapter_id, "sealed": sealed})
    return {
        "holders": [(holder, grants[holder.id]) for holder in mine],
        "recovery": grants[manifests.RECOVERY],
    }


def ways(actor: Actor) -> list[dict[str, str]]:
    """How the actor opens their own key, each ``{"id", "method"}``: of the holder that holds a box, else the newest. Nothing secret."""
    held = select(BoxGrant.holder_id).where(BoxGrant.holder_id == Holder.id).exists()
    mine = db.session.scalars(_of(actor).order_by(held.desc(), Holder.created_at.desc(), Holder.id).limit(1)).first()
    return [{"id": one["id"], "method": one["method"]} for one in mine.wrapped] if mine else []


def add_wrapping(actor: Actor, holder_id: str, said: Any, now: int) -> list[dict[str, Any]]:
    """Wrap a holder once more (another passkey, or a passphrase); returns all its wrappings. Raises NotFound, Forbidden,
    StepUpNeeded, BadBox."""
    holder = _mine(actor, holder_id, now)
    fresh = _wrapping(said)
    if len(holder.wrapped) >= MAX_WRAPPINGS:
        raise BadBox("too_many")
    return _set_wrapped(holder, [*holder.wrapped, fresh])


def remove_wrapping(actor: Actor, holder_id: str, wrapping_id: str, now: int) -> list[dict[str, Any]]:
    """Take one wrapping away; the last one stays. Raises NotFound, Forbidden, StepUpNeeded, BadBox("last")."""
    holder = _mine(actor, holder_id, now)
    left = [one for one in holder.wrapped if one["id"] != wrapping_id]
    if len(left) == len(holder.wrapped):
        raise NotFound()
    if not left:
        raise BadBox("last")
    return _set_wrapped(holder, left)


def _set_wrapped(holder: Holder, wrapped: list[dict[str, Any]]) -> list[dict[str, Any]]:
    with write() as session:
        session.get_one(Holder, holder.id).wrapped = wrapped
    return wrapped


def _of(actor: Actor) -> Any:
    return select(Holder).where(Holder.person_id == actor.person_id)


def _mine(actor: Actor, holder_id: str, now: int) -> Holder:
    _may_hold(actor, now)
    holder: Holder | None = db.session.scalar(_of(actor).where(Holder.id == holder_id))
    if holder is None:
        raise NotFound()
    return holder


def _may_hold(actor: Actor, now: int) -> None:
    if not policy.can_hold_boxes(actor):
        raise Forbidden()
    if not actor.stepped_up(now):
        raise StepUpNeeded()


def _wrapping(said: Any) -> dict[str, Any]:
    """A wrapping as it is kept, with an id of ours. What it wraps stays the holder's."""
    method = said.get("method") if isinstance(said, dict) else None
    if method not in MEMBERS or said.keys() != MEMBERS[method]:
        raise BadBox("bad_shape")
    try:
        parts = {name: unb64u(said[name]) for name in said if name != "method"}
    except CanonicalError as error:
        raise BadBox("bad_shape") from error
    if not all(1 <= len(data) <= MAX_DATA for data in parts.values()):
        raise BadBox("bad_shape")
    return {"id": new_id(), **said}
