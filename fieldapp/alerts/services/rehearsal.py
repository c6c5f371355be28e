"""What would happen to an example, minute by minute, under given parameters: the real machine's own times, on an alert that nobody stores.

``play`` is pure: an alert that stands nowhere is taken through ``ladder`` and ``stages`` by its clock and by what people are said to do.
``crew`` counts whom it would reach now, and never says who they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from fieldapp.accounts.models import Chapter
from fieldapp.alerts.models import Alert
from fieldapp.alerts.services import ladder, sending, stages, verifying
from fieldapp.alerts.services.rules import Rules
from fieldapp.core.clock import HOUR, MINUTE
from fieldapp.core.db import db
from fieldapp.places.models import Place

BEGINS = 7 * HOUR + 42 * MINUTE  # of the example's day
GOES_ON = 1  # how often the last rung's repetition is shown
MOST_LINES = 60
PLACES_LISTED = 500
TOLD, ON, GOT_IT, ASKED, CONFIRMED, CHECK = ("told", "on", "got_it", "asked", "confirmed", "check")


@dataclass(frozen=True)
class Count:
    """People, and how many of them have no phone that a push reaches."""

    people: int
    without: int = 0


@dataclass(frozen=True)
class Crew:
    """Whom an alert would reach now: by rung of the ladder, those who could look, and by ring of the sending (the ones before it in it)."""

    rungs: tuple[Count, ...]
    lookers: int
    rings: tuple[tuple[str, int], ...]
    path: ladder.Path = ladder.RUNGS


@dataclass(frozen=True)
class Line:
    """Something that happens ``at`` ms after the alert was raised. ``rung``: of those told; ``ends``: nothing comes after it."""

    at: int
    what: str
    rung: str = ""
    count: Count | None = None
    by: int = 0  # when something is due that begins here
    ends: bool = False


@dataclass(frozen=True)
class Act:
    """What people do in the example, ``at`` ms after the alert was raised."""

    at: int
    what: str


NOBODY: tuple[Act, ...] = ()
SEEN = (Act(2 * MINUTE, GOT_IT), Act(3 * MINUTE, ASKED), Act(8 * MINUTE, CONFIRMED))


def play(rules: Rules, crew: Crew, acts: Sequence[Act] = NOBODY) -> list[Line]:
    """Take an example through the machine until it ends, or only repeats itself."""
    stand = _Example(rules, crew, list(acts))
    while stand.alert.closed_at is None and len(stand.lines) < MOST_LINES and stand.step_once():
        pass
    return stand.lines


def shown(at: int) -> tuple[str, int]:
    """A moment on the example's clock, and how many days later that is."""
    days, minutes = divmod((BEGINS + at) // MINUTE, 24 * 60)
    return f"{minutes // 60}:{minutes % 60:02d}", days


class _Example:
    """An alert that is in no database, its next steps, and what was seen of it."""

    def __init__(self, rules: Rules, crew: Crew, acts: list[Act]) -> None:
        self.rules, self.crew, self.acts = rules, crew, acts
        self.climb = ladder.of_rules(rules)
        self.alert = Alert(
            what="ice_here", state="raised", stage="reported", raised_at=0, arrived_at=0, step=0, first_step=0
        )
        self.lines = [self._told(0, 0)]
        self.climbs_at: int | None = self.climb.next_at(0, 0, 0)
        self.stage_at: int | None = None
        self.check_at: int | None = None

    def step_once(self) -> bool:
        """Whatever is due next; whether there is more to see. People are as fast as the clock."""
        when = [
            (moment, number)
            for number, moment in enumerate(
                (self.acts[0].at if self.acts else None, self.climbs_at, self.stage_at, self.check_at)
            )
            if moment is not None
        ]
        if not when:
            return False
        now, which = min(when)
        return (self._act, self._climb, self._stage, self._check)[which](now)

    def _told(self, at: int, step: int) -> Line:
        rung = min(step, ladder.TOP)
        return Line(at, TOLD, self.crew.path[rung], self.crew.rungs[rung])

    def _climb(self, now: int) -> bool:
        step = self.climb.step_after(self.alert.step, now)
        if step > ladder.TOP + GOES_ON:
            self.lines.append(Line(now, ON, ends=True))
            return False
        self.alert.step, self.climbs_at = step, self.climb.next_at(0, step, now)
        self.lines.append(self._told(now, step))
        return True

    def _act(self, now: int) -> bool:
        act = self.acts.pop(0)
        by = 0
        if act.what == GOT_IT:
            self.alert.state, self.alert.got_it_at, self.climbs_at = "got_it", now, None
        elif act.what == ASKED:
            self.alert.stage, self.alert.stage_at = "verifying", now
            by = now + self.rules.verify
        else:
            self.alert.stage, self.alert.stage_at, self.alert.seen_at = "confirmed", now, now
            self.check_at = now + self.rules.check
        self.stage_at = stages.next_due(self.alert, self.rules, now)
        self.lines.append(Line(now, act.what, by=by))
        return True

    def _stage(self, now: int) -> bool:
        what = stages.what_is_due(self.alert, self.rules, now)
        ends = what in stages.ENDS
        self.lines.append(Line(now, what, ends=ends))
        self.alert.closed_at = now if ends else None
        self.stage_at = stages.next_due(self.alert, self.rules, now)
        return not ends

    def _check(self, now: int) -> bool:
        self.check_at = None  # the first one stands for those that follow
        self.lines.append(Line(now, CHECK))
        return True


def crew(chapter_id: str, place_id: str | None, rules: Rules, now: int) -> Crew:
    """Whom an alert of this chapter at this place would reach at ``now`` (ms UTC). The caller answers for who may ask."""
    session = db.session()
    example = Alert(id="", chapter_id=chapter_id, place_id=place_id, what="ice_here", first_step=0, step=0)
    rungs, path = [], ladder.on_duty(session, chapter_id, now).path
    for rung in range(len(path)):
        people = ladder.choose(session, example, rung, now)
        reached = {row[0] for row in session.execute(ladder.living(people))} if people else set()
        rungs.append(Count(len(people), len(people - reached)))
    rings = tuple((ring, len(sending.people_of(session, example, ring, rules, now))) for ring in sending.RINGS)
    return Crew(tuple(rungs), len(verifying.candidates(session, example, rules, now)), rings, path)


def places(chapter: Chapter) -> list[Place]:
    """Open places of the chapter and of those above and below it, to choose the example's from."""
    within = select(Chapter.id).where(Chapter.path.startswith(chapter.path, autoescape=True))
    mine = Place.chapter_id.in_(within) | Place.chapter_id.in_([one for one in chapter.path.split("/") if one])
    query = select(Place).where(mine, Place.closed_at.is_(None)).order_by(Place.name, Place.id)
    return list(db.session.scalars(query.limit(PLACES_LISTED)))
