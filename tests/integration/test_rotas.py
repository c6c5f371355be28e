"""Rotas: who may hold what, weekly hours on the chapter's clocks, gaps, and what phones learn of it."""

from __future__ import annotations

import re

import pytest

from fieldapp.accounts.identity import actor_for
from fieldapp.core.clock import DAY, HOUR, to_datetime
from fieldapp.core.db import db, write
from fieldapp.core.jobs import run_due
from fieldapp.shifts.models import Message, Rota, RotaTurn
from fieldapp.shifts.services import board, rota_page, rotas
from fieldapp.training.models import Grade
from tests.integration.test_shifts_queries import cost

ZONE = "America/New_York"
ALWAYS = {"days": list("0123456"), "start": "0:00", "end": "0:00"}
HOME = "/shifts/rotas"


@pytest.fixture
def desk(make, sign_in):
    """A coordinator's browser and one of each kind of person."""

    class Desk:
        chapter = make.chapter()
        coordinator = make.person(chapter, "coordinator")
        wren = make.person(chapter, "legal", field_name="Wren")
        fern = make.person(chapter, field_name="Fern")

        @property
        def page(self):
            return sign_in(self.coordinator)

        def add(self, kind="attorney", hours=ALWAYS, **more):
            assert self.page.post(HOME, {"kind": kind, **more}).status_code == 302
            rota = make.all(Rota)[-1]
            assert self.page.post(f"{HOME}/{rota.id}/hours", hours).status_code == 302
            return rota

        def turns(self, rota):
            return sorted((t for t in make.all(RotaTurn) if t.rota_id == rota.id), key=lambda t: t.starts_at)

        def act(self, person, turn, what, **form):
            return sign_in(person).post(f"{HOME}/turns/{turn.id}/{what}", form).status_code

    return Desk()


