"""Where newcomers are: invited → welcome call → trained → certified → first shift, what they wait for, and for how long.

It stands here and not in training because the last step is a shift.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from sqlalchemy import BindParameter, Select, bindparam, func, literal, or_, select, union_all

from fieldapp.accounts.models import Invite, Membership, Person
from fieldapp.core.actor import COORDINATOR, TRAINER, VOLUNTEER, Actor
from fieldapp.core.clock import DAY
from fieldapp.core.db import db
from fieldapp.places.models import Place
from fieldapp.shifts import policy
from fieldapp.shifts.models import Claim, Shift
from fieldapp.shifts.policy import LIVE
from fieldapp.training.models import Attendance, Certificate, Course, TrainingSession, WelcomeCall

STEPS = ("invited", "welcome", "trained", "certified", "first_shift")
TARGETS = {
    "invited": 7,
    "welcome": 3,
    "trained": 14,
    "certified": 1,
    "first_shift": 10,
}  # days until a step should be taken
MOST = 300
Booked = tuple[str, str, int | None, str]  # its name in English and Spanish, when (ms UTC), in which zone
NOTHING: Booked = ("", "", None, "")


@dataclass(frozen=True)
class Waiting:
    """Someone (or, at the first step, an invite) and what comes next. ``since`` and ``at`` are ms UTC."""

    step: str
    name: str
    since: int
    days: int
    person_id: str = ""
    detail: str = ""  # who invited; the session or shift that is booked
    detail_es: str = ""  # the same in Spanish, where it has a name of its own
    at: int | None = None
    zone: str = ""
    thing: str = ""  # the id of the session that they were at, or of what is booked

    @property
    def glyph(self) -> str:
        """Idle within the target, then wait, and gap past twice the target."""
        target = TARGETS[self.step]
        return "gap" if self.days > 2 * target else "wait" if self.days > target else "idle"


@dataclass
class Board:
    """Each step's people, the longest waiting first."""

    columns: dict[str, list[Waiting]] = field(default_factory=lambda: {step: [] for step in STEPS})

    @property
    def count(self) -> int:
        """How many are on the way."""
        return sum(len(column) for column in self.columns.values())


def board(actor: Actor, now: int) -> Board:
    """The newcomers of the chapters where the actor teaches or coordinates. Eight queries. Raises Forbidden."""
    where = actor.where(COORDINATOR, TRAINER)
    policy.demand(bool(where))
    made = Board()
    made.columns["invited"] = _invites(where, now)
    people = _newcomers(where, now)
    ids = list(people)
    certified = _firsts(Certificate.person_id, Certificate.confirmed_at, ids, Certificate.revoked_at.is_(None))
    came = _firsts(Attendance.person_id, Attendance.here_at, ids, Attendance.state == "here")
    called = _firsts(WelcomeCall.person_id, WelcomeCall.at, ids, WelcomeCall.at > 0)
    sessions, shifts, been = _booked_sessions(ids, now), _booked_shifts(ids, now), _last_sessions(ids)
    for person_id, (name, joined) in people.items():
        known = person_id in called
        step = "first_shift" if person_id in certified else "certified" if person_id in came else ""
        step = step or ("trained" if known else "welcome")
        since = certified.get(person_id) or came.get(person_id) or called.get(person_id) or joined
        booked = (shifts if step == "first_shift" else sessions).get(person_id, NOTHING)
        days = max(0, (now - since) // DAY)
        made.columns[step].append(Waiting(step, name, since, days, person_id, *booked, thing=been.get(person_id, "")))
    for column in made.columns.values():
        column.sort(key=lambda one: (one.since, one.name))
    return made


@dataclass(frozen=True)
class Path:
    """Where one person is: the step that comes next (empty when all are taken), and when each was taken."""

    taken: dict[str, int]

    @property
    def next(self) -> str:
        """The first step not taken yet."""
        return next((step for step in STEPS if step not in self.taken), "")


def path_of(person_id: str, now: int) -> Path:
    """One person's way so far. One query."""
    rows = db.session.execute(_PATH, {"person": person_id})
    return path((step, at) for step, _, at in rows)


def path(found: Iterable[tuple[str, int | None]]) -> Path:
    """The way of somebody from what ``steps`` found. Whoever is further on has been welcomed, noted or not."""
    taken = {step: at for step, at in found if at is not None}
    for before, after in (("trained", "certified"), ("welcome", "trained")):
        if after in taken:
            taken.setdefault(before, taken[after])
    return Path({step: taken[step] for step in STEPS if step in taken})


def steps() -> list[Select[str, str, int | None]]:
    """Questions after the step, nothing, and when ``:person`` took it: the phone asks them together with others."""
    who: BindParameter[str] = bindparam("person")
    came = Attendance.state.in_(("here", "confirmed"))
    been = func.min(func.coalesce(Claim.here_at, Claim.out_at))
    none = literal("")
    return [
        select(literal("invited"), none, Person.created_at).where(Person.id == who),
        select(literal("welcome"), none, WelcomeCall.at).where(WelcomeCall.person_id == who),
        select(literal("trained"), none, func.min(Attendance.here_at)).where(Attendance.person_id == who, came),
        select(literal("certified"), none, func.min(Certificate.confirmed_at)).where(
            Certificate.person_id == who, Certificate.revoked_at.is_(None)
        ),
        select(literal("first_shift"), none, been).where(Claim.person_id == who, Claim.state.in_(LIVE)),
    ]


_PATH = union_all(*steps())


def _newcomers(where: Collection[str], now: int) -> dict[str, tuple[str, int]]:
    """Volunteers who have not been on a shift: name and when they joined."""
    been = select(Claim.person_id).where(or_(Claim.here_at.is_not(None), Claim.out_at.is_not(None)))
    query = (
        select(Person.id, Person.field_name, func.min(Membership.since))
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.chapter_id.in_(where),
            Membership.role == VOLUNTEER,
            Person.disabled_at.is_(None),
            Person.id.not_in(been),
        )
        .group_by(Person.id, Person.field_name)
        .order_by(func.min(Membership.since))
        .limit(MOST)
    )
    return {person: (name, since) for person, name, since in db.session.execute(query)}


