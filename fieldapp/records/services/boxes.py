"""Boxes on the server: holders, manifests, grants. It keeps what is sealed and what is signed; it can open nothing (DESIGN 2.6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Chapter, Membership, Person
from fieldapp.accounts.services import chapters as tree
from fieldapp.core.actor import LEGAL, Actor
from fieldapp.core.canonical import CanonicalError, unb64u
from fieldapp.core.db import db, write
from fieldapp.core.errors import N_, DomainError, Forbidden, NotFound, StepUpNeeded
from fieldapp.records import manifests, policy
from fieldapp.records.manifests import RECOVERY, Manifest, ManifestFault
from fieldapp.records.models import Box, BoxGrant, BoxManifest, Holder
from fieldapp.records.services.arrivals import is_hybrid_age

MAX_GRANT = 16_384
Grants = dict[str, bytes]


class BadBox(DomainError):
    """A document about a box that does not fit; ``code`` names why (docs/protocol.md 8.1)."""

    status = 422

    def __init__(self, code: str) -> None:
        super().__init__(
            code,
            N_("This change to the box does not fit what is known of it."),
            safe=N_("The box is as it was."),
            do=N_("Load the page again. If it stays, ask another holder of the box to look at it."),
        )


def box_of(chapter_ids: Iterable[str], purpose: str = LEGAL) -> dict[str, Box]:
    """The box that each chapter seals to for a purpose: its own, else the nearest above. Chapters without one are left out."""
    paths = dict(
        db.session.execute(select(Chapter.id, Chapter.path).where(Chapter.id.in_(set(chapter_ids)))).tuples().all()
    )
    above = {step for path in paths.values() for step in path.split("/") if step}
    live = select(Box).where(Box.chapter_id.in_(above), Box.purpose == purpose, Box.retired_at.is_(None))
    own = {box.chapter_id: box for box in db.session.scalars(live)}
    found: dict[str, Box] = {}
    for chapter_id, path in paths.items():
        nearest = next((step for step in reversed(path.split("/")) if step in own), None)
        if nearest:
            found[chapter_id] = own[nearest]
    return found


def manifests_for(chapter_ids: Iterable[str], purpose: str = LEGAL) -> dict[str, list[dict[str, str]]]:
    """For each chapter that has a box: every manifest of it and of the boxes it succeeded, oldest first, as ``{"text", "sig"}``.

    For the phone's snapshot: a phone that pinned any of them follows the chain from there.
    """
    boxes = box_of(chapter_ids, purpose)
    owners = {box.chapter_id for box in boxes.values()}
    query = (
        select(Box.chapter_id, BoxManifest.text, BoxManifest.sig)
        .join(Box, Box.id == BoxManifest.box_id)
        .where(Box.chapter_id.in_(owners), Box.purpose == purpose)
        .order_by(Box.created_at, Box.id, BoxManifest.version)
    )
    chains: dict[str, list[dict[str, str]]] = {}
    for owner, text, sig in db.session.execute(query):
        chains.setdefault(owner, []).append({"text": text, "sig": sig})
    return {chapter_id: chains.get(box.chapter_id, []) for chapter_id, box in boxes.items()}


def create(actor: Actor, chapter_id: str, signed: Any, grants: Any, now: int) -> Box:
    """Make a chapter's box, for the purpose that its manifest version 1 names, with a grant for each of its holders (``recovery`` too).

    A chapter that has a box for it makes a new one only as its successor. A box for anything but records is made by somebody who
    holds the legal box that the chapter seals to: phones take it from nobody else.
    Raises NotFound, Forbidden, StepUpNeeded, BadBox. ``now``: ms UTC.
    """
    _may_keep(actor, chapter_id, now)
    manifest, sig = _read(signed)
    purpose = str(manifest.said["purpose"])
    if purpose not in (
        LEGAL,
        manifests.INTAKE,
    ):  # a dispatch box has another life (fieldapp/alerts/services/dispatch.py)
        raise BadBox("bad_shape")
    live = (Box.chapter_id == chapter_id, Box.purpose == purpose, Box.retired_at.is_(None))
    old = db.session.scalar(select(Box).where(*live))
    before = newest(old.id) if old else None
    signer = _checked(lambda: manifests.check_first(manifest, sig, before))
    if manifest.said["chapter"] != chapter_id or not _has_recovery(manifest) or manifest.said["successor"]:
        raise BadBox("bad_shape")
    _own_holder(actor, signer)
    if purpose != LEGAL and (
        chapter_id not in (legal := box_of([chapter_id])) or not _holds(legal[chapter_id], manifest, signer)
    ):
        raise BadBox("not_legal")
    _known_holders(manifest, {}, chapter_id)
    sealed = _grants(grants, set(manifest.holders))
    box = Box(
        id=manifest.box, chapter_id=chapter_id, purpose=purpose, recipient=manifest.said["recipient"], created_at=now
    )
    try:
        with write() as session:
            if old is not None:
                session.get_one(Box, old.id).retired_at = now
            session.add(box)
            session.flush()
            _keep(session, manifest, sig, sealed, now)
            tree.touch(session, chapter_id)
    except IntegrityError as error:  # the id is taken
        raise BadBox("taken") from error
    return box


def extend(actor: Actor, box_id: str, signed: Any, grants: Any, now: int) -> Manifest:
    """Add the next manifest of a box: admit a holder (one grant for each new one), let one go, or name a successor.

    Raises NotFound, Forbidden, StepUpNeeded, BadBox; BadBox("broken_chain") too when another holder was faster. ``now``: ms UTC.
    """
    box = db.session.get(Box, box_id)
    if box is None:
        raise NotFound()
    _may_keep(actor, box.chapter_id, now)
    manifest, sig = _read(signed)
    before = newest(box_id)
    signer = _checked(lambda: manifests.check_next(manifest, sig, before))
    if not _has_recovery(manifest) or len(manifest.holders) < 2:
        raise BadBox("bad_shape")
    _own_holder(actor, signer)
    _known_holders(manifest, before.holders, box.chapter_id)
    sealed = _grants(grants, set(manifest.holders) - set(before.holders))
    try:
        with write() as session:
            _keep(session, manifest, sig, sealed, now)
            gone = set(before.holders) - set(manifest.holders)
            for grant in session.scalars(
                select(BoxGrant).where(BoxGrant.box_id == box_id, BoxGrant.holder_id.in_(gone))
            ):
                session.delete(grant)
            tree.touch(session, box.chapter_id)
    except IntegrityError as error:
        raise BadBox("broken_chain") from error
    return manifest


def _may_keep(actor: Actor, chapter_id: str, now: int) -> None:
    if chapter_id not in actor.chapters:
        raise NotFound()
    if not policy.can_keep_box(actor, chapter_id):
        raise Forbidden()
    if not actor.stepped_up(now):
        raise StepUpNeeded()


def _read(signed: Any) -> tuple[Manifest, str]:
    if not isinstance(signed, dict) or signed.keys() != {"text", "sig"} or not isinstance(signed["sig"], str):
        raise BadBox("bad_shape")
    return _checked(lambda: manifests.read(signed["text"])), signed["sig"]


def _checked(check: Any) -> Any:
    try:
        return check()
    except ManifestFault as fault:
        raise BadBox(fault.code) from fault


def _has_recovery(manifest: Manifest) -> bool:
    return manifest.holders.get(RECOVERY, ("", {}))[1] is None


def newest(box_id: str) -> Manifest:
    """The newest manifest of a box that exists."""
    query = select(BoxManifest.text).where(BoxManifest.box_id == box_id).order_by(BoxManifest.version.desc()).limit(1)
    return manifests.read(db.session.scalars(query).one())


def _holds(box: Box, manifest: Manifest, holder: str) -> bool:
    """Whether this line of ``manifest`` is a holder of ``box`` now."""
    return newest(box.id).holders.get(holder) == manifest.holders[holder]


def _own_holder(actor: Actor, holder_id: str) -> None:
    """Only a holder's own person may bring what that holder signed."""
    if db.session.scalar(select(Holder.person_id).where(Holder.id == holder_id)) != actor.person_id:
        raise BadBox("bad_signature")


