"""A box between a chapter and the box above: phones that seal to the one above go over to it only when a holder of that one stands for it,
as the maker of its first manifest or as a witness over the same text. A box for anything but records needs a holder of the legal box of its
own chapter, or of the nearest one above (docs/protocol.md 8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from fieldapp.accounts.models import Chapter
from fieldapp.accounts.services import chapters as tree
from fieldapp.core import p256
from fieldapp.core.actor import LEGAL, Actor
from fieldapp.core.db import db, write
from fieldapp.core.errors import Forbidden, NotFound, StepUpNeeded
from fieldapp.core.protocol import BOX_PURPOSES, DOMAIN_BOX_MANIFEST, DOMAIN_BOX_WITNESS
from fieldapp.records import manifests, policy
from fieldapp.records.models import Box, BoxManifest, BoxWitness, Holder
from fieldapp.records.services.boxes import BadBox, newest

Signed = dict[str, Any]
Slot = tuple[str, str]  # chapter and purpose
Holders = dict[str, tuple[str, p256.Jwk | None]]  # as a manifest names them


@dataclass(frozen=True)
class Asked:
    """A box that somebody who holds the one above may stand for. ``chapter`` and ``name`` are of the chapter above; ``may``: whether the
    actor is such a holder; ``code``: what people read to each other, to be sure that they speak of the same box."""

    above: str
    chapter: str
    name: str
    confirmed: bool
    may: bool
    code: str


def chains_along(chapter_id: str) -> list[Signed]:
    """Every manifest of the boxes that a chapter seals to, of the boxes above, and of those that they succeeded: those for records first,
    the highest chapter first, each chapter's oldest first, as ``{"text", "sig"}``, first ones with their ``"witnesses"``.
    For the phone's snapshot. Three queries."""
    path = _steps(db.session.get_one(Chapter, chapter_id))
    chains = _chains(path)
    return [one for purpose in BOX_PURPOSES for step in path for one in chains.get((step, purpose), [])]


def asked(actor: Actor, purpose: str = LEGAL) -> dict[str, Asked]:
    """By chapter: each box for ``purpose`` of the chapters whose counsel the actor is that somebody who holds another one stands for.
    Six queries."""
    mine = tree.tree(actor, LEGAL)
    steps = {chapter.id: _steps(chapter) for chapter in mine}
    everything = sorted({step for path in steps.values() for step in path})
    live = _live(everything)
    chains = _chains(everything)
    own = set(db.session.scalars(select(Holder.id).where(Holder.person_id == actor.person_id)))
    at = {chapter_id for chapter_id, _ in live}
    names = {row[0]: row[1] for row in db.session.execute(select(Chapter.id, Chapter.name).where(Chapter.id.in_(at)))}
    found = {}
    for chapter in mine:
        above, box = _stander(steps[chapter.id], purpose, live), live.get((chapter.id, purpose))
        if box and above:
            holders = manifests.read(chains[above, LEGAL][-1]["text"]).holders
            chain = chains[chapter.id, purpose]
            confirmed = any(_stands(one, holders) for one in chain)
            (first,) = (one["text"] for one in chain if _begins(one["text"], box))
            may = bool(own & set(holders))
            found[chapter.id] = Asked(live[above, LEGAL], above, names[above], confirmed, may, check_code(first))
    return found


