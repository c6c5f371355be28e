"""What partner organisations ask for: asked and taken back by them, answered by coordinators, erased when it is long over.

One coordinator is enough for every answer. Where a chapter has none, those of the chapters above see the same inbox.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import pairwise

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Chapter, Membership, Person
from fieldapp.accounts.services import chapters, partners
from fieldapp.core import jobs
from fieldapp.core.actor import COORDINATOR, Actor
from fieldapp.core.clock import DAY, local_ms, to_datetime
from fieldapp.core.db import db, write
from fieldapp.core.errors import N_, DomainError, Invalid, NotFound
from fieldapp.shifts import policy
from fieldapp.shifts.models import PartnerAsk, PartnerAskShift, Shift
from fieldapp.shifts.services import brief, messages, partner_forms, partner_lines, plan
from fieldapp.shifts.services.partner_lines import Line

OPEN = ("asked", "question")
WAITS = "shifts.partner_ask_waits"
SHIFT_KINDS = {"accompany": "accompany", "turnout": "turnout", "observe": "observe", "interpret": "accompany"}
MOST_A_DAY = 30  # of one organisation; taken back or answered ones count too
KEPT_DAYS = 30  # unless the chapter says otherwise


# What an organisation does


def ask(actor: Actor, values: Mapping[str, str], now: int) -> PartnerAsk:
    """Ask for people. ``values`` are a form's; hours are on the place's clocks. Raises Forbidden, Invalid, LooksPrivate."""
    partner, chapter = partners.own(actor)
    made = partner_forms.read(values, chapter, now)
    made.partner_id, made.by_id, made.created_at = partner.id, actor.person_id, now
    partner_forms.refuse_private({"area": made.area, "contact": made.contact}, values)
    _refuse_many(partner.id, now)
    with write() as session:
        session.add(made)
        session.flush()
        _tell_coordinators(session, made, [partner.chapter_id], now)
        waits = now + min(DAY, max(0, made.starts_at - now) // 2)
        jobs.enqueue(session, WAITS, {"ask": made.id}, run_at=waits)
    return made


def _refuse_many(partner_id: str, now: int) -> None:
    """Each ask wakes every coordinator: one organisation's login, or whoever has it, must not do that without end."""
    mine = (PartnerAsk.partner_id == partner_id, PartnerAsk.created_at > now - DAY)
    if (db.session.scalar(select(func.count()).select_from(PartnerAsk).where(*mine)) or 0) >= MOST_A_DAY:
        raise DomainError(
            "too_many",
            N_("Thirty asks were sent in the last 24 hours."),
            safe=N_("Those are with the chapter. This one was not sent."),
            do=N_("Call the chapter's hotline if it cannot wait until tomorrow."),
            status=429,
        )


@jobs.handler(WAITS)
def climb(payload: dict[str, str], now: int) -> None:
    """Nobody answered for a day, or half the time there was: the coordinators of the chapters above are told too."""
    found = db.session.get(PartnerAsk, payload["ask"])
    if found is None or found.state != "asked" or found.ends_at <= now:
        return
    path = db.session.get_one(Chapter, found.chapter_id).path
    with write() as session:
        _tell_coordinators(session, found, [step for step in path.split("/") if step], now)


def withdraw(actor: Actor, ask_id: str, now: int) -> None:
    """Take back an ask that nobody answered yet. Raises Forbidden, NotFound, DomainError("answered")."""
    found = _own(actor, ask_id)
    with write() as session:
        _move(session, found.id, OPEN, state="withdrawn", over_at=now)


def reply(actor: Actor, ask_id: str, values: Mapping[str, str], now: int) -> None:
    """Answer the chapter's one question. Raises Forbidden, NotFound, Invalid, LooksPrivate, DomainError("answered")."""
    found = _own(actor, ask_id)
    said = partner_forms.said(values.get("reply", ""), "reply", N_("Write the answer."))
    partner_forms.refuse_private({"reply": said}, values)
    with write() as session:
        _move(session, found.id, ("question",), state="asked", reply=said)
        _tell_coordinators(session, found, [found.chapter_id], now, again=True)


def mine(actor: Actor) -> list[Line]:
    """The organisation's asks, the newest first. A fixed number of queries. Raises Forbidden."""
    partner, _ = partners.own(actor)
    return partner_lines.of(PartnerAsk.partner_id == partner.id, PartnerAsk.created_at.desc())


# What a coordinator does


def inbox(actor: Actor, *, closed: bool = False) -> list[Line]:
    """Asks of the chapters that the actor coordinates: those that wait, the soonest first; or the rest, newest first. Raises Forbidden."""
    where = actor.where(COORDINATOR)
    policy.demand(bool(where))
    here = PartnerAsk.chapter_id.in_(where)
    if closed:
        return partner_lines.of(
            here & PartnerAsk.state.not_in(OPEN) & PartnerAsk.erased_at.is_(None), PartnerAsk.starts_at.desc()
        )
    return partner_lines.of(here & PartnerAsk.state.in_(OPEN), PartnerAsk.starts_at)


