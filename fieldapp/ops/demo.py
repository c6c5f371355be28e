"""Demo data: real places, made-up people, four weeks of shifts. Plainly a demo: every name of a chapter says so."""

from __future__ import annotations

import io
import random
import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import segno
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Chapter, Invite, Membership, Passkey, Person
from fieldapp.accounts.services import invites
from fieldapp.config import Settings
from fieldapp.core import setup
from fieldapp.core.canonical import b64u
from fieldapp.core.clock import DAY, HOUR, local_ms, to_datetime
from fieldapp.core.db import db, write
from fieldapp.core.ids import new_id
from fieldapp.coverage.services import counting
from fieldapp.guides import markdown
from fieldapp.guides.models import GuideVersion
from fieldapp.guides.services import builtin, writing
from fieldapp.ops import demo_alerts, demo_care, demo_history, demo_needs, demo_partners, demo_series, demo_training
from fieldapp.places.models import Place, PlacePick
from fieldapp.places.services import importing
from fieldapp.shifts.models import Claim, Shift
from fieldapp.shifts.services import series
from fieldapp.training.models import Attendance, Certificate, Course, Grade, TrainingSession

PLACES = Path(__file__).resolve().parents[2] / "data" / "places" / "us_immigration_courts_and_ice_offices.csv"
ROLES = ("volunteer", "trainer", "coordinator", "legal", "admin", "partner")
NAMED = {"Heron": "volunteer", "Maple": "trainer", "Juniper": "coordinator", "Wren": "legal", "Alder": "admin"}
OTHERS = (
    *("Fern", "Sage", "Robin", "Cedar", "Lark", "Hazel", "Brook", "Finch", "Rowan", "Ivy", "Jay", "Linden", "Moss"),
    *("Olive", "Pine", "Quail", "Reed", "Sorrel", "Thyme", "Umber", "Vale", "Willow", "Yarrow", "Aster", "Birch"),
)
STATES = ("NY", "NJ", "PA", "CT", "MA")
HALF_DAYS = ((8 * 60 + 30, 12 * 60 + 30), (13 * 60, 16 * 60 + 30))


@dataclass(frozen=True)
class Link:
    """A one-time enrolment link for one of the demo's people."""

    role: str
    field_name: str
    url: str

    @property
    def qr(self) -> str:
        """The link as a QR code that a terminal can show."""
        out = io.StringIO()
        segno.make(self.url, error="l").terminal(out, compact=True)
        return out.getvalue()


def seed(settings: Settings, now: int) -> bool:
    """Fill an empty database; False, and nothing done, when it holds anything. ``now`` is ms UTC."""
    if db.session.scalar(select(Chapter.id).limit(1)):
        db.session.rollback()
        return False
    chance = random.Random(11)  # noqa: S311 - the same demo each time, nothing secret
    with write() as session:
        chapter, pod = _chapters(session, now)
        session.flush()
        setup.run(session, setup.Installation(settings.host, settings.origin, settings.data_dir, chapter.id, now))
        people = _people(session, chapter, pod, now)
        session.flush()
        course = _training(session, chapter, people, now, chance)
        session.flush()
        importing.run(chapter.id, PLACES.name, PLACES.read_bytes(), now)
        session.flush()
        _rules(session, chapter)
        _guides(session, chapter, people[1], now)
        _shifts(session, chapter, course, people, now, chance)
        session.flush()
        demo_care.add(session, chapter, course, now)
        demo_partners.add(session, chapter, people, now)
        today = to_datetime(now, chapter.zone).date()
        demo_series.add(session, chapter, people, now)
        demo_history.add(session, today - timedelta(days=today.weekday()), chapter.zone, chance)
        demo_training.add(session, chapter, people, now)
        demo_alerts.add(session, chapter, people, now)
        demo_needs.add(session, chapter, today - timedelta(days=today.weekday()), now)
    counting.count(now)
    return True


