"""A suggested plan: it proposes the qualified and free for the worst gaps, says why, and sends nothing until a coordinator does."""

from __future__ import annotations

import re

import pytest

from fieldapp.core.clock import DAY, HOUR
from fieldapp.core.db import write
from fieldapp.shifts.models import Claim, Message, Shift
from fieldapp.training.models import Grade


@pytest.fixture
def team(make):
    """A chapter with a course, a court, an experienced volunteer and two newer ones, all certified; and a coordinator."""

    class Team:
        chapter = make.chapter("Northeast")
        course = make.course(chapter)
        court = make.place(chapter, "Court of the plan")
        coordinator = make.person(chapter, "coordinator", field_name="Juniper")

        def person(self, name, *, grown=False, certified=True, chapter=None):
            made = make.person(chapter or self.chapter, field_name=name)
            if certified:
                make.certificate(made, self.course)
            if grown:
                make.keep(Grade(person_id=made.id, chapter_id=self.chapter.id, grade="watcher"))
            return made

        def shift(self, starts_in=DAY, **more):
            return make.shift(self.court, starts_in=starts_in, course_id=self.course.id, **more)

    return Team()


def proposed(text):
    """Shift and person of every tick."""
    return re.findall(r'name="ask" value="(\w+):(\w+)"', text)


def test_the_plan_proposes_one_experienced_and_one_new_with_the_reason_and_sends_nothing(make, sign_in, team):
    old, new = team.person("Old oak", grown=True), team.person("New fern")
    team.person("Uncertified", certified=False)
    shift = team.shift()
    text = sign_in(team.coordinator).get("/coverage/plan").text
    assert proposed(text) == [(shift.id, old.id), (shift.id, new.id)]
    assert "experienced: without them it cannot run" in text
    assert "newer, beside someone experienced" in text
    assert make.all(Message) == [] and make.all(Claim) == []


def test_each_that_is_ticked_becomes_an_ask_and_never_a_claim(make, sign_in, team):
    old, new = team.person("Old oak", grown=True), team.person("New fern")
    shift = team.shift()
    page = sign_in(team.coordinator)
    answer = page.post("/coverage/plan", {"ask": [f"{shift.id}:{old.id}"], "days": "7"})
    assert answer.status_code == 302
    assert [(m.kind, m.person_id, m.shift_id, m.from_id) for m in make.all(Message)] == [
        ("ask", old.id, shift.id, team.coordinator.id)
    ]
    assert make.all(Claim) == []
    after = page.get("/coverage/plan").text
    assert "1 person was asked." in after
    assert "1 asked, no answer yet" in after
    assert (shift.id, old.id) not in proposed(after)  # nobody is asked twice
    assert (shift.id, new.id) not in proposed(after)  # and nobody new stands there alone


def test_nobody_is_proposed_for_two_shifts_at_once_nor_for_more_than_a_few(sign_in, team):
    old = team.person("Old oak", grown=True)
    for hours in (24, 26, 48, 72):
        team.shift(starts_in=hours * HOUR)
    page = sign_in(team.coordinator)
    assert [person for _, person in proposed(page.get("/coverage/plan?each=3").text)] == [old.id] * 3
    assert [person for _, person in proposed(page.get("/coverage/plan?each=1").text)] == [old.id]


def test_what_would_help_is_said_where_nobody_can_be_found(sign_in, team):
    team.person("Uncertified", certified=False)
    team.person("New fern")
    team.shift()
    text = sign_in(team.coordinator).get("/coverage/plan").text
    assert proposed(text) == []
    assert "Nobody experienced can be found" in text
    assert "lack its course" in text or "lacks its course" in text


def test_a_shift_that_can_run_is_filled_only_when_asked_for(make, sign_in, team):
    old, two = team.person("Old oak", grown=True), team.person("Two")
    extra = team.person("Three")
    shift = team.shift(taken=2)
    with write() as session:
        for person in (old, two):
            session.add(Claim(shift_id=shift.id, person_id=person.id, state="confirmed", at=make.clock.now()))
    page = sign_in(team.coordinator)
    assert "Every shift in this time can run." in page.get("/coverage/plan").text
    assert proposed(page.get("/coverage/plan?whole=1").text) == [(shift.id, extra.id)]


def test_another_chapters_shift_is_neither_planned_nor_asked_for(make, sign_in, team):
    old = team.person("Old oak", grown=True)
    other = make.chapter("Elsewhere")
    far = make.shift(make.place(other))
    page = sign_in(team.coordinator)
    assert far.id not in page.get("/coverage/plan").text
    mine = team.shift()
    assert page.post("/coverage/plan", {"ask": [f"{mine.id}:{old.id}", f"{far.id}:{old.id}"]}).status_code == 404
    assert make.all(Message) == []
    assert page.get(f"/coverage/plan?chapter={other.id}").status_code == 404
    assert sign_in(make.person(team.chapter)).get("/coverage/plan").status_code == 403


def test_what_changed_since_is_left_out_and_said(make, sign_in, team):
    old = team.person("Old oak", grown=True)
    shift = team.shift()
    with write() as session:
        session.get_one(Shift, shift.id).cancelled_at = make.clock.now()
    page = sign_in(team.coordinator)
    assert page.post("/coverage/plan", {"ask": [f"{shift.id}:{old.id}", "nonsense", "::"]}).status_code == 302
    assert "1 could not be asked any more" in page.get("/coverage/plan").text
    assert make.all(Message) == []
    assert page.post("/coverage/plan", {}).status_code == 302


def test_the_plan_costs_the_same_for_more_shifts_and_people(sign_in, team, queries):
    page = sign_in(team.coordinator)

    def cost():
        page.get("/coverage/plan")
        with queries() as seen:
            page.get("/coverage/plan")
        return len(seen)

    team.person("Old oak", grown=True)
    team.shift()
    few = cost()
    for number in range(8):
        team.person(f"More {number}", grown=number % 2 == 0)
        team.shift(starts_in=DAY + number * HOUR)
    assert cost() == few <= 45


@pytest.mark.parametrize("query", ["from=9999-99-99&days=-1&each=99&whole=x", "from=2020-01-01", "days=%00"])
def test_no_question_breaks_the_page(sign_in, team, query):
    assert sign_in(team.coordinator).get(f"/coverage/plan?{query}").status_code in {200, 400}