def waiting(actor: Actor) -> int:
    """How many asks wait for an answer of the actor's. One indexed query."""
    where = actor.where(COORDINATOR)
    waits = (PartnerAsk.chapter_id.in_(where), PartnerAsk.state == "asked")
    return (db.session.scalar(select(func.count()).select_from(PartnerAsk).where(*waits)) or 0) if where else 0


def get(actor: Actor, ask_id: str) -> Line:
    """One ask of a chapter that the actor coordinates. Raises NotFound, Forbidden."""
    found = db.session.get(PartnerAsk, ask_id)
    if found is None or found.chapter_id not in actor.chapters or found.erased_at is not None:
        raise NotFound()
    policy.demand(actor.has(found.chapter_id, COORDINATOR))
    return partner_lines.of(PartnerAsk.id == ask_id, PartnerAsk.id)[0]


def question(actor: Actor, ask_id: str, text: str, now: int) -> None:
    """Ask back, once. Raises NotFound, Forbidden, Invalid, DomainError("answered")."""
    line = get(actor, ask_id)
    said = partner_forms.said(text, "question", N_("Write the question."))
    if line.ask.question:
        raise DomainError("asked_already", N_("One question was asked already."), safe=N_("Nothing was changed."))
    with write() as session:
        _move(session, ask_id, ("asked",), state="question", question=said, answered_by=actor.person_id)
        _tell_organisation(session, line.ask, now)


def decline(actor: Actor, ask_id: str, reason: str, now: int) -> None:
    """Say no, with a reason that the organisation reads. Raises NotFound, Forbidden, Invalid, DomainError("answered")."""
    line = get(actor, ask_id)
    said = partner_forms.said(reason, "reason", N_("Say why: the organisation reads it."))
    with write() as session:
        answer = {"reason": said, "answered_by": actor.person_id, "answered_at": now, "over_at": now}
        _move(session, ask_id, OPEN, state="declined", **answer)
        _tell_organisation(session, line.ask, now)