def _known_holders(manifest: Manifest, before: Mapping[str, Any], chapter_id: str) -> None:
    """Who stays is unchanged; who is new is counsel of this chapter, with the keys that they registered themselves."""
    same = all(before[holder] == held for holder, held in manifest.holders.items() if holder in before)
    fresh = {holder: held for holder, held in manifest.holders.items() if holder not in before and holder != RECOVERY}
    rows = {one.id: one for one in db.session.scalars(select(Holder).where(Holder.id.in_(fresh)))}
    people = _counsel_of(chapter_id)
    for holder, (recipient, jwk) in fresh.items():
        row = rows.get(holder)
        known = row is not None and row.person_id in people and row.recipient == recipient
        if not known or row is None or jwk is None or (row.sign_x, row.sign_y) != (jwk["x"], jwk["y"]):
            raise BadBox("unknown_holder")
    if not same:
        raise BadBox("unknown_holder")


def _grants(said: Any, holders: set[str]) -> Grants:
    """One grant for each of these holders: the box's key sealed to them, an age file that we cannot read."""
    if not isinstance(said, list) or not all(
        isinstance(one, dict) and one.keys() == {"holder", "sealed"} for one in said
    ):
        raise BadBox("bad_grants")
    try:
        sealed = {str(one["holder"]): unb64u(one["sealed"]) for one in said}
    except CanonicalError as error:
        raise BadBox("bad_grants") from error
    if len(said) != len(sealed) or set(sealed) != holders:
        raise BadBox("bad_grants")
    if not all(len(data) <= MAX_GRANT and is_hybrid_age(data) for data in sealed.values()):
        raise BadBox("bad_grants")
    return sealed


def _keep(session: Session, manifest: Manifest, sig: str, grants: Grants, now: int) -> None:
    session.add(BoxManifest(box_id=manifest.box, version=manifest.version, text=manifest.text, sig=sig, at=now))
    for holder, data in grants.items():
        session.add(BoxGrant(box_id=manifest.box, holder_id=holder, sealed=data, at=now))
    session.flush()


def _counsel_of(chapter_id: str) -> set[str]:
    chapter = db.session.get_one(Chapter, chapter_id)
    return {person.id for person, _ in counsel_in([chapter])[chapter_id]}


def counsel_in(chapters: Iterable[Chapter]) -> dict[str, list[tuple[Person, Holder | None]]]:
    """For each chapter its counsel (given here or above, not disabled), each with their newest holder. Two queries."""
    asked = list(chapters)
    above = {step for chapter in asked for step in chapter.path.split("/") if step}
    given = db.session.execute(
        select(Membership.chapter_id, Person)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.role == LEGAL, Membership.chapter_id.in_(above), Person.disabled_at.is_(None))
        .order_by(Person.field_name, Person.id)
    ).all()
    people = {person.id for _, person in given}
    newest = {
        one.person_id: one
        for one in db.session.scalars(
            select(Holder).where(Holder.person_id.in_(people)).order_by(Holder.created_at, Holder.id)
        )
    }
    found: dict[str, list[tuple[Person, Holder | None]]] = {}
    for chapter in asked:
        here = {person.id: person for at, person in given if at in chapter.path.split("/")}
        found[chapter.id] = [(person, newest.get(person.id)) for person in here.values()]
    return found
