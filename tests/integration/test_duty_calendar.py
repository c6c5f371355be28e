"""Who is on duty by the rota: first and backup, the hand-over between two, gaps, and whom an alert pages because of it."""

from __future__ import annotations

import re
import threading

import pytest
from sqlalchemy import text

from fieldapp.accounts.identity import actor_for
from fieldapp.alerts.models import Duty, Notice
from fieldapp.alerts.services import escalation, ladder, rehearsal
from fieldapp.alerts.services.rules import rules_of
from fieldapp.core.clock import HOUR, MINUTE, to_datetime
from fieldapp.core.db import db
from fieldapp.core.errors import DomainError
from fieldapp.shifts.models import Rota, RotaTurn
from fieldapp.shifts.services import duty as rota
from fieldapp.shifts.services import rotas
from tests.phones import phone_of
from tests.pushservice import PushService

HOME = "/shifts/rotas"


@pytest.fixture
def desk(make, clock, sign_in):
    """A chapter with coordinators who carry phones, and its dispatchers' rota."""

    class Desk:
        service = PushService()
        parent = make.chapter("Parent")
        chapter = make.chapter("Chapter", parent)
        rota = make.keep(Rota(chapter_id=chapter.id, kind="dispatcher", created_at=0))

        def coordinator(self, name, chapter=None):
            chapter = chapter or self.chapter
            phone = phone_of(make, make.person(chapter, "coordinator", field_name=name), chapter)
            phone.subscribe(self.service)
            return phone.person

        def hours(self, person, begins, ends, seat=0):
            """Hours from ``begins`` to ``ends``, in hours from now."""
            now = clock.now()
            return make.keep(
                RotaTurn(
                    rota_id=self.rota.id,
                    day=f"{to_datetime(now, 'UTC'):%Y-%m-%d}",
                    starts_at=now + int(begins * HOUR),
                    ends_at=now + int(ends * HOUR),
                    person_id=person.id if person else None,
                    seat=seat,
                )
            )

        def raise_alert(self):
            volunteer = phone_of(make, make.person(self.chapter), self.chapter)
            return volunteer.raise_alert()

        def told(self, step):
            names = {p.id: p.field_name for p in make.all(type(self.first))}
            return sorted(names[n.person_id] for n in make.all(Notice) if n.step == step)

        def pass_minutes(self, minutes):
            clock.advance(int(minutes * MINUTE))
            escalation.climb_due(clock.now())

    made = Desk()
    made.first = made.coordinator("First")
    made.second = made.coordinator("Second")
    made.asleep = made.coordinator("Asleep")
    made.above = made.coordinator("Above", made.parent)
    return made


def test_the_first_one_on_the_rota_is_told_then_the_backup_then_the_chapter_then_everybody(desk):
    desk.hours(desk.first, -1, 4)
    desk.hours(desk.second, -1, 4, seat=1)
    desk.raise_alert()
    assert desk.told(0) == ["First"]
    desk.pass_minutes(3)
    assert desk.told(1) == ["First", "Second"]
    desk.pass_minutes(2)
    assert desk.told(2) == ["Asleep", "First", "Second"]
    desk.pass_minutes(5)
    assert desk.told(3) == ["Above", "Asleep", "First", "Second"]


def test_without_a_backup_the_ladder_is_as_it_was(desk):
    desk.hours(desk.first, -1, 4)
    desk.raise_alert()
    assert desk.told(0) == ["First"]
    desk.pass_minutes(3)
    assert desk.told(1) == ["Asleep", "First", "Second"]
    desk.pass_minutes(2)
    assert desk.told(2) == ["Above", "Asleep", "First", "Second"]


def test_a_backup_with_nobody_before_them_is_told_first(desk):
    desk.hours(None, -1, 4)
    desk.hours(desk.second, -1, 4, seat=1)
    desk.raise_alert()
    assert desk.told(0) == ["Second"]


def test_hours_that_nobody_has_wake_every_coordinator_of_the_chapter(desk):
    desk.hours(None, -1, 4)
    desk.raise_alert()
    assert desk.told(0) == ["Asleep", "First", "Second"]


