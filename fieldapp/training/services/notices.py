"""What training tells people, in both languages. Messages belong to shifts, which stand right of training: a job hands each over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.core import jobs
from fieldapp.core.clock import to_datetime
from fieldapp.training.models import Attendance, Certificate, Course, TrainingSession

MESSAGE = "shifts.message"
Words = Mapping[str, str]


def tell(session: Session, person_id: str, chapter_id: str, said: Words, now: int, *, once: str = "") -> None:
    """Tell one person, in the caller's transaction: ``said`` is ``en`` and ``es``; what was said ``once`` is not said again."""
    payload: dict[str, Any] = {"person": person_id, "kind": "training", "chapter": chapter_id, "detail": dict(said)}
    if once:
        payload["once"] = once
    jobs.enqueue(session, MESSAGE, payload, run_at=now)


def moved(session: Session, sitting: TrainingSession, now: int) -> None:
    """Tell everyone who signed up that a session has another time. Never its link."""
    course = session.get_one(Course, sitting.course_id)
    en, es = (_when(sitting.starts_at, sitting.zone, lang) for lang in ("en", "es"))
    said = {
        "en": f"{course.name_en} is now on {en}. If you cannot come then, say so under Training.",
        "es": f"{course.name_es} es ahora el {es}. Si no puedes entonces, dilo en Capacitación.",
    }
    _tell_all(session, sitting, said, now)


def called_off(session: Session, sitting: TrainingSession, now: int) -> None:
    """Tell everyone who signed up that a session does not take place."""
    course = session.get_one(Course, sitting.course_id)
    en, es = (_when(sitting.starts_at, sitting.zone, lang) for lang in ("en", "es"))
    said = {
        "en": f"{course.name_en} on {en} is called off. Other sessions are under Training.",
        "es": f"Se canceló {course.name_es} del {es}. En Capacitación hay otras sesiones.",
    }
    _tell_all(session, sitting, said, now)


def ends(session: Session, certificate: Certificate, course: Course, chapter_id: str, zone: str, now: int) -> None:
    """Tell a person when their certificate ends, and what renews it."""
    last = to_datetime(certificate.ends_at - 1, zone).date()
    en, es = format_date(last, "d MMMM", locale="en"), format_date(last, "d 'de' MMMM", locale="es")
    by = course.renew_by or []
    said = {
        "en": f"Your certificate in {course.name_en} ends on {en}. {_renews_en(by)}",
        "es": f"Tu certificado de {course.name_es} vence el {es}. {_renews_es(by)}",
    }
    tell(session, certificate.person_id, chapter_id, said, now, once=f"ends {certificate.id} {certificate.warned}")


def revoked(course: Course, shifts: int) -> Words:
    """The words for somebody whose certificate was revoked: the reason is not among them."""
    en = {0: "", 1: " One shift of yours was given back."}.get(shifts, f" {shifts} shifts of yours were given back.")
    es = {0: "", 1: " Se dejó un turno tuyo."}.get(shifts, f" Se dejaron {shifts} turnos tuyos.")
    return {
        "en": f"Your certificate in {course.name_en} was revoked.{en} The reason is under Training; talk to your trainer.",
        "es": f"Se revocó tu certificado de {course.name_es}.{es} El motivo está en Capacitación; habla con quien te forma.",
    }


def _renews_en(by: list[str]) -> str:
    if "quiz" in by:
        return "Passing its quiz renews it, under Training."
    return f"{'A refresher' if 'session' in by else 'Another session'} renews it: sign up under Training."


def _renews_es(by: list[str]) -> str:
    if "quiz" in by:
        return "Se renueva si apruebas su cuestionario, en Capacitación."
    return f"{'Un repaso' if 'session' in by else 'Otra sesión'} lo renueva: apúntate en Capacitación."


def _when(at: int, zone: str, lang: str) -> str:
    there = to_datetime(at, zone)
    day = format_date(there.date(), "EEEE d MMMM" if lang == "en" else "EEEE d 'de' MMMM", locale=lang)
    city = zone.rsplit("/", 1)[-1].replace("_", " ")
    return f"{day}, {format_time(there, 'HH:mm', locale=lang, tzinfo=ZoneInfo(zone))} ({city})"


def _tell_all(session: Session, sitting: TrainingSession, said: Words, now: int) -> None:
    on = select(Attendance.person_id).where(Attendance.session_id == sitting.id, Attendance.state == "signed_up")
    for person_id in session.scalars(on.order_by(Attendance.person_id)):
        tell(session, person_id, sitting.chapter_id, said, now)
