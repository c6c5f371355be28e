"""A chapter with people around one courthouse, for the response to an alert."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fieldapp.accounts.identity import actor_for
from fieldapp.accounts.models import Person
from fieldapp.alerts.models import Alert, AlertAsk, AlertEvent, Notice
from fieldapp.alerts.services import escalation, stages, verifying
from fieldapp.core.actor import Actor
from fieldapp.core.clock import DAY, MINUTE
from fieldapp.core.db import db
from fieldapp.shifts.models import Preference
from tests.phones import Phone, phone_of
from tests.pushservice import PushService

YES = {"specific": "yes", "two_or_lead": "yes"}


class Courthouse:
    """``scene.coordinator("Finch")``, ``scene.observer("Alder")``, ``scene.pass_minutes(7)``."""

    def __init__(self, make: Any, clock: Any) -> None:
        self.make, self.clock = make, clock
        self.service = PushService()
        self.parent = make.chapter("Parent")
        self.chapter = make.chapter("Chapter", self.parent)
        self.place = make.place(self.chapter, zone="America/New_York")
        self.course = make.course(self.chapter)
        self.reporter = self.phone(make.person(self.chapter, field_name="Reporter"))

    def phone(self, person: Person, chapter: Any = None) -> Phone:
        """A phone with push."""
        made = phone_of(self.make, person, chapter or self.chapter)
        made.subscribe(self.service)
        return made

    def coordinator(self, name: str, chapter: Any = None) -> Phone:
        """A coordinator with a phone."""
        chapter = chapter or self.chapter
        return self.phone(self.make.person(chapter, "coordinator", field_name=name), chapter)

    def observer(self, name: str, *, certified: bool = True, likes: bool = True) -> Phone:
        """A volunteer who likes the courthouse."""
        person = self.make.person(self.chapter, "volunteer", field_name=name)
        if certified:
            self.make.certificate(person, self.course)
        if likes:
            row = Preference(person_id=person.id, likes={"places": [self.place.id]}, never={}, at=self.clock.now())
            self.make.keep(row)
        return self.phone(person)

    def report(self, what: str = "ice_here", **more: Any) -> str:
        """The reporter's alert at the courthouse; its id."""
        return str(self.reporter.raise_alert(what, place=self.place.id, **more).id)

    def actor(self, phone: Phone, *, fresh: bool = False) -> Actor:
        """The phone's person, signed in; ``fresh``: with a user verification of just now."""
        made = actor_for(phone.person)
        return replace(made, step_up_until=self.clock.now() + 5 * MINUTE) if fresh else made

    def pass_minutes(self, minutes: float) -> None:
        """Let time pass, a minute at a time, with a worker that looks each minute."""
        left = int(minutes * MINUTE)
        while left > 0:
            step = min(left, MINUTE)
            self.clock.advance(step)
            left -= step
            now = self.clock.now()
            escalation.climb_due(now)
            stages.respond_due(now)
            verifying.checks_due(now)

    def alert(self, alert_id: str) -> Alert:
        """Its row as it is now."""
        db.session.rollback()
        return db.session.get_one(Alert, alert_id, populate_existing=True)

    def notice(self, phone: Phone, what: str) -> str | None:
        """The person's newest notice of a kind."""
        mine = [n for n in self.make.all(Notice) if n.person_id == phone.person.id and n.what == what]
        return str(max(mine, key=lambda n: (n.created_at, n.step)).id) if mine else None

    def told(self, what: str) -> list[str]:
        """Field names of those who have a notice of a kind."""
        names = {p.id: p.field_name for p in self.make.all(Person)}
        return sorted({names[n.person_id] for n in self.make.all(Notice) if n.what == what and n.step >= 0})

    def heard_the_end(self) -> list[str]:
        """Field names of those who were told that it is over."""
        names = {p.id: p.field_name for p in self.make.all(Person)}
        return sorted({names[n.person_id] for n in self.make.all(Notice) if n.step < 0})

    def asked(self) -> list[AlertAsk]:
        """Who was asked to look, in their order."""
        rows = [a for a in self.make.all(AlertAsk) if a.kind == "verify"]
        return sorted(rows, key=lambda a: (a.pair, a.asked_at, a.id))

    def trail(self) -> list[str]:
        """What happened, oldest first."""
        return [e.what for e in sorted(self.make.all(AlertEvent), key=lambda e: e.at)]


LONG = 2 * DAY
