"""A pod set up in one go: looked at before anything is made, made in one transaction, taken away again while nothing is in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Chapter, Invite
from fieldapp.accounts.services import chapters, invites, names
from fieldapp.core.actor import ADMIN, COORDINATOR, Actor
from fieldapp.core.db import Base, db, write
from fieldapp.core.errors import N_, DomainError, Forbidden, Invalid, NotFound, StepUpNeeded
from fieldapp.coverage.services import pod_templates
from fieldapp.coverage.services.pod_templates import Template, Window
from fieldapp.places.models import Place
from fieldapp.places.services import importing, nearby
from fieldapp.places.services.nearby import Known
from fieldapp.shifts.models import Need
from fieldapp.shifts.services import plan
from fieldapp.training.models import Course

MAKERS = (COORDINATOR, ADMIN)
MOST_WINDOWS = 20
OURS = {"places", "needs", "invites"}  # what setting up makes, and taking away takes


@dataclass(frozen=True)
class Draft:
    """A pod as it would be: nothing of it exists."""

    parent: Chapter
    name: str
    zone: str
    hotline: str
    near: str
    template: Template
    places: tuple[Known, ...]
    courses: tuple[Course, ...]


@dataclass(frozen=True)
class Made:
    """A new pod, how many places and weekly needs it got, and the link for its first coordinator: shown now and never again."""

    pod: Chapter
    places: int
    needs: int
    invite: invites.Made


@dataclass(frozen=True)
class Line:
    """A pod in the list."""

    pod: Chapter
    parent: Chapter
    places: int
    people: int


def parents(actor: Actor) -> list[Chapter]:
    """The chapters below which the actor may set up a pod. Raises Forbidden where there is none."""
    found = [chapter for chapter in chapters.tree(actor, *MAKERS) if chapters.depth(chapter) + 1 < chapters.DEEPEST]
    if not found:
        raise Forbidden()
    return found


def listing(actor: Actor) -> list[Line]:
    """The pods below the chapters that the actor leads. Raises Forbidden."""
    if not actor.where(*MAKERS):
        raise Forbidden()
    tree = {chapter.id: chapter for chapter in chapters.tree(actor, *MAKERS)}
    pods = [chapter for chapter in tree.values() if chapter.parent_id in tree]
    ids = [pod.id for pod in pods]
    counted = select(Place.chapter_id, func.count()).where(Place.chapter_id.in_(ids), Place.closed_at.is_(None))
    places = dict(db.session.execute(counted.group_by(Place.chapter_id)).tuples().all())
    people = chapters.people_of(ids)
    return [Line(pod, tree[str(pod.parent_id)], places.get(pod.id, 0), people.get(pod.id, 0)) for pod in pods]


def preview(actor: Actor, values: Mapping[str, str]) -> Draft:
    """What a pod with these values would be. Raises NotFound, Forbidden, Invalid."""
    parent = _parent(actor, values.get("parent", ""))
    checked = _checked(values, parent)
    template = pod_templates.find(parent, values.get("template", pod_templates.FIRST))
    near = " ".join(values.get("near", "").split())[:80]
    places = tuple(nearby.near(parent, near)) if near else ()
    return Draft(parent, *checked, near, template, places, tuple(plan.courses_for(parent)))


def create(
    actor: Actor, values: Mapping[str, str], ticked: Collection[str], windows: Iterable[Window], now: int
) -> Made:
    """Make it: pod, places, needs and the first coordinator's link, all or nothing.

    ``ticked`` are keys of the preview's places. Raises NotFound, Forbidden, Invalid, StepUpNeeded.
    """
    draft, wanted = preview(actor, values), list(windows)
    if not actor.stepped_up(now):
        raise StepUpNeeded()
    chosen = [one for one in draft.places if one.key in ticked]
    with write() as session:
        pod = chapters.add(session, draft.name, now, parent=draft.parent, zone=draft.zone)
        pod.hotline = draft.hotline
        session.flush()
        importing.take(session, pod.id, nearby.rows_of({one.key for one in chosen if not one.place_id}), now)
        needs = _needs(session, pod, [one.place_id for one in chosen if one.place_id], wanted, now)
        pod.settings = {**(pod.settings or {}), "pod": {"needs": [need.id for need in needs]}}
        link = invites.make(session, pod.id, [COORDINATOR], now, by=actor.person_id, note=draft.name[:80])
        session.flush()
        chapters.touch(session, draft.parent.id)
    return Made(pod, len(chosen), len(needs), link)


def find(actor: Actor, pod_id: str) -> Chapter:
    """A pod that the actor may look after: they lead the chapter above it. Raises NotFound, Forbidden."""
    pod = db.session.get(Chapter, pod_id) if pod_id in actor.chapters else None
    if pod is None or pod.parent_id is None:
        raise NotFound()
    if not actor.has(pod.parent_id, *MAKERS):
        raise Forbidden()
    return pod


def in_use(pod: Chapter) -> list[str]:
    """The tables in which something stands that setting up did not make: it cannot be taken away any more."""
    return _in_use(db.session(), pod.id)


def remove(actor: Actor, pod_id: str, now: int) -> str:
    """Take a pod away again while nothing is in it; returns its name. Raises NotFound, Forbidden, StepUpNeeded, DomainError("in_use")."""
    find(actor, pod_id)
    if not actor.stepped_up(now):
        raise StepUpNeeded()
    try:
        with write() as session:
            return _remove(session, pod_id)
    except IntegrityError as error:  # something came in at this moment
        raise _used() from error


def _remove(session: Session, pod_id: str) -> str:
    """Whoever comes in with an invite holds it first, then the chapter: so do we, and then nobody comes in any more."""
    session.scalars(select(Invite.id).where(Invite.chapter_id == pod_id).order_by(Invite.id).with_for_update()).all()
    above = session.scalar(select(Chapter.parent_id).where(Chapter.id == pod_id))
    if above is None:
        raise NotFound()  # taken away a moment ago
    chapters.hold(session, above)
    pod = session.get(Chapter, pod_id, populate_existing=True, with_for_update=True)
    if pod is None:
        raise NotFound()
    if _in_use(session, pod_id):
        raise _used()
    name, ours = pod.name, ((pod.settings or {}).get("pod") or {}).get("needs", [])
    own = select(Place.id).where(Place.chapter_id == pod_id)
    for gone in (
        delete(Need).where(Need.place_id.in_(own) | Need.id.in_(ours)),
        delete(Place).where(Place.chapter_id == pod_id),
        delete(Invite).where(Invite.chapter_id == pod_id),
        delete(Chapter).where(Chapter.id == pod_id),
    ):
        session.execute(gone.execution_options(synchronize_session=False))
    session.expunge(pod)
    chapters.touch(session, above)
    return name


def _used() -> DomainError:
    return DomainError(
        "in_use",
        N_("Something is in this pod already: people, shifts, records or changes of its places."),
        safe=N_("Nothing was changed."),
        do=N_("Keep it. Disable its people, if nobody should use it."),
    )


def _in_use(session: Session, pod_id: str) -> list[str]:
    """Whatever points to the pod, its places or its needs, in any table, now or in tables to come."""
    places = select(Place.id).where(Place.chapter_id == pod_id)
    held = {"chapters": [pod_id], "places": list(session.scalars(places))}
    held["needs"] = list(session.scalars(select(Need.id).where(Need.place_id.in_(held["places"]))))
    found = []
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            targets = {key.column.table.name for key in column.foreign_keys if key.column.name == "id"}
            ids = [one for target in targets for one in held.get(target, [])]
            if not ids or (table.name in OURS and table.name != "invites"):
                continue
            query = select(func.count()).select_from(table).where(column.in_(ids))
            if table.name == "invites":
                query = query.where(table.c.used_at.is_not(None))
            if session.scalar(query):
                found.append(table.name)
    return sorted(set(found))


def _parent(actor: Actor, parent_id: str) -> Chapter:
    parent = chapters.get(actor, parent_id)
    if not actor.has(parent.id, *MAKERS):
        raise Forbidden()
    return parent


def _checked(values: Mapping[str, str], parent: Chapter) -> tuple[str, str, str]:
    wrong: dict[str, str] = {}
    if chapters.depth(parent) + 1 >= chapters.DEEPEST:
        wrong["name"] = N_("Pods nest five deep at most. Make it beside its parent.")
    try:
        name = names.line(values.get("name", ""), longest=120)
    except Invalid:
        name, wrong["name"] = "", N_("Give it a name of at most 120 characters.")
    zone = values.get("zone") or parent.zone
    if not chapters.is_zone(zone):
        wrong["zone"] = N_("Choose a time zone from the list.")
    hotline = " ".join(values.get("hotline", parent.hotline).split())
    if len(hotline) > 40 or set(hotline) - set("+0123456789 ()-."):
        wrong["hotline"] = N_("A phone number has digits, spaces, + ( ) - and at most 40 characters.")
    if wrong:
        raise Invalid(fields=wrong)
    return name, zone, hotline


def _needs(session: Session, pod: Chapter, shared: Collection[str], windows: list[Window], now: int) -> list[Need]:
    """Weekly needs of the pod's own places, and of places of a chapter above that have none yet."""
    asked = select(Need.place_id).where(Need.place_id.in_(shared), Need.ended_at.is_(None))
    taken = set(session.scalars(asked))
    own = (Place.chapter_id == pod.id) | Place.id.in_([one for one in shared if one not in taken])
    made = [
        Need(place_id=place_id, weekday=day, created_at=now, **_numbers(window))
        for place_id, kind in session.execute(select(Place.id, Place.kind).where(own)).tuples()
        for window in windows
        if window.kind == kind
        for day in window.weekdays
    ]
    session.add_all(made)
    session.flush()
    return made


