"""What shifts' codes are called on the desk's pages, and a roster as text. The phone has its own words for the same codes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from flask_babel import get_locale, ngettext

from fieldapp.core.clock import to_datetime
from fieldapp.core.errors import N_
from fieldapp.places.models import Place
from fieldapp.shifts.services.roster import Now, Roster
from fieldapp.shifts.services.rules import Verdict
from fieldapp.training import words as training
from fieldapp.training.models import Course
from fieldapp.training.words import gettext
from fieldapp.web.i18n import show_day, show_time, zone_name

GRADES = training.GRADES
STANDING = {
    "none": N_("No one"),
    "few": N_("Too few"),
    "novices": N_("Nobody experienced"),
    "claimed": N_("Claimed only"),
    "open": N_("Runs, places open"),
    "full": N_("Full"),
    "cancelled": N_("Cancelled"),
}
AFTER = {"fine": N_("fine"), "shaken": N_("shaken"), "call_me": N_("wants a call")}
WORK_ON = {
    "rules": N_("the rules of the place"),
    "calm": N_("staying calm"),
    "distance": N_("keeping a distance, not interfering"),
    "writing": N_("writing only what was seen"),
    "safety": N_("safety: here, phone off, out"),
    "team": N_("staying with the others"),
    "on_time": N_("being on time"),
}
DAYS = (N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"))
HOLIDAYS = {
    "New Year's Day": N_("New Year's Day"),
    "Martin Luther King Jr. Day": N_("Martin Luther King Jr. Day"),
    "Washington's Birthday": N_("Washington's Birthday"),
    "Memorial Day": N_("Memorial Day"),
    "Juneteenth National Independence Day": N_("Juneteenth"),
    "Independence Day": N_("Independence Day"),
    "Labor Day": N_("Labor Day"),
    "Columbus Day": N_("Columbus Day"),
    "Veterans Day": N_("Veterans Day"),
    "Thanksgiving Day": N_("Thanksgiving"),
    "Christmas Day": N_("Christmas Day"),
}
PLAIN = {
    "already": N_("It is taken already."),
    "lapsed": N_("The time to answer it is over."),
    "started": N_("It has started."),
    "ended": N_("It is over."),
    "not_yours": N_("It is not this person's shift."),
    "disabled": N_("This person is not active any more."),
    "unknown_shift": N_("It is not there any more."),
}
LEAVE = N_("Ask if it is an order, say the time aloud, leave, then write.")
MEDIA = N_("Point them to the chapter. Give no names.")


def choices(words: Mapping[str, str]) -> list[tuple[str, str]]:
    """Codes with their names, for a list to choose from."""
    return [(code, gettext(name)) for code, name in words.items()]


def place_choice(place: Place) -> tuple[str, str]:
    """A place for a list to choose from."""
    return place.id, f"{place.name}, {place.city}" if place.city else place.name


def course_choice(course: Course) -> tuple[str, str]:
    """A course for a list to choose from."""
    return course.id, course.name_es if str(get_locale()) == "es" else course.name_en


def holiday(name: str) -> str:
    """A federal holiday's name; the day on which it is observed keeps its name."""
    plain = name.removesuffix(" (observed)")
    return gettext(HOLIDAYS.get(plain, plain))


def hours(starts_at: int, ends_at: int, zone: str) -> str:
    """``8:30 to 12:30`` on the place's clocks."""
    return gettext("%(start)s to %(end)s", start=show_time(starts_at, zone), end=show_time(ends_at, zone))


def day_hours(starts_at: int, ends_at: int, zone: str) -> str:
    """``Tue 24 Nov, 8:30 to 12:30``."""
    return f"{show_day(starts_at, zone)}, {hours(starts_at, ends_at, zone)}"


def local_day(ms: int, zone: str) -> date:
    """The local date of a moment."""
    return to_datetime(ms, zone).date()


def monday(ms: int, zone: str) -> date:
    """The Monday of a moment's local week."""
    day = local_day(ms, zone)
    return day - timedelta(days=day.weekday())


def iso_day(text: str) -> str:
    """A stored local date, readable."""
    return show_day(date.fromisoformat(text), style="d MMM yyyy")


def iso_day_short(text: str) -> str:
    """``Tue 24 Nov`` of a stored local date."""
    return show_day(date.fromisoformat(text), style="EEE d MMM")