def links(now: int, address: str) -> list[Link]:
    """A fresh one-time link for each role whose demo person has no passkey yet."""
    found: list[Link] = []
    with write() as session:
        for name, role in NAMED.items():
            person = session.scalar(select(Person).where(Person.field_name == name))
            if person is None or session.scalar(select(Passkey.id).where(Passkey.person_id == person.id).limit(1)):
                continue
            for old in session.scalars(select(Invite).where(Invite.person_id == person.id, Invite.used_at.is_(None))):
                old.revoked_at = old.revoked_at or now
            home = session.scalars(select(Membership.chapter_id).where(Membership.person_id == person.id)).first()
            made = invites.make(session, str(home), [role], now, person_id=person.id, note="demo")
            found.append(Link(role, name, invites.address(address, made.token)))
        if desk := demo_partners.link(session, now):
            found.append(Link("partner", demo_partners.DESK, invites.address(address, desk.token)))
    return sorted(found, key=lambda link: ROLES.index(link.role))


def _chapters(session: Session, now: int) -> tuple[Chapter, Chapter]:
    top, below = new_id(), new_id()
    common = {"zone": "America/New_York", "hotline": "555-0142", "legal_line": "555-0177", "created_at": now}
    chapter = Chapter(id=top, path=f"{top}/", name="Demo Northeast", **common)
    pod = Chapter(id=below, parent_id=top, path=f"{top}/{below}/", name="Demo Queens pod", **common)
    session.add(chapter)
    session.flush()
    session.add(pod)
    return chapter, pod


def _people(session: Session, chapter: Chapter, pod: Chapter, now: int) -> list[Person]:
    made = []
    for name, role in (*NAMED.items(), *((other, "volunteer") for other in OTHERS)):
        person = Person(
            id=new_id(), field_name=name, user_handle=b64u(secrets.token_bytes(64)), created_at=now - 90 * DAY
        )
        person.memberships = [Membership(chapter_id=chapter.id, role=role, since=now - 90 * DAY)]
        if name in {"Quail", "Reed", "Sorrel"}:
            person.memberships[0].chapter_id = pod.id
        session.add(person)
        made.append(person)
    return made


def _guides(session: Session, chapter: Chapter, author: Person, now: int) -> None:
    """A page that the chapter made its own, with a draft of its trainer's that waits for review."""
    page = builtin.pages()["first_shift"]
    guide = writing.take_over(session, chapter.id, page, now - 20 * DAY)
    said = page.texts["en"].text.replace("Read the brief.", "Read the brief on the train.")
    draft = GuideVersion(guide_id=guide.id, lang="en", number=2, title=page.texts["en"].title, text=said)
    draft.about, draft.parts, draft.note = page.texts["en"].about, markdown.parts(said), "Asked for by newcomers"
    draft.author_id, draft.created_at = author.id, now - DAY
    session.add(draft)


def _training(session: Session, chapter: Chapter, people: list[Person], now: int, chance: random.Random) -> Course:
    basics = Course(
        id=new_id(),
        chapter_id=chapter.id,
        name_en="Court watch basics",
        name_es="Observación en cortes: lo básico",
        created_at=now - 200 * DAY,
    )
    watch = Course(
        id=new_id(),
        chapter_id=chapter.id,
        name_en="ICE watch",
        name_es="Observación de ICE",
        created_at=now - 200 * DAY,
    )
    watch.needs = [basics.id]
    session.add_all([basics, watch])
    trainer = people[1]
    evening = local_ms(to_datetime(now, chapter.zone).date() + timedelta(days=1), 18 * 60 + 30, chapter.zone)
    sitting = TrainingSession(
        id=new_id(),
        course_id=basics.id,
        chapter_id=chapter.id,
        trainer_id=trainer.id,
        starts_at=evening,
        ends_at=evening + 2 * HOUR,
        zone=chapter.zone,
        where="Community room, second floor",
        code=new_id(8),
    )
    session.add(sitting)
    session.flush()
    volunteers = [p for p in people if p.field_name in OTHERS or p.field_name == "Heron"]
    for number, person in enumerate(volunteers):
        if number >= len(volunteers) - 5:  # newcomers: on the roster of tomorrow's sitting, not certified yet
            session.add(Attendance(session_id=sitting.id, person_id=person.id, state="signed_up", at=now - DAY))
            session.add(Grade(person_id=person.id, chapter_id=chapter.id, grade="trainee"))
            continue
        since = now - chance.randrange(5, 350) * DAY
        ends = since + 365 * DAY
        by = {"confirmed_by": trainer.id, "confirmed_at": since, "ends_at": ends}
        session.add(Certificate(person_id=person.id, course_id=basics.id, **by))
        grade = "lead" if number % 6 == 1 else "watcher" if number % 2 else "shadow"
        session.add(Grade(person_id=person.id, chapter_id=chapter.id, grade=grade))
    return basics


