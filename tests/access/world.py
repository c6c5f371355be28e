"""The world that the access matrix is walked in: four chapters, and one of each kind of person in every one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask

from fieldapp.accounts.models import Chapter, Person
from fieldapp.core.clock import DAY, FixedClock
from fieldapp.core.db import write
from tests.factories import Factory
from tests.people import Browser, Page

KINDS = ("trainee", "certified", "lapsed", "coordinator", "trainer", "legal", "admin", "disabled", "partner")
WHERE = ("here", "parent", "pod", "another")
OUTSIDE = ("pod", "another")  # nobody acts upward or sideways
NOBODY = ("anonymous", "invited")


@dataclass
class World:
    """Chapters, people, their browsers, and the things that rows name."""

    app: Flask
    make: Factory
    clock: FixedClock
    chapters: dict[str, Chapter] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)
    things: dict[str, str] = field(default_factory=dict)

    def page(self, actor: str, *, fresh: bool) -> Page:
        """This actor's browser; with ``fresh`` another one, signed in for one request."""
        if fresh and actor in self.people:
            return Browser(self.app, self.clock)(self.people[actor])
        return self.pages[actor]

    def fill(self, value: Any) -> Any:
        """A row's value: a thing, what a function makes, or the value itself."""
        if callable(value):
            return value(self)
        if isinstance(value, str) and value.startswith("@"):
            return self.things[value[1:]]
        if isinstance(value, dict):
            return {name: self.fill(inner) for name, inner in value.items()}
        return value


def build(app: Flask, clock: FixedClock, more: list[Callable[[World], dict[str, str]]]) -> World:
    """Make the world once; ``more`` are the domains' own things."""
    world = World(app, Factory(clock), clock)
    _chapters(world)
    course = world.make.course(world.chapters["parent"])
    browser = Browser(app, clock)
    for where in WHERE:
        for kind in KINDS:
            _person(world, where, kind, course, browser)
    for name in NOBODY:
        world.pages[name] = browser.nobody()
    world.things |= {name: chapter.id for name, chapter in world.chapters.items()}
    world.things |= {name: person.id for name, person in world.people.items()}
    world.things["course"] = course.id
    for things in more:
        world.things |= things(world)
    return world


def _chapters(world: World) -> None:
    make = world.make
    parent = make.chapter("Parent")
    here = make.chapter("Here", parent)
    world.chapters = {
        "parent": parent,
        "here": here,
        "pod": make.chapter("Pod", here),
        "another": make.chapter("Another", parent),
    }


def _person(world: World, where: str, kind: str, course: Any, browser: Browser) -> None:
    role = kind if kind in {"coordinator", "trainer", "legal", "admin"} else "volunteer"
    name, chapter = f"{where} {kind}", world.chapters[where]
    asks = kind == "partner"
    person = (
        world.make.partner_person(world.make.partner(chapter), name)
        if asks
        else world.make.person(chapter, role, field_name=name)
    )
    if kind in {"certified", "lapsed"}:
        world.make.certificate(person, course, ends_in=100 * DAY if kind == "certified" else -DAY)
    page = browser(person)
    page.csrf()  # while still signed in: it is bound to the cookie, not to the session
    if kind == "disabled":
        with write() as session:
            session.merge(person).disabled_at = world.clock.now()
    world.people[f"{where}-{kind}"] = person
    world.pages[f"{where}-{kind}"] = page
