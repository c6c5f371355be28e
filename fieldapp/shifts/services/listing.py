"""What a person's phone shows of shifts: theirs, those they may take, and for the rest why not and what would change it.

A fixed number of queries however many people and shifts there are.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import defer

from fieldapp.accounts.models import Chapter, Person
from fieldapp.core.actor import Actor
from fieldapp.core.clock import DAY
from fieldapp.core.db import db
from fieldapp.places.models import Place
from fieldapp.shifts.models import Claim, Shift
from fieldapp.shifts.policy import LIVE
from fieldapp.shifts.services import board, brief, claims, preferences, rules, standing, swaps, waitlist
from fieldapp.shifts.services.board import Board, Entry, Line, Spot
from fieldapp.shifts.services.rules import Asker, Taken, Verdict
from fieldapp.shifts.services.standing import Standing
from fieldapp.training.services import held
from fieldapp.training.services.held import Held

PAGE = 30  # offers on one page of the desk
BEHIND = 2 * DAY  # how long after its end a shift stays listed for those who were on it


@dataclass(frozen=True)
class Mate:
    """Someone on the same shift, as those on it see them."""

    person_id: str
    name: str
    state: str
    here_at: int | None
    quiet_until: int | None
    out_at: int | None


@dataclass(frozen=True)
class Own:
    """One of the person's own shifts."""

    shift: Shift
    place: Place
    chapter: Chapter
    standing: Standing
    claim: Claim
    mates: tuple[Mate, ...] = ()
    without: str = ""  # what the shift would lack without this person: few, novices, or nothing
    offered: bool = False  # they offer their place

    @property
    def lead(self) -> str:
        """The lead's field name; empty when there is none or the names are not shown."""
        return next((mate.name for mate in self.mates if mate.person_id == self.shift.lead_id), "")


@dataclass(frozen=True, slots=True)
class Offer:
    """One shift for one person who is not on it. ``verdict`` is None when they may take it."""

    entry: Entry
    verdict: Verdict | None
    line: waitlist.Place | None = None

    @property
    def shift(self) -> Line:
        """The shift."""
        return self.entry.shift

    @property
    def place(self) -> Spot:
        """Where it is."""
        return self.entry.place

    @property
    def standing(self) -> Standing:
        """How it stands."""
        return self.entry.standing


@dataclass
class Listing:
    """Soonest first in each list."""

    mine: list[Own] = field(default_factory=list)
    open: list[Offer] = field(default_factory=list)
    rest: list[Offer] = field(default_factory=list)


@dataclass(frozen=True)
class Shown:
    """One page of a list of offers, and how many there are in all."""

    rows: list[Offer]
    page: int
    pages: int
    total: int


