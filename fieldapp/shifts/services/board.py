"""The half of a list of shifts that is the same for everyone with the same reach: what is planned in the next five weeks.

Plain values, no rows of a session: a board is kept and shared between requests (fieldapp/field/snapshot.py).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from threading import Lock
from typing import Any

from sqlalchemy import bindparam, select

from fieldapp.accounts.models import Chapter
from fieldapp.core.actor import Actor
from fieldapp.core.clock import DAY, HOUR
from fieldapp.core.db import db
from fieldapp.places.models import Place
from fieldapp.shifts.models import Shift
from fieldapp.shifts.services import rotas, standing
from fieldapp.shifts.services.rules import Asked
from fieldapp.shifts.services.standing import Standing
from fieldapp.training.services import phone as training

AHEAD = 35 * DAY
MOST = 500
KEPT = 12  # boards kept in a process
_COLUMNS = (
    Shift.id,
    Shift.chapter_id,
    Shift.place_id,
    Shift.starts_at,
    Shift.ends_at,
    Shift.minimum,
    Shift.seats,
    Shift.taken,
    Shift.held,
    Shift.course_id,
    Shift.purpose,
    Shift.kind,
    Shift.version,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One shift that is not cancelled, as the rules and the lists see it."""

    id: str
    chapter_id: str
    place_id: str
    starts_at: int
    ends_at: int
    minimum: int
    seats: int
    taken: int
    held: int
    course_id: str | None
    purpose: str
    kind: str
    version: int
    cancelled_at: None = None
    cancel_reason: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a shift is."""

    name: str
    city: str
    zone: str
    kind: str


@dataclass(frozen=True)
class Entry:
    """A shift, where it is, and how it stands."""

    shift: Line
    place: Spot
    path: str  # its chapter's
    asked: Asked
    standing: Standing

    @cached_property
    def data(self) -> dict[str, Any]:
        """As the snapshot carries it, for everyone. Read only: it is shared."""
        return basic(self.shift, self.place.zone, self.standing)


@dataclass(frozen=True)
class Board:
    """Soonest first, for any moment of the hour in which it was made."""

    entries: tuple[Entry, ...]
    training: training.Offered
    on_call: tuple[tuple[int, int], ...] = ()  # when an attorney is, without a name; ms UTC

    def at(self, now: int) -> Iterator[Entry]:
        """Those that have not begun at ``now`` (ms UTC) and begin within five weeks of it."""
        ahead = (entry for entry in self.entries if now < entry.shift.starts_at <= now + AHEAD)
        return islice(ahead, MOST)

    @cached_property
    def standings(self) -> Mapping[str, Standing]:
        """How each shift stands, by its id."""
        return {entry.shift.id: entry.standing for entry in self.entries}


def since(now: int) -> int:
    """The hour under way at ``now`` (ms UTC): a board of that hour serves until the next one."""
    return now - now % HOUR


def of(actor: Actor, now: int) -> Board:
    """The board of the actor's chapters in the hour of ``now`` (ms UTC). Five queries."""
    began = since(now)
    query = (
        select(*_COLUMNS, Place.name, Place.city, Place.zone, Place.kind, Place.closed_at, Chapter.path)
        .join(Place, Place.id == Shift.place_id)
        .join(Chapter, Chapter.id == Shift.chapter_id)
        .where(
            Shift.chapter_id.in_(actor.chapters),
            Shift.starts_at > began,
            Shift.starts_at <= began + HOUR + AHEAD,
            Shift.cancelled_at.is_(None),
        )
        .order_by(Shift.starts_at, Place.name, Shift.id)
        .limit(2 * MOST)
    )
    rows = db.session.execute(query).all()
    offered = training.offered(actor, began)
    lines = [_line(tuple(row)) for row in rows]
    stands = standing.of(lines)
    entries = []
    for line, row in zip(lines, rows, strict=True):
        *_, name, city, zone, kind, closed_at, path = row
        asked = Asked(stands[line.id].experienced, closed_at, offered.names.get(line.course_id or "", ("", "")))
        entries.append(Entry(line, Spot(name, city, zone, kind), path, asked, stands[line.id]))
    spans = rotas.on_call(actor.chapters | actor.above, began)
    return Board(tuple(entries), offered, tuple((start, end) for start, end in spans))


_VERSIONS = (
    select(Chapter.id, Chapter.version).where(Chapter.id.in_(bindparam("reach", expanding=True))).order_by(Chapter.id)
)
_boards: OrderedDict[Hashable, Board] = OrderedDict()
_lock = Lock()


def kept(actor: Actor, now: int) -> Board:
    """The same, made once for all with the same reach while no chapter's counter moves. One query, and five where it must be made."""
    reach = actor.chapters | actor.above
    counters = tuple(db.session.execute(_VERSIONS, {"reach": sorted(reach)}).tuples().all())
    key = (since(now), actor.chapters, counters)
    with _lock:
        found = _boards.get(key)
        if found is not None:
            _boards.move_to_end(key)
            return found
    found = of(actor, now)
    with _lock:
        _boards[key] = found
        while len(_boards) > KEPT:
            _boards.popitem(last=False)
    return found


def _line(row: Any) -> Line:
    return Line(*row[: len(_COLUMNS)])


def basic(shift: Shift | Line, zone: str, stands: Standing) -> dict[str, Any]:
    """What the snapshot says of every shift."""
    return {
        "id": shift.id,
        "chapter": shift.chapter_id,
        "place": shift.place_id,
        "starts_at": shift.starts_at,
        "ends_at": shift.ends_at,
        "zone": zone,
        "minimum": shift.minimum,
        "seats": shift.seats,
        "taken": shift.taken,
        "confirmed": stands.confirmed,
        "experienced": stands.experienced,
        "course": shift.course_id,
        "purpose": shift.purpose,
        "kind": shift.kind,
        "version": shift.version,
    }
