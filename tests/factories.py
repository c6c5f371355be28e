"""Factories: each makes one thing, committed, with sensible defaults. They mirror the models."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any

from flask import Flask

from fieldapp.accounts.identity import actor_for
from fieldapp.accounts.models import Chapter, Membership, Partner, PartnerPerson, Person
from fieldapp.core.canonical import b64u
from fieldapp.core.clock import DAY, HOUR, Clock
from fieldapp.core.db import Base, db, write
from fieldapp.core.ids import new_id
from fieldapp.places.models import Place
from fieldapp.records.services import boxes, holders
from fieldapp.shifts.models import Shift
from fieldapp.training.models import Certificate, Course
from tests.counsel import BoxKit, Counsel
from tests.phone import Phone


class Factory:
    """``make.person(...)`` and so on."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._count = 0

    def keep(self, thing: Any) -> Any:
        """Commit ``thing`` and give it back."""
        with write() as session:
            session.add(thing)
        return thing

    def number(self) -> int:
        """1, 2, 3 …: for names."""
        self._count += 1
        return self._count

    def chapter(self, name: str = "", parent: Chapter | None = None, **more: Any) -> Chapter:
        """A chapter, or a pod of ``parent``."""
        made = new_id()
        path = (parent.path if parent else "") + made + "/"
        values = {"name": name or f"Chapter {self.number()}", "hotline": "555-0100", **more}
        return self.keep(
            Chapter(id=made, parent_id=parent.id if parent else None, path=path, created_at=self.clock.now(), **values)
        )

    def person(self, chapter: Chapter, *roles: str, field_name: str = "", **more: Any) -> Person:
        """A person with roles in a chapter (volunteer unless said)."""
        now = self.clock.now()
        name = field_name or f"Fern {self.number()}"
        person = Person(id=new_id(), field_name=name, user_handle=b64u(secrets.token_bytes(64)), created_at=now, **more)
        person.memberships = [Membership(chapter_id=chapter.id, role=r, since=now) for r in roles or ("volunteer",)]
        return self.keep(person)

    def partner(self, chapter: Chapter, name: str = "", kind: str = "immigrant_led", **more: Any) -> Partner:
        """A partner organisation of a chapter."""
        values = {"name": name or f"Casa {self.number()}", "kind": kind, **more}
        return self.keep(Partner(chapter_id=chapter.id, created_at=self.clock.now(), **values))

    def partner_person(self, partner: Partner, field_name: str = "") -> Person:
        """Somebody who signs in for a partner organisation."""
        now = self.clock.now()
        name = field_name or f"Front desk {self.number()}"
        person = self.keep(
            Person(id=new_id(), field_name=name, user_handle=b64u(secrets.token_bytes(64)), created_at=now)
        )
        self.keep(PartnerPerson(person_id=person.id, partner_id=partner.id, since=now))
        return person

    def place(
        self, chapter: Chapter, name: str = "", at: tuple[float, float] | None = (40.7153, -74.0037), **more: Any
    ) -> Place:
        """A place; ``at`` is (latitude, longitude)."""
        values = {
            "kind": "immigration_court",
            "zone": "America/New_York",
            "name": name or f"Court {self.number()}",
            **more,
        }
        geom = f"SRID=4326;POINT({at[1]} {at[0]})" if at else None
        return self.keep(Place(chapter_id=chapter.id, geom=geom, created_at=self.clock.now(), **values))

    def course(self, chapter: Chapter, name: str = "Court watch basics", **more: Any) -> Course:
        """A course."""
        values = {"name_en": name, "name_es": name, **more}
        return self.keep(Course(chapter_id=chapter.id, created_at=self.clock.now(), **values))

    def certificate(self, person: Person, course: Course, *, ends_in: int = 365 * DAY, **more: Any) -> Certificate:
        """A certificate that ends ``ends_in`` ms from now."""
        now = self.clock.now()
        return self.keep(
            Certificate(person_id=person.id, course_id=course.id, confirmed_at=now, ends_at=now + ends_in, **more)
        )

    def shift(self, place: Place, *, starts_in: int = DAY, lasts: int = 3 * HOUR, **more: Any) -> Shift:
        """A shift at ``place``, from ``starts_in`` ms from now."""
        start = self.clock.now() + starts_in
        values = {"chapter_id": place.chapter_id, **more}
        return self.keep(Shift(place_id=place.id, starts_at=start, ends_at=start + lasts, **values))

    def phone(self, person: Person, chapter: Chapter | None = None) -> Phone:
        """A phone whose key is registered for ``person`` in ``chapter`` (the first of their own unless said)."""
        from flask import current_app

        home = chapter or db.session.get_one(Chapter, person.memberships[0].chapter_id)
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
        return Phone(app, self.clock, person, home).register()

    def box(self, chapter: Chapter, counsel: Counsel | None = None, purpose: str = "legal") -> BoxKit:
        """A chapter's box, kept by ``counsel`` (a new legal partner unless given); ``.identity`` opens what is sealed to it."""
        now = self.clock.now()
        keeper = counsel or Counsel(self.person(chapter, "legal"))
        assert keeper.person is not None
        actor = replace(actor_for(keeper.person), step_up_until=now + 1)
        if not keeper.holder:
            keeper.holder = holders.create(actor, keeper.new_holder(), now).id
        kit = BoxKit(chapter.id)
        said = kit.first(keeper, now, purpose=purpose)
        boxes.create(actor, chapter.id, said["manifest"], said["grants"], now)
        return kit

    def all(self, model: type[Base]) -> list[Any]:
        """Every row of a model, read anew."""
        db.session.rollback()
        db.session.expire_all()
        return list(db.session.scalars(db.select(model)))
