"""Whom to ask for which shift, worst gaps first. Pure: plain data in, a proposal out; nothing is sent from here.

Greedy and the same for the same data: the shift that is worst off comes first (among equals the one with fewest people to choose
from, then the soonest), and gets an experienced person where it has none, then someone newer beside them. Nobody is proposed for two
shifts that overlap, nor for more than a few; a shift without anyone experienced, there or proposed, gets nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

DAY = 86_400_000
FEW = 2  # shifts of one person in one plan


@dataclass(frozen=True)
class Gap:
    """A shift that lacks people. ``rank``: 0 is the worst. ``led``: someone experienced is on it. Times: ms UTC."""

    id: str
    rank: int
    starts_at: int
    ends_at: int
    minimum: int
    seats: int
    taken: int
    led: bool


@dataclass(frozen=True)
class Option:
    """Someone who is qualified and free for a shift as it stands, and may be asked. ``asked_at``: None for never."""

    person_id: str
    experienced: bool
    asked_at: int | None = None
    likes: int = 0


@dataclass(frozen=True)
class Pick:
    """One proposal, and why: leads, beside (a newer one beside someone experienced), likes, rested, free."""

    person_id: str
    experienced: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Proposal:
    """What is proposed for a shift. ``missing``: how many are still lacking to its minimum; ``why``: led, people or empty."""

    gap: Gap
    picks: tuple[Pick, ...]
    missing: int
    why: str = ""


@dataclass
class _State:
    given: dict[str, list[Gap]] = field(default_factory=dict)
    picks: dict[str, list[Pick]] = field(default_factory=dict)

    def may(self, person_id: str, gap: Gap, most: int) -> bool:
        """Whether one more shift fits."""
        mine = self.given.get(person_id, [])
        apart = all(one.ends_at <= gap.starts_at or one.starts_at >= gap.ends_at for one in mine)
        return len(mine) < most and apart


def plan(
    gaps: Iterable[Gap], options: Mapping[str, Sequence[Option]], now: int, *, most: int = FEW, whole: bool = False
) -> list[Proposal]:
    """A proposal for each shift, worst first: up to its minimum, then, with ``whole``, up to its seats. ``most`` shifts each."""
    order = sorted(gaps, key=lambda gap: (gap.rank, len(options.get(gap.id, ())), gap.starts_at, gap.id))
    state = _State()
    for goal in ("minimum", "seats") if whole else ("minimum",):
        for gap in order:
            _fill(state, gap, options.get(gap.id, ()), getattr(gap, goal), most, now)
    return [_proposal(state, gap) for gap in order]


def _fill(state: _State, gap: Gap, options: Sequence[Option], goal: int, most: int, now: int) -> None:
    picks = state.picks.setdefault(gap.id, [])
    wanted = min(goal, gap.seats)
    led = gap.led or any(pick.experienced for pick in picks)
    while gap.taken + len(picks) < wanted or not led:
        if gap.taken + len(picks) >= gap.seats:
            return
        chosen = {pick.person_id for pick in picks}
        free = [
            one
            for one in options
            if one.person_id not in chosen and state.may(one.person_id, gap, most) and (led or one.experienced)
        ]
        if not free:
            return
        best = min(free, key=lambda one: _key(state, one, led, now))
        picks.append(Pick(best.person_id, best.experienced, _reasons(best, led, now)))
        state.given.setdefault(best.person_id, []).append(gap)
        led = led or best.experienced


def _key(state: _State, one: Option, led: bool, now: int) -> tuple[int, int, int, int, str]:
    """Least proposed first, then the longest not asked, in whole days, so that what they like counts; newer ones beside the experienced."""
    days = 10_000 if one.asked_at is None else max((now - one.asked_at) // DAY, 0)
    return len(state.given.get(one.person_id, ())), -days, -one.likes, int(led and one.experienced), one.person_id


def _reasons(one: Option, led: bool, now: int) -> tuple[str, ...]:
    found = ["leads" if not led else "beside" if not one.experienced else ""]
    found.append("likes" if one.likes else "")
    rested = one.asked_at is None or now - one.asked_at >= 14 * DAY
    found.append("never" if one.asked_at is None else "rested" if rested else "")
    return tuple(reason for reason in found if reason) or ("free",)


def _proposal(state: _State, gap: Gap) -> Proposal:
    picks = tuple(state.picks.get(gap.id, ()))
    missing = max(gap.minimum - gap.taken - len(picks), 0)
    led = gap.led or any(pick.experienced for pick in picks)
    return Proposal(gap, picks, missing, "" if led and not missing else "led" if not led else "people")