def _rules(session: Session, chapter: Chapter) -> None:
    """A few places get what a coordinator would have written down."""
    court = session.scalar(
        select(Place).where(Place.chapter_id == chapter.id, Place.kind == "immigration_court", Place.state == "NY")
    )
    if court is None:
        return
    court.device_rules = {
        "phones": "off_in_courtroom",
        "note": {
            "en": "Phones are off in the courtroom. Hallways are fine.",
            "es": "Teléfonos apagados en la sala. En los pasillos se puede.",
        },
    }
    court.meeting_spot = "By the Worth Street doors, 15 minutes before"
    for name, labels in (("judges", ("Judge A (demo)", "Judge B (demo)")), ("courtrooms", ("12", "14", "15"))):
        session.add_all(PlacePick(place_id=court.id, list=name, label=label) for label in labels)


def _shifts(
    session: Session, chapter: Chapter, course: Course, people: list[Person], now: int, chance: random.Random
) -> None:
    """Four weeks of half-days at eight courts, claimed unevenly, so that coverage has something to say."""
    courts = list(
        session.scalars(
            select(Place)
            .where(Place.chapter_id == chapter.id, Place.kind == "immigration_court", Place.state.in_(STATES))
            .order_by(Place.name)
            .limit(8)
        )
    )
    session.flush()
    certified = list(
        session.scalars(
            select(Person)
            .join(Certificate, Certificate.person_id == Person.id)
            .where(Certificate.ends_at > now + 15 * DAY, Person.field_name != "Heron")
            .order_by(Person.field_name)
        )
    )
    today = to_datetime(now, chapter.zone).date()
    monday = today - timedelta(days=today.weekday())
    busy: set[tuple[str, date, int]] = set()
    for day in (monday + timedelta(days=n) for n in range(-14, 14)):
        if day.weekday() > 4 or series.holiday(day):
            continue
        for place in courts:
            for half, (begin, end) in enumerate(HALF_DAYS):
                if chance.random() < 0.45:
                    continue
                shift = _shift(
                    chapter, place, course, (local_ms(day, begin, place.zone), local_ms(day, end, place.zone)), chance
                )
                session.add(shift)
                session.flush()
                free = [p for p in certified if (p.id, day, half) not in busy]
                wanted = shift.seats if day < today or chance.random() < 0.7 else chance.randrange(0, shift.seats)
                for person in chance.sample(free, min(len(free), wanted)):
                    busy.add((person.id, day, half))
                    session.add(_claim(shift, person, now, sure=day < today or chance.random() < 0.8))
                    shift.taken += 1


def _shift(chapter: Chapter, place: Place, course: Course, hours: tuple[int, int], chance: random.Random) -> Shift:
    return Shift(
        id=new_id(),
        chapter_id=chapter.id,
        place_id=place.id,
        starts_at=hours[0],
        ends_at=hours[1],
        minimum=2,
        seats=chance.choice((2, 2, 3)),
        course_id=course.id,
    )


def _claim(shift: Shift, person: Person, now: int, *, sure: bool) -> Claim:
    """A claim; on a shift that is over, with somebody who came and went."""
    over = shift.ends_at < now
    return Claim(
        shift_id=shift.id,
        person_id=person.id,
        state="confirmed" if sure else "claimed",
        at=min(now, shift.starts_at) - 2 * DAY,
        confirmed_at=min(now, shift.starts_at) - DAY if sure else None,
        here_at=shift.starts_at if over else None,
        out_at=shift.ends_at if over else None,
    )
