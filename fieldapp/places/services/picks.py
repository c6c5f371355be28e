"""A place's own lists: judges and courtrooms. Records keep an entry's id, so nothing here is ever removed."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldapp.accounts.services.chapters import touch
from fieldapp.core.actor import Actor
from fieldapp.core.db import write
from fieldapp.core.errors import N_, Invalid, NotFound
from fieldapp.places.models import PlacePick
from fieldapp.places.services.editing import locked
from fieldapp.places.services.listing import LISTS, to_edit

MOST = 500  # of one list, retired ones included


def add(actor: Actor, place_id: str, name: str, label: str) -> PlacePick:
    """Add an entry; one that was retired under this label comes back. Raises NotFound, Forbidden, Invalid."""
    to_edit(actor, place_id)
    if name not in LISTS:
        raise NotFound()
    clean = _label(label)
    with write() as session:
        place = locked(session, place_id)
        pick = _named(session, place_id, name, clean)
        if pick is not None and pick.retired_at is None:
            raise Invalid(
                N_("“%(label)s” is in the list already."),
                fields={"label": N_("It is in the list already.")},
                label=clean,
            )
        if pick is None:
            count = session.scalar(select(func.count()).where(PlacePick.place_id == place_id, PlacePick.list == name))
            if (count or 0) >= MOST:
                raise Invalid(N_("A list holds 500 entries at most."))
            pick = PlacePick(place_id=place_id, list=name, label=clean, formerly=[])
            session.add(pick)
        pick.retired_at = None
        session.flush()
        touch(session, place.chapter_id)
    return pick


def rename(actor: Actor, place_id: str, pick_id: str, label: str, now: int) -> PlacePick:
    """Change an entry's label; what it was called before stays with it. Raises NotFound, Forbidden, Invalid."""
    to_edit(actor, place_id)
    clean = _label(label)
    with write() as session:
        place, pick = locked(session, place_id), _pick(session, place_id, pick_id)
        other = _named(session, place_id, pick.list, clean)
        if other is not None and other.id != pick.id:
            raise Invalid(
                N_("“%(label)s” is in the list already."),
                fields={"label": N_("It is in the list already.")},
                label=clean,
            )
        if pick.label != clean:
            pick.formerly = [*(pick.formerly or []), {"label": pick.label, "until": now}]
            pick.label = clean
            session.flush()
            touch(session, place.chapter_id)
    return pick


def retire(actor: Actor, place_id: str, pick_id: str, now: int | None) -> PlacePick:
    """Take an entry out of the phones' lists from ``now`` on (None: put it back). Raises NotFound, Forbidden."""
    to_edit(actor, place_id)
    with write() as session:
        place, pick = locked(session, place_id), _pick(session, place_id, pick_id)
        pick.retired_at = now
        session.flush()
        touch(session, place.chapter_id)
    return pick


def _pick(session: Session, place_id: str, pick_id: str) -> PlacePick:
    pick = session.scalar(select(PlacePick).where(PlacePick.id == pick_id, PlacePick.place_id == place_id))
    if pick is None:
        raise NotFound()
    return pick


def _named(session: Session, place_id: str, name: str, label: str) -> PlacePick | None:
    query = select(PlacePick).where(PlacePick.place_id == place_id, PlacePick.list == name, PlacePick.label == label)
    return session.scalar(query)


def _label(text: str) -> str:
    clean = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if not clean or len(clean) > 80:
        raise Invalid(fields={"label": N_("Write a name of at most 80 characters.")})
    return clean