def _numbers(window: Window) -> dict[str, Any]:
    return {
        "start_minute": window.start,
        "end_minute": window.end,
        "minimum": window.minimum,
        "seats": window.seats,
    }


def read_windows(rows: Iterable[Mapping[str, str]]) -> list[Window]:
    """The needs as they were edited; a row without days is left out. Raises Invalid."""
    found = []
    for row in rows:
        days = tuple(sorted({int(day) for day in row.get("days", "").split() if day in set("0123456")}))
        if not days:
            continue
        start, end = plan.minutes(row.get("start", "")), plan.minutes(row.get("end", ""))
        minimum, seats = row.get("minimum", ""), row.get("seats", "")
        if start is None or end is None or not minimum.isdecimal() or not seats.isdecimal():
            raise Invalid(fields={"needs": N_("Write times as 8:30 and numbers of people in digits.")})
        end = end if end > start else end + 24 * 60
        low, high = int(minimum[:4]), int(seats[:4])
        if (
            row.get("kind") not in pod_templates.KINDS
            or not 2 <= low <= high <= plan.MOST_SEATS
            or end - start > plan.LONGEST
        ):
            raise Invalid(fields={"needs": N_("Two people or more, at least as many places, 16 hours at most.")})
        found.append(Window(str(row["kind"]), days, start, end, low, high))
    return found[:MOST_WINDOWS]
