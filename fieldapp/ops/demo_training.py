"""What the demo shows of training: a quiz, a code of conduct, a session online, newcomers on their way, shadowed shifts."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Chapter, Person
from fieldapp.core.clock import DAY, HOUR
from fieldapp.core.ids import new_id
from fieldapp.shifts.models import Claim, Shift, SignOff
from fieldapp.training.models import (
    Attendance,
    ConductAccepted,
    ConductVersion,
    Course,
    Grade,
    QuizVersion,
    TrainingSession,
    WelcomeCall,
)
from fieldapp.training.services.conduct_texts import EXAMPLE

Said = tuple[str, str]
QUESTIONS: tuple[tuple[Said, tuple[Said, ...], int, Said], ...] = (
    (
        ("May you film in a courtroom?", "¿Puedes grabar en una sala de audiencias?"),
        (
            ("Yes, quietly", "Sí, con discreción"),
            ("No: phones are off there", "No: ahí los teléfonos van apagados"),
            ("Only the judge", "Solo al juez"),
        ),
        1,
        (
            "Only the court records. A phone that rings ends the visit.",
            "Solo graba la corte. Un teléfono que suena termina la visita.",
        ),
    ),
    (
        ("An officer tells you to leave. What first?", "Un agente te dice que salgas. ¿Qué haces primero?"),
        (
            ("Ask if it is an order, then leave", "Preguntar si es una orden y salir"),
            ("Stay and argue", "Quedarme y discutir"),
        ),
        0,
        (
            "Say the time aloud, leave, then write what happened.",
            "Di la hora en voz alta, sal y después anota lo que pasó.",
        ),
    ),
    (
        ("What do you never write?", "¿Qué no anotas nunca?"),
        (
            ("What officials said", "Lo que dijeron las autoridades"),
            ("The name of the person in court", "El nombre de la persona en la corte"),
            ("The number of cases", "El número de casos"),
        ),
        1,
        ("A judge and the government's lawyer may read it.", "Lo pueden leer un juez y la abogada del gobierno."),
    ),
)


def add(session: Session, chapter: Chapter, people: Sequence[Person], now: int) -> None:
    """Add it in the caller's transaction; ``people`` as the demo made them, the trainer second and the coordinator third."""
    courses = list(session.scalars(select(Course).where(Course.chapter_id == chapter.id).order_by(Course.name_en)))
    for course in courses:
        course.materials, course.renew_by = ["rights", "first_shift"], ["session", "quiz"]
        session.add(_quiz(course, people[1], now))
    _online(session, chapter, courses[-1], people, now)
    _conduct(session, chapter, people, now)
    _newcomers(session, people, now)
    _shadows(session, people, now)


def _quiz(course: Course, author: Person, now: int) -> QuizVersion:
    said = [
        {
            "text": dict(zip(("en", "es"), text, strict=True)),
            "choices": [dict(zip(("en", "es"), choice, strict=True)) for choice in choices],
            "right": right,
            "why": dict(zip(("en", "es"), why, strict=True)),
        }
        for text, choices, right, why in QUESTIONS
    ]
    made = QuizVersion(course_id=course.id, number=1, questions=said, pass_mark=80, tries=3, counts_from=1)
    made.created_by, made.created_at = author.id, now - 30 * DAY
    return made


def _online(session: Session, chapter: Chapter, course: Course, people: Sequence[Person], now: int) -> None:
    begins = now - now % HOUR + 3 * DAY
    made = TrainingSession(
        id=new_id(),
        course_id=course.id,
        chapter_id=chapter.id,
        trainer_id=people[1].id,
        starts_at=begins,
        ends_at=begins + 2 * HOUR,
        zone=chapter.zone,
        where="On a call",
        mode="online",
        link="https://meet.example.org/demo-room",
        capacity=40,
        code=new_id(8),
    )
    session.add(made)
    session.flush()
    session.add(Attendance(session_id=made.id, person_id=people[0].id, state="signed_up", at=now - DAY))


def _conduct(session: Session, chapter: Chapter, people: Sequence[Person], now: int) -> None:
    made = ConductVersion(chapter_id=chapter.id, number=1, text_en=EXAMPLE["en"], text_es=EXAMPLE["es"])
    made.author_id, made.created_at = people[2].id, now - 5 * DAY
    made.published_by, made.published_at = people[4].id, now - 4 * DAY
    session.add(made)
    session.flush()
    for person in people[5:-6]:
        session.add(ConductAccepted(version_id=made.id, person_id=person.id, at=now - 3 * DAY))


def _newcomers(session: Session, people: Sequence[Person], now: int) -> None:
    for number, person in enumerate(people[-5:]):
        for membership in person.memberships:
            membership.since = now - (3 + 2 * number) * DAY
        if number > 1:
            call = WelcomeCall(person_id=person.id, outcome="called", by_id=people[2].id, at=now - number * DAY)
            session.add(call)


def _shadows(session: Session, people: Sequence[Person], now: int) -> None:
    """Everyone who shadows works on something; one of them was signed off twice; the newest shifts wait for a word."""
    came = or_(Claim.here_at.is_not(None), Claim.out_at.is_not(None))
    query = (
        select(Shift, Claim.person_id)
        .join(Claim, Claim.shift_id == Shift.id)
        .join(Grade, Grade.person_id == Claim.person_id)
        .where(Grade.grade == "shadow", came, Shift.ends_at < now)
        .order_by(Shift.ends_at, Shift.id, Claim.person_id)
    )
    rows = session.execute(query).tuples().all()
    chosen = rows[0][1] if rows else ""
    signed = 0
    for shift, person_id in rows[:-2]:
        good = person_id == chosen and signed < 2
        signed += good
        said = SignOff(shift_id=shift.id, person_id=person_id, result="signed" if good else "work")
        said.codes, said.by_id, said.at = [] if good else ["writing"], people[1].id, shift.ends_at + HOUR
        session.add(said)
