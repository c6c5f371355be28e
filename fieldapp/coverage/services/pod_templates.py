"""What pods begin with: templates that come with this software (data), and those that an organisation saved."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import select

from fieldapp.accounts.models import Chapter
from fieldapp.accounts.services import names
from fieldapp.core.actor import ADMIN, COORDINATOR, Actor
from fieldapp.core.db import db, write
from fieldapp.core.errors import N_, Forbidden, Invalid, NotFound
from fieldapp.coverage.models import PodTemplate
from fieldapp.places.models import Place
from fieldapp.shifts.models import Need
from fieldapp.shifts.services import plan

FOLDER = Path(__file__).resolve().parents[1] / "templates"
FIRST = "courts"
KINDS = ("immigration_court", "ice_office", "courthouse", "neighbourhood", "other")


@dataclass(frozen=True)
class Window:
    """What one kind of place needs on some weekdays (0 is Monday); minutes from midnight on the place's clocks."""

    kind: str
    weekdays: tuple[int, ...]
    start: int
    end: int
    minimum: int
    seats: int


@dataclass(frozen=True)
class Template:
    """``saved`` by the organisation, or of this software."""

    id: str
    names: Mapping[str, str]
    about: Mapping[str, str]
    windows: tuple[Window, ...]
    saved: bool = False


def offered(chapter: Chapter) -> list[Template]:
    """Templates for a pod below this chapter: this software's first, then those saved by the chapter or one above."""
    above = [step for step in chapter.path.split("/") if step]
    rows = db.session.scalars(
        select(PodTemplate).where(PodTemplate.chapter_id.in_(above)).order_by(PodTemplate.name, PodTemplate.id)
    )
    return [*shipped(), *(_read(row.id, row.body, name=row.name) for row in rows)]


def find(chapter: Chapter, template_id: str) -> Template:
    """One of them. Raises Invalid."""
    for one in offered(chapter):
        if one.id == template_id:
            return one
    raise Invalid(fields={"template": N_("Choose a template from the list.")})


@lru_cache(maxsize=1)
def shipped() -> tuple[Template, ...]:
    """Those in fieldapp/coverage/templates/, the usual one first."""
    files = sorted(FOLDER.glob("*.json"), key=lambda path: (path.stem != FIRST, path.stem))
    return tuple(_read(path.stem, json.loads(path.read_text(encoding="utf-8"))) for path in files)


def save(actor: Actor, pod_id: str, name: str, now: int) -> PodTemplate:
    """Keep what a pod's places need as a template for further pods of the chapter above it. Raises NotFound, Forbidden, Invalid."""
    pod = db.session.get(Chapter, pod_id) if pod_id in actor.chapters else None
    if pod is None or pod.parent_id is None:
        raise NotFound()
    if not actor.has(pod.parent_id, COORDINATOR, ADMIN):
        raise Forbidden()
    named = names.line(name, longest=80)
    query = select(Place.kind, Need).join(Need, Need.place_id == Place.id)
    own = (Place.chapter_id == pod.id, Place.closed_at.is_(None), Need.ended_at.is_(None))
    windows = _grouped(db.session.execute(query.where(*own)).tuples())
    if not windows:
        raise Invalid(N_("The pod's places need nothing yet: there is nothing to save."))
    made = PodTemplate(
        chapter_id=pod.parent_id, name=named, body=_body(windows), created_by=actor.person_id, created_at=now
    )
    with write() as session:
        session.add(made)
    return made


def _grouped(rows: Iterable[tuple[str, Need]]) -> list[Window]:
    found: dict[tuple[str, int, int, int, int], set[int]] = {}
    for kind, need in rows:
        found.setdefault((kind, need.start_minute, need.end_minute, need.minimum, need.seats), set()).add(need.weekday)
    return [Window(key[0], tuple(sorted(days)), *key[1:]) for key, days in sorted(found.items())]


def _body(windows: Iterable[Window]) -> dict[str, Any]:
    return {
        "needs": [
            {
                "kind": one.kind,
                "weekdays": list(one.weekdays),
                "start": clock(one.start),
                "end": clock(one.end),
                "minimum": one.minimum,
                "seats": one.seats,
            }
            for one in windows
        ]
    }


def _read(template_id: str, body: Mapping[str, Any], name: str = "") -> Template:
    windows = []
    for need in body["needs"]:
        start, end = plan.minutes(need["start"]) or 0, plan.minutes(need["end"]) or 0
        end = end if end > start else end + 24 * 60
        windows.append(Window(need["kind"], tuple(need["weekdays"]), start, end, need["minimum"], need["seats"]))
    said = body.get("name") or {"en": name, "es": name}
    return Template(template_id, said, body.get("about") or {}, tuple(windows), saved=bool(name))


def clock(minute: int) -> str:
    """Minutes from midnight as 8:30."""
    return f"{minute // 60 % 24}:{minute % 60:02d}"