def test_weekly_hours_are_made_eight_weeks_ahead_once_and_keep_the_chapters_clocks(make, desk, clock):
    clock.at += 98 * DAY  # March 2027: the clocks change on the 14th
    rota = desk.add(hours={"days": ["5"], "start": "20:00", "end": "8:00"})
    turns = desk.turns(rota)
    assert {f"{to_datetime(t.starts_at, ZONE):%a %H:%M}" for t in turns} == {"Sat 20:00"}
    assert {f"{to_datetime(t.ends_at, ZONE):%a %H:%M}" for t in turns} == {"Sun 08:00"}
    assert sorted({(t.ends_at - t.starts_at) // HOUR for t in turns}) == [11, 12]
    before = len(turns)
    clock.advance(7 * DAY)
    while run_due(clock.now()):
        pass
    assert len(desk.turns(rota)) == before + 1


def test_each_rota_is_held_by_those_it_is_for(make, desk):
    with write() as session:
        session.add(Grade(person_id=desk.fern.id, chapter_id=desk.chapter.id, grade="dispatcher"))
    plain = make.person(desk.chapter)
    may = {
        "attorney": {desk.wren.id},
        "dispatcher": {desk.fern.id, desk.coordinator.id},
        "jail": {desk.wren.id, desk.fern.id, desk.coordinator.id, plain.id},
    }
    for kind, able in may.items():
        turns = desk.turns(desk.add(kind))
        everyone = (desk.wren, desk.fern, desk.coordinator, plain)
        for turn, person in zip(turns, everyone, strict=False):
            assert desk.act(person, turn, "take") == (302 if person.id in able else 403), (kind, person.field_name)


def test_an_interpreter_is_whoever_said_they_speak_the_language(make, desk, sign_in):
    assert desk.page.post(HOME, {"kind": "interpreter"}).status_code == 422
    turn = desk.turns(desk.add("interpreter", language="es"))[0]
    assert desk.act(desk.fern, turn, "take") == 403
    assert "There is no rota for you yet." in sign_in(desk.fern).get(HOME).text
    assert sign_in(desk.fern).post(f"{HOME}/languages", {"language": ["es", "klingon"]}).status_code == 302
    assert "Interpreter, Spanish" in sign_in(desk.fern).get(HOME).text
    assert desk.act(desk.fern, turn, "take") == 302


def test_a_rota_may_ask_for_a_certificate_on_its_day(make, desk):
    course = make.course(desk.chapter)
    turns = desk.turns(desk.add("jail", course_id=course.id))
    make.certificate(desk.fern, course, ends_in=3 * DAY)
    assert desk.act(desk.fern, turns[1], "take") == 302
    assert desk.act(desk.fern, turns[9], "take") == 403


def test_a_place_is_one_persons_until_they_give_it_back(make, desk):
    turn = desk.turns(desk.add("jail"))[2]
    assert desk.act(desk.fern, turn, "take") == 302
    assert desk.act(desk.wren, turn, "take") == 409
    assert desk.act(desk.wren, turn, "give-back") == 403
    assert desk.act(desk.fern, turn, "give-back") == 302
    assert desk.act(desk.coordinator, turn, "assign", person_id=desk.wren.id) == 302
    stranger = make.person(make.chapter())
    assert desk.act(desk.coordinator, turn, "assign", person_id=stranger.id) == 404
    assert desk.act(stranger, turn, "take") == 404


def test_the_page_shows_gaps_and_who_is_on_now_to_coordinators_and_no_names_to_others(make, desk, sign_in):
    rota = desk.add("jail")
    on_now = next(t for t in desk.turns(rota) if t.starts_at <= desk.turns(rota)[0].starts_at)
    desk.act(desk.fern, on_now, "take")
    shown = desk.page.get(HOME).text
    assert "Fern" in re.search(r'id="now".*?</section>', shown, re.S)[0]
    assert "gaps" in shown
    assert "Fern" not in sign_in(desk.wren).get(HOME).text.replace(desk.wren.field_name, "")
    assert "Covered" in sign_in(desk.wren).get(HOME).text


def test_phones_learn_when_an_attorney_is_on_call_and_never_who(make, desk, clock):
    rota = desk.add()
    first, second, _, fourth = desk.turns(rota)[:4]
    for turn in (first, second, fourth):
        assert desk.act(desk.wren, turn, "take") == 302
    found = board.of(actor_for(desk.fern), clock.now()).on_call
    assert found == ((first.starts_at, second.ends_at), (fourth.starts_at, fourth.ends_at))
    phone = make.phone(desk.fern, desk.chapter)
    assert phone is not None
    other = make.person(make.chapter())
    assert board.of(actor_for(other), clock.now()).on_call == ()


def test_what_is_not_needed_any_more_is_gone_and_its_holder_is_told(make, desk, clock):
    rota = desk.add("jail")
    turns = desk.turns(rota)
    desk.act(desk.fern, turns[3], "take")
    assert desk.act(desk.coordinator, turns[3], "drop", every="1") == 302
    gone = [t for t in desk.turns(rota) if t.removed_at]
    assert {t.window_id for t in gone} == {turns[3].window_id}
    assert [m.person_id for m in make.all(Message)] == [desk.fern.id]
    assert desk.page.post(f"{HOME}/{rota.id}/end").status_code == 302
    assert all(t.removed_at for t in desk.turns(rota) if t.ends_at > clock.now())
    rotas.daily({}, clock.now())
    assert not [t for t in desk.turns(rota) if not t.removed_at]


@pytest.mark.parametrize(
    "hours", [{}, {"start": "8:00", "end": "9:00"}, {"days": ["1"], "start": "25:00", "end": "9:00"}, {"day": "never"}]
)
def test_hours_that_say_nothing_are_answered_with_what_to_mend(make, desk, hours):
    desk.page.post(HOME, {"kind": "jail"})
    [rota] = make.all(Rota)
    assert desk.page.post(f"{HOME}/{rota.id}/hours", hours).status_code == 422
    assert not make.all(RotaTurn)


def test_the_page_asks_no_more_when_there_is_more(app, make, desk, clock):
    actor, monday = actor_for(desk.coordinator), to_datetime(clock.now(), ZONE).date()
    desk.add("jail")
    few = cost(app, lambda: rota_page.page(actor, monday, clock.now()))
    for kind in ("jail", "dispatcher", "attorney"):
        desk.add(kind)
    for _ in range(9):
        make.person(desk.chapter)
    assert cost(app, lambda: rota_page.page(actor, monday, clock.now())) == few
    assert few <= 14
    assert db.session.get(Rota, make.all(Rota)[0].id)