def accept(actor: Actor, ask_id: str, values: Mapping[str, str], now: int) -> list[Shift]:
    """Make it shifts: ``place_id``, ``minimum``, ``seats``, ``note`` for their brief cards, and ``parts``: how many one after the other.

    Raises NotFound, Forbidden, Invalid, DomainError("answered").
    """
    line = get(actor, ask_id)
    place, chapter = plan.place_for(actor, values.get("place_id") or line.ask.place_id or "")
    policy.demand(policy.can_plan(actor, chapter.id))
    minimum, seats, parts = partner_forms.numbers(values)
    if line.ask.ends_at <= now:
        raise Invalid(N_("The hours of this ask are over. Decline it with a word to the organisation."))
    edges = [line.ask.starts_at + (line.ask.ends_at - line.ask.starts_at) * n // parts for n in range(parts + 1)]
    known = {one.id for one in plan.courses_for(chapter)}
    course = line.ask.course_id if line.ask.course_id in known else None
    with write() as session:
        _move(session, ask_id, OPEN, state="accepted", answered_by=actor.person_id, answered_at=now)
        made = [
            Shift(
                chapter_id=chapter.id,
                place_id=place.id,
                starts_at=begin,
                ends_at=end,
                kind=SHIFT_KINDS[line.ask.what],
                minimum=minimum,
                seats=seats,
                course_id=course,
                brief=brief.clean({"note": partner_forms.brief_note(line.ask.lang, values.get("note", ""))}),
            )
            for begin, end in pairwise(edges)
        ]
        session.add_all(made)
        session.flush()
        session.add_all(PartnerAskShift(ask_id=ask_id, shift_id=shift.id) for shift in made)
        session.flush()
        chapters.touch(session, chapter.id)
        _tell_organisation(session, line.ask, now)
    return made


def language_of(shift_id: str) -> str:
    """The language that a partner asked for, for a shift that came of it; empty for none. One query."""
    query = select(PartnerAsk.lang).join(PartnerAskShift, PartnerAskShift.ask_id == PartnerAsk.id)
    return db.session.scalar(query.where(PartnerAskShift.shift_id == shift_id, PartnerAsk.lang != "")) or ""


def kept_days(chapter: Chapter) -> int:
    """For how many days after it is over an ask's words are kept."""
    return int((chapter.settings or {}).get("asks_days", KEPT_DAYS))


def keep_for(actor: Actor, chapter_id: str, days: str) -> None:
    """Change that. Raises NotFound, Forbidden, Invalid."""
    chapter = chapters.get(actor, chapter_id)
    policy.demand(actor.has(chapter_id, COORDINATOR))
    days = days.strip()
    if not days.isdecimal() or len(days) > 2 or not 1 <= int(days) <= 90:
        raise Invalid(fields={"days": N_("Between 1 and 90 days.")})
    with write() as session:
        live = chapters.hold(session, chapter.id)
        live.settings = {**(live.settings or {}), "asks_days": int(days)}


def forget(now: int) -> int:
    """Erase the words of asks that were over long enough ago; counts stay. Returns how many. Twice does nothing more."""
    query = select(PartnerAsk, Chapter).join(Chapter, Chapter.id == PartnerAsk.chapter_id)
    old = query.where(PartnerAsk.erased_at.is_(None), PartnerAsk.over_at <= now - DAY).limit(500)
    done = [ask for ask, chapter in db.session.execute(old) if ask.over_at <= now - kept_days(chapter) * DAY]
    if not done:
        return 0
    counts = partner_lines.counts_of([ask.id for ask in done])
    with write() as session:
        for one in done:
            _erase(session, one, counts.get(one.id, partner_lines.Count()).came, now)
    return len(done)


def _erase(session: Session, one: PartnerAsk, came: int, now: int) -> None:
    month = to_datetime(one.starts_at, one.zone).date().replace(day=1)
    first = local_ms(month, 0, one.zone)
    blank = dict.fromkeys(("area", "contact", "question", "reply", "reason", "lang"), "")
    gone = dict.fromkeys(("by_id", "place_id", "course_id", "answered_by", "answered_at"))
    days = {"starts_at": first, "ends_at": first + DAY, "created_at": first, "over_at": first + DAY}
    values = {**blank, **gone, **days, "came": came, "erased_at": now}
    left = (PartnerAsk.id == one.id, PartnerAsk.erased_at.is_(None))
    session.execute(update(PartnerAsk).where(*left).values(values).execution_options(synchronize_session=False))
    session.execute(PartnerAskShift.__table__.delete().where(PartnerAskShift.ask_id == one.id))  # type: ignore[attr-defined]


def _tell_coordinators(
    session: Session, one: PartnerAsk, chapter_ids: Collection[str], now: int, *, again: bool = False
) -> None:
    """Tell the coordinators of these chapters; where the first has none of its own, those of the next chapter above."""
    where = list(chapter_ids)
    found = _coordinators(session, where)
    while not found and (above := session.get_one(Chapter, where[0]).parent_id):
        where = [above]
        found = _coordinators(session, where)
    for person_id in found:
        once = None if again else f"partner-ask:{one.id}:{person_id}"
        detail = {
            "en": "A partner organisation answered your question."
            if again
            else "A partner organisation asks for people.",
            "es": "Una organización aliada contestó tu pregunta." if again else "Una organización aliada pide gente.",
        }
        _tell(session, one, person_id, detail, now, once)


def _coordinators(session: Session, chapter_ids: Collection[str]) -> list[str]:
    query = (
        select(Membership.person_id)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.chapter_id.in_(chapter_ids), Membership.role == COORDINATOR, Person.disabled_at.is_(None))
    )
    return sorted(set(session.scalars(query)))


def _tell_organisation(session: Session, one: PartnerAsk, now: int) -> None:
    """Its people are told that there is an answer; what it is they read on their page."""
    detail = {"en": "The chapter answered what you asked for.", "es": "El capítulo contestó lo que pidieron."}
    for person_id in partners.people_of(one.partner_id):
        _tell(session, one, person_id, detail, now)


def _tell(
    session: Session, one: PartnerAsk, person_id: str, detail: dict[str, str], now: int, once: str | None = None
) -> None:
    messages.send(
        session,
        person_id=person_id,
        kind="chapter",
        chapter_id=one.chapter_id,
        now=now,
        until=one.ends_at,
        detail=detail,
        once=once,
    )


def _own(actor: Actor, ask_id: str) -> PartnerAsk:
    partner, _ = partners.own(actor)
    found = db.session.get(PartnerAsk, ask_id)
    if found is None or found.partner_id != partner.id:
        raise NotFound()
    return found


def _move(session: Session, ask_id: str, states: Collection[str], **values: object) -> None:
    """Change an ask that still is in one of ``states``. Raises DomainError("answered") where somebody was faster."""
    still = update(PartnerAsk).where(PartnerAsk.id == ask_id, PartnerAsk.state.in_(states))
    done = session.execute(still.values(**values).execution_options(synchronize_session=False))
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise DomainError(
            "answered",
            N_("This ask was answered or taken back a moment ago."),
            safe=N_("Nothing was changed."),
            do=N_("Load the page again to see how it stands now."),
        )