def shown(offers: list[Offer], page: str, find: str = "") -> Shown:
    """The page ("1", "2" ...; anything else is the first) of those whose place or city holds ``find``: a list of hundreds
    costs more to write than to find.
    """
    words = find.casefold().split()
    kept = [one for one in offers if all(word in f"{one.place.name} {one.place.city}".casefold() for word in words)]
    pages = max(-(-len(kept) // PAGE), 1)
    number = min(max(int(page), 1), pages) if page.isascii() and page.isdigit() and len(page) < 4 else 1
    return Shown(kept[(number - 1) * PAGE : number * PAGE], number, pages, len(kept))


def for_person(actor: Actor, now: int) -> Listing:
    """The person's own shifts until two days after, and all of their chapters' in the next five weeks; what suits them first."""
    made = listing(actor, board.kept(actor, now), held.by(actor.person_id), now)
    wish = preferences.of([actor.person_id]).by.get(actor.person_id)
    if wish is not None:
        made.open.sort(key=lambda offer: (wish.refuses(offer.entry), -wish.score(offer.entry), offer.shift.starts_at))
    return made


def listing(actor: Actor, planned: Board, holds: Held, now: int) -> Listing:
    """The same from what is planned in the actor's chapters and what the actor holds. At most three queries more."""
    made = Listing(mine=_mine(actor, planned, now))
    taken = tuple(Taken(o.shift, o.place.name, o.place.zone) for o in made.mine if o.shift.cancelled_at is None)
    own = {one.shift.id for one in made.mine}
    askers: dict[str, Asker] = {}
    lines = waitlist.places_of(actor.person_id, now)
    for entry in planned.at(now):
        if entry.shift.id in own:
            continue
        asker = askers.get(entry.path)
        if asker is None:
            first = holds.conduct.blocks(entry.path, now)
            experienced = holds.experienced_in(entry.path)
            asker = Asker(holds.ends, taken, experienced, first.number if first else None)
            askers[entry.path] = asker
        line = lines.get(entry.shift.id)
        no = rules.verdict(entry.shift, asker, entry.asked, now, holds=line is not None and line.until is not None)
        if no and no.code == "not_certified":
            no = Verdict(no.code, {**no.values, "next_session": planned.training.following(entry.shift.course_id, now)})
        (made.rest if no else made.open).append(Offer(entry, no, line))
    return made


def snapshot(actor: Actor, planned: Board, holds: Held, now: int) -> dict[str, Any]:
    """``listing`` as plain data for the phone: ``{"mine": [...], "open": [...], "rest": [...]}``."""
    found = listing(actor, planned, holds, now)
    return {
        "mine": [_own(one) for one in found.mine],
        "open": [_line(offer) for offer in found.open],
        "rest": [
            {**_line(offer), "why": {"code": offer.verdict.code, **offer.verdict.values}}
            for offer in found.rest
            if offer.verdict
        ],
    }


def _line(offer: Offer) -> dict[str, Any]:
    if offer.line is None:
        return offer.entry.data
    return {**offer.entry.data, "line": {"ahead": offer.line.ahead, "until": offer.line.until}}


def _own(own: Own) -> dict[str, Any]:
    claim, shift = own.claim, own.shift
    return {
        **board.basic(shift, own.place.zone, own.standing),
        "cancelled": shift.cancelled_at is not None,
        "cancel_reason": shift.cancel_reason,
        "state": claim.state,
        "here_at": claim.here_at,
        "quiet_until": claim.quiet_until,
        "out_at": claim.out_at,
        "after": claim.after,
        "without": own.without,
        "offered": own.offered,
        "lead": own.lead,
        "brief": brief.card(shift, own.place, own.chapter, own.lead).as_data(),
        "roster": [
            {
                "name": mate.name,
                "state": mate.state,
                "here_at": mate.here_at,
                "quiet_until": mate.quiet_until,
                "out_at": mate.out_at,
                "me": mate.person_id == claim.person_id,
                "lead": mate.person_id == shift.lead_id,
            }
            for mate in own.mates
        ],
    }


# Built once: every snapshot asks these.
_MINE = (
    select(Shift, Place, Chapter, Claim)
    .join(Claim, Claim.shift_id == Shift.id)
    .join(Place, Place.id == Shift.place_id)
    .join(Chapter, Chapter.id == Shift.chapter_id)
    .where(Claim.person_id == bindparam("person"), Claim.state.in_(LIVE), Shift.ends_at > bindparam("after"))
    .order_by(Shift.starts_at, Place.name, Shift.id)
    .options(defer(Place.geom), defer(Place.area))  # decoding positions costs more than all the rest
    .limit(board.MOST)
)
_MATES = (
    select(Claim.shift_id, Claim.person_id, Person.field_name)
    .add_columns(Claim.state, Claim.here_at, Claim.quiet_until, Claim.out_at)
    .join(Person, Person.id == Claim.person_id)
    .where(Claim.shift_id.in_(bindparam("shifts", expanding=True)), Claim.state.in_(LIVE))
    .order_by(Person.field_name, Person.id)
)


def _mine(actor: Actor, planned: Board, now: int) -> list[Own]:
    asked = {"person": actor.person_id, "after": now - BEHIND}
    rows = db.session.execute(_MINE, asked).tuples().all()
    stands = planned.standings
    others = standing.of([shift for shift, _, _, _ in rows if shift.id not in stands])
    mates = _mates([shift.id for shift, _, _, claim in rows if claim.out_at is None])
    ahead = [shift.id for shift, _, _, _ in rows if shift.starts_at > now]
    led = claims.with_experience(ahead, besides=actor.person_id)
    offered = swaps.offered_by(actor.person_id, now) if ahead else set()
    return [
        Own(
            shift,
            place,
            chapter,
            stands.get(shift.id) or others[shift.id],
            claim,
            tuple(mates.get(shift.id, ())),
            _without(shift, shift.id in led) if shift.starts_at > now else "",
            shift.id in offered,
        )
        for shift, place, chapter, claim in rows
    ]


def _without(shift: Shift, led: bool) -> str:
    """What a shift would lack if one of those on it left."""
    if shift.taken - 1 < shift.minimum:
        return "few"
    return "" if led else "novices"


def _mates(shift_ids: Collection[str]) -> dict[str, list[Mate]]:
    found: dict[str, list[Mate]] = {}
    if shift_ids:
        for shift_id, *said in db.session.execute(_MATES, {"shifts": shift_ids}):
            found.setdefault(shift_id, []).append(Mate(*said))
    return found