def test_the_switch_and_the_rota_count_alike(desk, make, clock):
    desk.hours(desk.first, -1, 4)
    make.keep(Duty(person_id=desk.second.id, chapter_id=desk.chapter.id, until=clock.now() + HOUR))
    desk.raise_alert()
    assert desk.told(0) == ["First", "Second"]


def test_whose_hours_are_over_stays_until_the_next_one_has_it_for_half_an_hour_at_most(desk, clock, sign_in):
    desk.hours(desk.first, -4, 1)
    begins = desk.hours(desk.second, 1, 4)
    on = lambda: ladder.on_duty(db.session(), desk.chapter.id, clock.now()).first  # noqa: E731
    clock.advance(HOUR)
    assert on() == {desk.first.id, desk.second.id}
    page = sign_in(desk.second)
    assert "Your duty has begun." in page.get("/alerts").text
    assert page.post(f"/alerts/duty/{begins.id}/have-it").status_code == 303
    assert on() == {desk.second.id}
    assert "Your duty has begun." not in page.get("/alerts").text


def test_who_does_not_say_that_they_have_it_is_alone_after_half_an_hour(desk, clock):
    desk.hours(desk.first, -4, 1)
    desk.hours(desk.second, 1, 4)
    clock.advance(HOUR + rota.HAND_OVER)
    assert ladder.on_duty(db.session(), desk.chapter.id, clock.now()).first == {desk.second.id}


def test_nobody_stays_where_nobody_follows(desk, clock):
    desk.hours(desk.first, -4, 1)
    clock.advance(HOUR)
    assert ladder.on_duty(db.session(), desk.chapter.id, clock.now()).first == frozenset()


def test_only_whose_hours_they_are_takes_them_over_and_only_while_they_last(desk, clock, make, sign_in):
    turn = desk.hours(desk.first, 1, 2)
    answer = lambda person: sign_in(person).post(f"/alerts/duty/{turn.id}/have-it").status_code  # noqa: E731
    assert answer(desk.first) == 404
    clock.advance(HOUR)
    assert answer(desk.second) == 404
    assert answer(make.person(make.chapter(), "coordinator")) == 404
    assert answer(desk.first) == 303
    clock.advance(HOUR)
    assert answer(desk.first) == 404


def test_the_board_and_the_bar_say_who_is_on_duty_until_when(desk, clock, sign_in):
    desk.hours(desk.first, -1, 4)
    desk.hours(desk.second, -1, 4, seat=1)
    page = sign_in(desk.first).get("/alerts").text
    until = f"{to_datetime(clock.now() + 4 * HOUR, 'America/New_York'):%H:%M}"
    assert f"On duty until {until}" in page
    assert f'<b>Second</b> <span class="mute small">until {until}' in page
    assert "Off duty" in sign_in(desk.asleep).get("/alerts").text


def test_a_board_that_stands_open_hears_of_a_change_of_duty(desk, clock, sign_in):
    desk.hours(desk.first, -4, 1)
    page = sign_in(desk.asleep)
    before = page.get("/alerts/live").json["mark"]
    assert page.get("/alerts/live").json["mark"] == before
    clock.advance(HOUR)
    assert page.get("/alerts/live").json["mark"] != before


def test_the_rotas_show_the_gaps_of_two_weeks_as_hours(desk, sign_in):
    desk.hours(None, 2, 4)
    desk.hours(None, 4, 6)
    desk.hours(None, 8, 9, seat=1)
    desk.hours(None, 15 * 24, 15 * 24 + 1)
    page = sign_in(desk.first)
    panel = page.get(HOME).text.split('id="duty-gaps"')[1].split("</section>")[0]
    assert panel.count("Nobody") == 1  # hours that follow each other are one, those after two weeks are not shown yet
    assert re.search(r"No backup</span>\s*1 time; the next one", panel)
    assert "2 gaps in two weeks" in page.get("/alerts").text