def _invites(where: Collection[str], now: int) -> list[Waiting]:
    query = (
        select(Invite, Person.field_name)
        .outerjoin(Person, Person.id == Invite.created_by)
        .where(
            Invite.chapter_id.in_(where),
            Invite.person_id.is_(None),
            Invite.used_at.is_(None),
            Invite.revoked_at.is_(None),
            Invite.expires_at > now,
        )
        .order_by(Invite.created_at)
        .limit(MOST)
    )
    return [
        Waiting(
            "invited",
            invite.note,
            invite.created_at,
            max(0, (now - invite.created_at) // DAY),
            detail=name or "",
            at=invite.expires_at,
        )
        for invite, name in db.session.execute(query)
    ]


def _firsts(person: object, at: object, ids: Collection[str], which: object) -> dict[str, int]:
    """The first time of something for each person."""
    query = select(person, func.min(at)).where(person.in_(ids), which).group_by(person)  # type: ignore
    return {who: when for who, when in db.session.execute(query) if when is not None} if ids else {}


def _booked_sessions(ids: Collection[str], now: int) -> dict[str, Booked]:
    query = (
        select(Attendance.person_id, Course.name_en, Course.name_es, TrainingSession.starts_at, TrainingSession.zone)
        .join(TrainingSession, TrainingSession.id == Attendance.session_id)
        .join(Course, Course.id == TrainingSession.course_id)
        .where(Attendance.person_id.in_(ids), TrainingSession.ends_at > now, TrainingSession.cancelled_at.is_(None))
        .order_by(TrainingSession.starts_at.desc())
    )
    return {who: (en, es, at, zone) for who, en, es, at, zone in db.session.execute(query)} if ids else {}


def _booked_shifts(ids: Collection[str], now: int) -> dict[str, Booked]:
    query = (
        select(Claim.person_id, Place.name, Place.name, Shift.starts_at, Place.zone)
        .join(Shift, Shift.id == Claim.shift_id)
        .join(Place, Place.id == Shift.place_id)
        .where(Claim.person_id.in_(ids), Claim.state.in_(LIVE), Shift.ends_at > now, Shift.cancelled_at.is_(None))
        .order_by(Shift.starts_at.desc())
    )
    return {who: (en, es, at, zone) for who, en, es, at, zone in db.session.execute(query)} if ids else {}


def _last_sessions(ids: Collection[str]) -> dict[str, str]:
    """The session that each person was at last: there they are certified."""
    query = (
        select(Attendance.person_id, Attendance.session_id)
        .where(Attendance.person_id.in_(ids), Attendance.state == "here")
        .order_by(Attendance.here_at)
    )
    return dict(db.session.execute(query).tuples().all()) if ids else {}
