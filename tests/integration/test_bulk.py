"""What can be done to one shift can be done to many: shown first, each by itself, with a result for each."""

from __future__ import annotations

import re

import pytest

from fieldapp.core.clock import DAY, HOUR, to_datetime
from fieldapp.core.db import db, write
from fieldapp.shifts.models import Claim, Message, Shift
from fieldapp.training.models import Grade

ZONE = "America/New_York"


@pytest.fixture
def desk(make, sign_in, clock):
    """A coordinator's browser and three mornings, each with somebody on it."""

    class Desk:
        chapter = make.chapter()
        page = sign_in(make.person(chapter, "coordinator"))
        place = make.place(chapter)

        def __init__(self):
            self.shifts = [make.shift(self.place, starts_in=(n + 1) * DAY, lasts=3 * HOUR) for n in range(3)]
            self.people = [make.person(self.chapter) for _ in range(3)]
            with write() as session:
                for shift, person in zip(self.shifts, self.people, strict=True):
                    session.add(Claim(shift_id=shift.id, person_id=person.id, state="claimed", at=clock.now()))
                    session.get(Shift, shift.id).taken = 1

        def ask(self, action, shifts=None, **form):
            ids = [shift.id for shift in self.shifts if shifts is None or shift in shifts]
            return self.page.post("/shifts/bulk", {"shift_id": ids, "action": action, **form})

        def do(self, action, shifts=None, **form):
            first = self.ask(action, shifts, asked="1", **form)
            assert first.status_code == 200, first.text
            said = re.search(r'name="said" value="(\w+)"', first.text)[1]
            return first, self.ask(action, shifts, asked="1", said=said, **form)

    return Desk()


def test_the_week_offers_a_box_for_each_shift_and_what_to_do_with_those_chosen(desk):
    week = desk.page.get("/shifts?week=2026-11-23").text
    assert all(f'value="{shift.id}" form="bulk"' in week for shift in desk.shifts)
    assert "Cancel them" in week


def test_cancelling_many_asks_why_shows_who_is_told_and_then_does_it(make, desk):
    assert 'name="reason"' in desk.ask("cancel").text
    assert desk.ask("cancel", asked="1").status_code == 422
    first, done = desk.do("cancel", reason="The court is shut.")
    assert first.text.count("told that it is off") == 3
    assert "3 shifts done" in done.text
    assert {s.cancel_reason for s in make.all(Shift)} == {"The court is shut."}
    assert sorted(m.person_id for m in make.all(Message)) == sorted(p.id for p in desk.people)


def test_nothing_is_done_before_it_is_said(make, desk):
    desk.ask("cancel", asked="1", reason="The court is shut.")
    desk.ask("cancel", asked="1", reason="The court is shut.", said="made-up")
    assert {s.cancelled_at for s in make.all(Shift)} == {None}
    assert not make.all(Message)


def test_hours_change_on_each_places_clocks_and_each_has_its_own_result(make, desk):
    with write() as session:
        session.get(Shift, desk.shifts[1].id).cancelled_at = 1
    first, done = desk.do("change", start="9:15", seats="9")
    assert "This shift is cancelled already." in first.text
    assert "2 shifts done" in done.text
    starts = [f"{to_datetime(s.starts_at, ZONE):%H:%M}" for s in sorted(make.all(Shift), key=lambda s: s.starts_at)]
    assert starts.count("09:15") == 2
    assert sorted(s.seats for s in make.all(Shift)) == [4, 9, 9]
    assert len(make.all(Message)) == 2


def test_too_few_seats_for_those_on_one_of_them_stops_that_one_only(make, desk):
    with write() as session:
        for _ in range(3):
            claim = Claim(shift_id=desk.shifts[0].id, person_id=make.person(desk.chapter).id, state="claimed", at=1)
            session.add(claim)
        session.get(Shift, desk.shifts[0].id).taken = 4
    first, done = desk.do("change", seats="3")
    assert "More people than that are on this shift." in first.text
    assert "2 shifts done" in done.text
    assert sorted(s.seats for s in make.all(Shift)) == [3, 3, 4]


def test_everyone_is_confirmed_and_a_lead_is_set_where_somebody_is_experienced(make, desk):
    with write() as session:
        session.add(Grade(person_id=desk.people[2].id, chapter_id=desk.chapter.id, grade="watcher"))
    desk.do("confirm")
    assert {c.state for c in make.all(Claim)} == {"confirmed"}
    first, done = desk.do("lead")
    assert first.text.count("Nobody on it is experienced enough") == 2
    assert "1 shift done" in done.text
    assert [s.lead_id for s in sorted(make.all(Shift), key=lambda s: s.starts_at)] == [None, None, desk.people[2].id]


def test_a_week_is_copied_once_with_nobody_on_it_and_holidays_left_out(make, desk):
    first, done = desk.do("copy", to_week="2027-11-11")
    assert "Veterans Day" in first.text
    assert "2 shifts done" in done.text
    made = [s for s in make.all(Shift) if s.taken == 0]
    assert sorted(f"{to_datetime(s.starts_at, ZONE):%m-%d %H:%M}" for s in made) == ["11-09 10:00", "11-10 10:00"]
    again = desk.ask("copy", asked="1", to_week="2027-11-11").text
    assert again.count("There is one at this place at these hours already.") == 2
    assert len([s for s in make.all(Shift) if s.taken == 0]) == 2


def test_the_rosters_of_those_chosen_are_text(desk):
    text = desk.ask("text").text
    assert all(f"- {person.field_name}" in text for person in desk.people)


def test_none_too_many_and_another_chapters_are_not_changed(make, desk, sign_in):
    assert desk.page.post("/shifts/bulk", {"action": "cancel"}).status_code == 422
    many = desk.page.post("/shifts/bulk", {"action": "cancel", "shift_id": [f"s{n}" for n in range(201)]})
    assert many.status_code == 422
    assert "200 shifts at most" in many.text
    stranger = sign_in(make.person(make.chapter(), "coordinator"))
    form = {"action": "cancel", "shift_id": [s.id for s in desk.shifts], "asked": "1", "reason": "Mine now"}
    assert stranger.post("/shifts/bulk", form).status_code == 404
    volunteer = sign_in(make.person(desk.chapter))
    assert volunteer.post("/shifts/bulk", form).status_code == 403
    assert desk.ask("dance").status_code in {200, 422}
    assert {db.session.get(Shift, s.id).cancelled_at for s in desk.shifts} == {None}