def test_hours_that_somebody_has_on_another_row_are_no_gap(desk, clock):
    desk.hours(None, 2, 12)
    desk.hours(desk.first, 4, 6)
    desk.hours(desk.second, 10, 14)
    found = rota.gaps(db.session(), [desk.chapter.id], clock.now())
    assert [((g.starts_at - clock.now()) // HOUR, (g.ends_at - clock.now()) // HOUR) for g in found] == [
        (2, 4),
        (6, 10),
    ]


def test_gaps_are_shown_to_those_who_plan_only(desk, make, sign_in):
    desk.hours(None, 2, 4)
    assert "duty-gaps" not in sign_in(make.person(desk.chapter)).get(HOME).text
    assert "duty-gaps" not in sign_in(make.person(make.chapter(), "coordinator")).get(HOME).text


def test_hours_are_added_for_the_backup_and_said_in_the_table(desk, make, sign_in):
    page = sign_in(desk.first)
    hours = {"days": ["0", "3"], "start": "8:00", "end": "16:00", "seat": "1"}
    assert page.post(f"{HOME}/{desk.rota.id}/hours", hours).status_code == 302
    assert {turn.seat for turn in make.all(RotaTurn)} == {1}
    assert 'class="mute">Backup' in page.get(HOME).text
    jail = make.keep(Rota(chapter_id=desk.chapter.id, kind="jail", created_at=0))
    page.post(f"{HOME}/{jail.id}/hours", hours)
    assert {turn.seat for turn in make.all(RotaTurn) if turn.rota_id == jail.id} == {0}


def test_nobody_is_their_own_backup(desk, sign_in):
    desk.hours(desk.first, 1, 5)
    backup = desk.hours(None, 4, 8, seat=1)
    answer = sign_in(desk.first).post(f"{HOME}/turns/{backup.id}/take", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "other_seat")
    assert sign_in(desk.second).post(f"{HOME}/turns/{backup.id}/take").status_code == 302


def test_of_two_taps_at_once_on_both_seats_one_wins(desk, app, make, clock):
    turns = [desk.hours(None, 1, 5), desk.hours(None, 1, 5, seat=1)]
    actor, start, said = actor_for(desk.first), threading.Barrier(2), []

    def take(turn_id):
        with app.app_context():
            start.wait()
            try:
                rotas.take(actor, turn_id, clock.now())
                said.append("taken")
            except DomainError as error:
                said.append(error.code)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=take, args=(turn.id,)) for turn in turns]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["other_seat", "taken"]


def test_the_example_of_the_parameters_shows_the_backup_where_there_is_one(desk, clock):
    desk.hours(desk.first, -1, 4)
    desk.hours(desk.second, -1, 4, seat=1)
    crew = rehearsal.crew(desk.chapter.id, None, rules_of({}), clock.now())
    lines = rehearsal.play(rules_of({}), crew)
    assert [line.rung for line in lines[:4]] == ["duty", "backup", "chapter", "everyone"]
    assert [count.people for count in crew.rungs] == [1, 2, 3, 4]


def test_somebody_disabled_or_no_coordinator_any_more_is_not_on_duty(desk, make, clock):
    desk.hours(desk.first, -1, 4)
    desk.hours(desk.second, -1, 4, seat=1)
    db.session.execute(text("UPDATE people SET disabled_at = 1 WHERE id = :id"), {"id": desk.first.id})
    db.session.execute(text("DELETE FROM memberships WHERE person_id = :id"), {"id": desk.second.id})
    db.session.commit()
    duty = ladder.on_duty(db.session(), desk.chapter.id, clock.now())
    assert (duty.first, duty.backup) == (frozenset(), frozenset())


def test_whoever_is_on_duty_is_told_that_this_browser_does_not_ring(desk, sign_in):
    desk.hours(desk.first, -1, 4)
    assert "You are on duty, and alerts do not reach you here." in sign_in(desk.first).get("/alerts").text
    assert "You are on duty, and" not in sign_in(desk.second).get("/alerts").text