def now_word(now: Now, zone: str) -> str:
    """How someone on a roster is, in words."""
    at = show_time(now.at, zone) if now.at is not None else ""
    if now.kind == "overdue":
        return gettext("Overdue %(n)s min", n=now.minutes)
    if now.kind == "unheard":
        return gettext("Not heard, %(n)s min past", n=now.minutes)
    if now.kind == "late":
        return gettext("Not here, %(n)s min late", n=now.minutes)
    if now.kind == "quiet":
        return gettext("Phone off until %(at)s", at=at)
    if now.kind == "here":
        return gettext("Here since %(at)s", at=at)
    if now.kind == "out":
        return gettext("Out and OK at %(at)s", at=at)
    return gettext("Confirmed") if now.kind == "confirmed" else gettext("Claimed, not confirmed")


def why(verdict: Verdict, zone: str) -> str:
    """Why the shift cannot be taken."""
    v = verdict.values
    if verdict.code == "not_certified":
        course = _course(v)
        if v.get("ends_at"):
            day = show_day(v["ends_at"] - 1, zone, "d MMM yyyy")
            return gettext("The certificate in %(course)s ends before this shift, on %(day)s.", course=course, day=day)
        return gettext("It needs a certificate in %(course)s.", course=course)
    if verdict.code == "conduct":
        return gettext("The code of conduct (version %(n)s) is not accepted yet.", n=v.get("number", ""))
    if verdict.code == "overlap":
        when = day_hours(v["starts_at"], v["ends_at"], v["zone"])
        return gettext("It runs at the same time as %(place)s, %(when)s.", place=v["place"], when=when)
    if verdict.code == "full":
        return gettext("All %(n)s places are taken.", n=v["seats"])
    if verdict.code == "novices_only":
        return gettext("The next place is kept for someone experienced (watcher or above).")
    if verdict.code == "cancelled":
        said = v.get("reason")
        reason = gettext(said) if said else ""
        return gettext("It is cancelled. %(reason)s", reason=reason).strip()
    said = PLAIN.get(verdict.code, PLAIN["unknown_shift"])
    return gettext(said)


def change(verdict: Verdict) -> str:
    """What would change it; empty when nothing would."""
    v = verdict.values
    if verdict.code == "not_certified":
        sitting = v.get("next_session")
        if sitting:
            zone = sitting["zone"]
            when = f"{show_day(sitting['starts_at'], zone)}, {show_time(sitting['starts_at'], zone)}"
            name = zone_name(zone, sitting["starts_at"])
            return gettext("The next %(course)s is on %(when)s %(zone)s.", course=_course(v), when=when, zone=name)
        return gettext("The course %(course)s renews it. Ask a trainer for the next session.", course=_course(v))
    if verdict.code == "conduct":
        return gettext("Reading and accepting it, under Training, changes that at once.")
    if verdict.code == "overlap":
        return gettext("Giving that one back would free these hours.")
    if verdict.code == "full":
        return gettext("A place is free again when someone gives it back.")
    if verdict.code == "novices_only":
        return gettext("It opens as soon as someone experienced is on it.")
    return ""


def _course(values: object) -> str:
    assert isinstance(values, dict)
    return str(values["name_es" if str(get_locale()) == "es" else "name_en"])


def as_text(roster: Roster) -> str:
    """A roster to be pasted into the chapter's chat: place, hours, lead, names."""
    shift, place = roster.shift, roster.place
    lines = [
        place.name,
        f"{day_hours(shift.starts_at, shift.ends_at, place.zone)} {zone_name(place.zone, shift.starts_at)}",
    ]
    if roster.brief.meet:
        lines.append(gettext("Meet: %(spot)s", spot=roster.brief.meet))
    for row in roster.rows:
        marks = [gettext("lead of this shift")] if row.lead else []
        marks += [gettext("not confirmed")] if row.claim.state == "claimed" else []
        lines.append(f"- {row.person.field_name}" + (f" ({', '.join(marks)})" if marks else ""))
    if roster.standing.open:
        lines.append(ngettext("%(num)s place open", "%(num)s places open", roster.standing.open))
    if roster.brief.legal_line:
        lines.append(gettext("Legal line: %(number)s", number=roster.brief.legal_line))
    return "\n".join(lines)
