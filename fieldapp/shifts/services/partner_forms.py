"""What partner organisations and coordinators fill in about asks, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import defer

from fieldapp.accounts.models import Chapter
from fieldapp.core.clock import local_ms, to_datetime
from fieldapp.core.db import db
from fieldapp.core.errors import N_, Invalid
from fieldapp.core.private import looks_private
from fieldapp.places.models import Place
from fieldapp.shifts.models import PartnerAsk
from fieldapp.shifts.services import plan

KINDS = ("accompany", "turnout", "observe", "interpret")
SPOKEN = {  # in English and Spanish: a brief card is one text for all
    "es": ("Spanish", "español"),
    "ht": ("Haitian Creole", "criollo haitiano"),
    "pt": ("Portuguese", "portugués"),
    "fr": ("French", "francés"),
    "zh": ("Chinese", "chino"),
    "ar": ("Arabic", "árabe"),
    "ru": ("Russian", "ruso"),
    "quc": ("K'iche'", "quiché"),
    "mam": ("Mam", "mam"),
    "other": ("ask the coordinator which", "pregunta a la coordinación cuál"),
}
LANGUAGES = tuple(SPOKEN)
MOST_PEOPLE = 50
LONGEST = 12 * 60  # minutes
WORDS = {"area": 160, "contact": 80}
SAID = 300


class LooksPrivate(Invalid):
    """A text looks like a person's; it is taken when whoever wrote it says that it is not. ``looks`` maps fields to what it looks like."""

    def __init__(self, looks: Mapping[str, str]) -> None:
        super().__init__(N_("Look at this once more before it is sent."))
        self.looks = dict(looks)


def places_of(chapter: Chapter) -> list[Place]:
    """Where an organisation may ask for people: the open places of the chapter, of those above it and of its pods."""
    above = [step for step in chapter.path.split("/") if step]
    within = select(Chapter.id).where(
        or_(Chapter.path.startswith(chapter.path, autoescape=True), Chapter.id.in_(above))
    )
    query = select(Place).where(Place.chapter_id.in_(within), Place.closed_at.is_(None))
    order = (Place.state, Place.city, Place.name, Place.id)
    return list(db.session.scalars(query.order_by(*order).limit(2000).options(defer(Place.geom), defer(Place.area))))


def read(values: Mapping[str, str], chapter: Chapter, now: int) -> PartnerAsk:
    """The ask in a form's values, without its organisation. Raises Invalid, naming every field that needs another look."""
    wrong: dict[str, str] = {}
    place = next((one for one in places_of(chapter) if one.id == values.get("place_id")), None)
    texts = {name: " ".join(values.get(name, "").split())[:longest] for name, longest in WORDS.items()}
    if values.get("place_id") and place is None:
        wrong["place_id"] = N_("Choose a place from the list.")
    elif place is None and not texts["area"]:
        wrong["place_id"] = N_("Choose a place, or write a cross street or an area.")
    if values.get("what") not in KINDS:
        wrong["what"] = N_("Choose what people are needed for.")
    people = values.get("people", "").strip()
    if not people.isdecimal() or len(people) > 3 or not 1 <= int(people) <= MOST_PEOPLE:
        wrong["people"] = N_("Between 1 and 50 people.")
    course = values.get("course_id", "")
    if course and course not in {one.id for one in plan.courses_for(chapter)}:
        wrong["course_id"] = N_("Choose a course from the list.")
    lang = values.get("lang", "")
    if lang and lang not in LANGUAGES:
        wrong["lang"] = N_("Choose a language from the list.")
    if values.get("what") == "interpret" and not lang:
        wrong["lang"] = N_("Say which language is needed.")
    zone = place.zone if place else chapter.zone
    hours = _hours(values, zone, now, wrong)
    if wrong or hours is None:
        raise Invalid(fields=wrong)
    return PartnerAsk(
        chapter_id=chapter.id,
        what=values["what"],
        state="asked",
        place_id=place.id if place else None,
        area="" if place else texts["area"],
        starts_at=hours[0],
        ends_at=hours[1],
        zone=zone,
        people=int(people),
        course_id=course or None,
        lang=lang,
        contact=texts["contact"],
        over_at=hours[1],
    )


def _hours(values: Mapping[str, str], zone: str, now: int, wrong: dict[str, str]) -> tuple[int, int] | None:
    day, start, end = (
        _date(values.get("day", "")),
        plan.minutes(values.get("start", "")),
        plan.minutes(values.get("end", "")),
    )
    today = to_datetime(now, zone).date()
    if day is None or not today <= day <= today + timedelta(days=180):
        wrong["day"] = N_("Choose a day within the next six months.")
    if start is None:
        wrong["start"] = N_("Write the time as 8:30.")
    if end is None:
        wrong["end"] = N_("Write the time as 12:30.")
    if day is None or start is None or end is None:
        return None
    end = end if end > start else end + 24 * 60
    if end - start > LONGEST:
        wrong["end"] = N_("Twelve hours at most. Make two asks of it.")
    found = local_ms(day, start, zone), local_ms(day, end, zone)
    if found[1] <= now:
        wrong["day"] = N_("These hours would be over already.")
    elif found[1] <= found[0]:
        wrong["end"] = N_("The clocks change in these hours: choose a later end.")
    return found


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def said(text: str, name: str, empty: str) -> str:
    """A short text; ``empty`` is what its field says without one. Raises Invalid."""
    clean = " ".join(text.split())[:SAID]
    if not clean:
        raise Invalid(fields={name: empty})
    return clean


def refuse_private(texts: Mapping[str, str], values: Mapping[str, str]) -> None:
    """Ask once about texts that look like a person's, unless ``values`` say that they are not. Raises LooksPrivate."""
    looks = {name: found for name, text in texts.items() if (found := looks_private(text))}
    if looks and values.get("sure") != "1":
        raise LooksPrivate(looks)


def numbers(values: Mapping[str, str]) -> tuple[int, int, int]:
    """People needed, seats, and as how many shifts. Raises Invalid."""
    found = {name: values.get(name, "").strip() for name in ("minimum", "seats", "parts")}
    given = {name: int(text[:4]) if text.isdecimal() else 0 for name, text in found.items()}
    wrong = {}
    if given["minimum"] < 2:
        wrong["minimum"] = N_("Nobody goes alone: two people or more.")
    if not max(2, given["minimum"]) <= given["seats"] <= plan.MOST_SEATS:
        wrong["seats"] = N_("At least as many places as people needed, and at most 200.")
    if not 1 <= given["parts"] <= 6:
        wrong["parts"] = N_("Between 1 and 6 shifts.")
    if wrong:
        raise Invalid(fields=wrong)
    return given["minimum"], given["seats"], given["parts"]


def brief_note(lang: str, note: str) -> str:
    """What stands on the brief card: the language that somebody on the shift must speak comes first. Pure."""
    if not lang:
        return note
    english, spanish = SPOKEN[lang]
    return f"Somebody must speak: {english}. Alguien debe hablar: {spanish}.\n{note}".strip()