def confirm(actor: Actor, box_id: str, sig: Any, now: int) -> None:
    """Keep the witness of the actor's own holder, one of the box above, over the box's first manifest. ``now``: ms UTC.

    Raises NotFound, Forbidden, StepUpNeeded, BadBox("not_asked") where there is no box above, BadBox("bad_signature").
    """
    box = db.session.get(Box, box_id)
    if box is None or box.chapter_id not in actor.chapters:
        raise NotFound()
    path = _steps(db.session.get_one(Chapter, box.chapter_id))
    live = _live(path)
    above = _stander(path, box.purpose, live)
    if not policy.can_keep_box(actor, above or box.chapter_id):
        raise Forbidden()
    if not actor.stepped_up(now):
        raise StepUpNeeded()
    if above is None or live.get((box.chapter_id, box.purpose)) != box.id:
        raise BadBox("not_asked")
    first = db.session.get_one(BoxManifest, (box.id, 1))
    holder = _signer(sig, DOMAIN_BOX_WITNESS, first.text, newest(live[above, LEGAL]).holders)
    if holder is None or db.session.scalar(select(Holder.person_id).where(Holder.id == holder)) != actor.person_id:
        raise BadBox("bad_signature")
    with write() as session:
        session.merge(BoxWitness(box_id=box.id, holder_id=holder, sig=sig, at=now))
        tree.touch(session, box.chapter_id)


def check_code(text: str) -> str:
    """Of a first manifest: 80 bits of its hash, for reading aloud. static/js/desk/legal/box.js makes the same."""
    code = sha256(text.encode()).hexdigest()[:20]
    return " ".join(code[at : at + 4] for at in range(0, 20, 4))


def _begins(text: str, box_id: str) -> bool:
    manifest = manifests.read(text)
    return manifest.version == 1 and manifest.box == box_id


def _steps(chapter: Chapter) -> list[str]:
    """The highest chapter above, and so on down to this one."""
    return [step for step in chapter.path.split("/") if step]


def _stander(path: list[str], purpose: str, live: dict[Slot, str]) -> str | None:
    """The chapter whose legal box's holders stand for a box at the end of this path: above it, or at its side for another purpose."""
    return next((step for step in path[-2 if purpose == LEGAL else -1 :: -1] if (step, LEGAL) in live), None)


def _live(chapter_ids: Iterable[str]) -> dict[Slot, str]:
    """Chapter and purpose to the box in use."""
    query = select(Box.chapter_id, Box.purpose, Box.id).where(
        Box.chapter_id.in_(set(chapter_ids)), Box.retired_at.is_(None)
    )
    return {(row[0], row[1]): row[2] for row in db.session.execute(query)}


def _chains(chapter_ids: Iterable[str]) -> dict[Slot, list[Signed]]:
    """Chapter and purpose to the manifests, oldest first."""
    said: dict[str, list[str]] = {}
    witnessed = select(BoxWitness.box_id, BoxWitness.sig).join(Box, Box.id == BoxWitness.box_id)
    ours = Box.chapter_id.in_(set(chapter_ids))
    for box_id, sig in db.session.execute(witnessed.where(ours).order_by(BoxWitness.at, BoxWitness.holder_id)):
        said.setdefault(box_id, []).append(sig)
    query = (
        select(Box.chapter_id, Box.purpose, BoxManifest)
        .join(Box, Box.id == BoxManifest.box_id)
        .where(ours)
        .order_by(Box.created_at, Box.id, BoxManifest.version)
    )
    chains: dict[Slot, list[Signed]] = {}
    for chapter_id, purpose, one in db.session.execute(query):
        witnesses = said.get(one.box_id) if one.version == 1 else None
        more = {"witnesses": witnesses} if witnesses else {}
        chains.setdefault((chapter_id, purpose), []).append({"text": one.text, "sig": one.sig, **more})
    return chains


def _stands(first: Signed, holders: Holders) -> bool:
    """Whether one of these holders made this first manifest, or is its witness."""
    if manifests.read(first["text"]).version != 1:
        return False
    if _signer(first["sig"], DOMAIN_BOX_MANIFEST, first["text"], holders):
        return True
    return any(_signer(sig, DOMAIN_BOX_WITNESS, first["text"], holders) for sig in first.get("witnesses", []))


def _signer(sig: Any, domain: str, text: str, holders: Holders) -> str | None:
    if not isinstance(sig, str):
        return None
    for holder, (_, jwk) in holders.items():
        if jwk and p256.verifies(p256.public_key(jwk["x"], jwk["y"]), sig, domain, text):
            return holder
    return None
