"""Files of people: who is here, without any secret; a file that comes in makes invites to hand over."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from fieldapp.accounts import policy
from fieldapp.accounts.models import Chapter, Membership, Person
from fieldapp.accounts.services import invites
from fieldapp.core.actor import ROLES, Actor
from fieldapp.core.clock import to_datetime
from fieldapp.core.db import db
from fieldapp.core.errors import N_
from fieldapp.shifts.services import plan
from fieldapp.shifts.sheets.step import Step, bad
from fieldapp.shifts.sheets.text import MAX_ROWS, Reason, Row
from fieldapp.training.services import certificates, grades

COLUMNS = ("field_name", "roles", "grade", "certificates")
NEEDED = ("field_name",)
EXAMPLE: tuple[dict[str, str], ...] = ({"field_name": "A name to call them by", "roles": "volunteer"},)
LONGEST = 60
MOST_INVITES = 200


def export(actor: Actor, chapter: Chapter, now: int) -> list[dict[str, str]]:
    """Field names, roles, grades, and until when which certificate holds."""
    people = _people(chapter)
    ids = [person.id for person, _ in people]
    courses = {course.id: course.name_en for course in plan.courses_for(chapter)}
    ranks, ends = grades.of(ids, chapter.id), certificates.ends(ids, list(courses))
    held: dict[str, list[str]] = {}
    for (person_id, course_id), until in sorted(ends.items(), key=lambda one: courses.get(one[0][1], "")):
        if until > now and course_id in courses:
            last = to_datetime(until - 1, chapter.zone).date().isoformat()
            held.setdefault(person_id, []).append(f"{courses[course_id]} until {last}")
    return [
        {
            "field_name": person.field_name,
            "roles": " ".join(roles),
            "grade": ranks.get(person.id, "trainee"),
            "certificates": "; ".join(held.get(person.id, ())),
        }
        for person, roles in people
    ]


def _people(chapter: Chapter) -> list[tuple[Person, list[str]]]:
    query = (
        select(Person, Membership.role)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.chapter_id == chapter.id, Person.disabled_at.is_(None))
        .order_by(Person.field_name, Person.id)
    )
    found: dict[str, tuple[Person, list[str]]] = {}
    for person, role in db.session.execute(query):
        found.setdefault(person.id, (person, []))[1].append(role)
    for _, roles in found.values():
        roles.sort(key=ROLES.index)
    return list(found.values())[:MAX_ROWS]


def check(actor: Actor, chapter: Chapter, rows: Sequence[Row], now: int) -> list[Step]:
    """Whom each row would invite: nobody who is here under that name already."""
    here = {person.field_name.casefold() for person, _ in _people(chapter)}
    may = policy.roles_to_give(actor, chapter.id)
    seen: dict[str, int] = {}
    steps = [_check(row, here, may, seen) for row in rows]
    wanted = [step for step in steps if step.what == "new"]
    late = {step.line for step in wanted[MOST_INVITES:]}
    reason = Reason(N_("More than 200 invites at once: import the rest afterwards."))
    return [Step(s.line, s.name, "bad", reasons=[reason]) if s.line in late else s for s in steps]


def _check(row: Row, here: set[str], may: frozenset[str], seen: dict[str, int]) -> Step:
    name = " ".join(row.cells.get("field_name", "").split())
    roles = row.cells.get("roles", "").replace(",", " ").lower().split() or ["volunteer"]
    reasons = list(row.reasons)
    if not reasons:
        if not name or len(name) > LONGEST or not name.isprintable():
            reasons.append(Reason(N_("A field name has 1 to 60 characters that can be seen.")))
        if unknown := [role for role in roles if role not in ROLES]:
            values = {"roles": ", ".join(unknown)[:60], "known": ", ".join(ROLES)}
            reasons.append(Reason(N_("Not a role: %(roles)s. Known are %(known)s."), values))
        elif name.casefold() not in here and not set(roles) <= may:
            reasons.append(Reason(N_("You may invite people for roles up to your own.")))
        if name.casefold() in seen:
            reasons.append(Reason(N_("The same as row %(line)s."), {"line": seen[name.casefold()]}))
    if reasons:
        return bad(row, name, reasons)
    seen[name.casefold()] = row.line
    what = "unchanged" if name.casefold() in here else "new"
    return Step(row.line, name, what, {"roles": sorted(set(roles), key=ROLES.index)})


def apply(actor: Actor, chapter: Chapter, steps: Sequence[Step], now: int) -> list[tuple[str, str]]:
    """Invite them, in the caller's transaction; returns names and tokens, which are kept nowhere."""
    return [
        (step.name, invites.invite(actor, chapter.id, step.values["roles"], now, note=step.name).token)
        for step in steps
        if step.what == "new"
    ]
