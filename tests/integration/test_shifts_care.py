"""Overdue care: the buddy is asked, then the lead, then the coordinators, and it ends when somebody knows."""

from __future__ import annotations

import re

import pytest

from fieldapp.accounts.identity import actor_for
from fieldapp.core import jobs
from fieldapp.core.clock import HOUR, MINUTE
from fieldapp.core.db import db, write
from fieldapp.ops import backup
from fieldapp.shifts.models import Care, CareStep, Claim, Message, Reach, Shift
from fieldapp.shifts.services import answers, care, caring, claims, planning, reaching


class Scene:
    """A shift under way: Fern is overdue in a while, Maple is beside them, Oak leads, Juniper and Sage coordinate."""

    def __init__(self, make, sign_in, clock) -> None:
        self.make, self.sign_in, self.clock = make, sign_in, clock
        self.chapter = make.chapter(hotline="555-0199")
        self.place = make.place(self.chapter)
        self.shift = make.shift(self.place, starts_in=HOUR, lasts=2 * HOUR, minimum=4, seats=6)
        self.juniper = make.person(self.chapter, "coordinator", field_name="Juniper")
        self.sage = make.person(self.chapter, "coordinator", field_name="Sage")
        self.fern, self.maple, self.oak = (make.person(self.chapter, field_name=n) for n in ("Fern", "Maple", "Oak"))
        for one in (self.fern, self.maple, self.oak):
            claims.claim(one.id, self.shift.id, clock.now(), by=self.juniper.id)
            clock.advance(1000)
        planning.set_lead(actor_for(self.juniper), self.shift.id, self.oak.id, clock.now())
        clock.advance(HOUR + MINUTE)
        for one in (self.fern, self.maple):
            claims.check_in(one.id, self.shift.id, clock.now())

    def end(self, minutes: int) -> None:
        """So many minutes after the end of the shift; the others are out."""
        if self.clock.now() < self.shift.ends_at:
            self.clock.at = self.shift.ends_at
            claims.check_out(self.maple.id, self.shift.id, self.clock.now())
        self.clock.at = self.shift.ends_at + minutes * MINUTE
        care.turn(self.clock.now())

    def asked(self) -> list[str]:
        """Who has been asked so far, in order."""
        names = {p.id: p.field_name for p in (self.fern, self.maple, self.oak, self.juniper, self.sage)}
        (trail,) = care.trails([self.shift.id])
        found = [line for line in trail.lines if line.what == "asked" and line.name in names.values()]
        return [line.name for line in sorted(found, key=lambda line: (line.at, line.name))]

    def message(self, person) -> Message:
        query = db.select(Message).where(Message.person_id == person.id, Message.kind == "buddy")
        return db.session.scalars(query).one()

    def say(self, person, what: str) -> None:
        answers.answer(person.id, self.message(person).id, what, self.clock.now())
        care.turn(self.clock.now())

    def case(self) -> Care:
        (one,) = self.make.all(Care)
        return one


@pytest.fixture
def scene(make, sign_in, clock) -> Scene:
    return Scene(make, sign_in, clock)


def test_nobody_is_asked_before_forty_five_minutes_have_passed(scene: Scene) -> None:
    scene.end(44)
    assert scene.make.all(Care) == []


def test_the_buddy_is_asked_then_the_lead_then_the_coordinators(scene: Scene) -> None:
    scene.end(45)
    assert scene.asked() == ["Maple"]
    scene.end(59)
    assert scene.asked() == ["Maple"]
    scene.end(60)
    assert scene.asked() == ["Maple", "Oak"]
    scene.end(75)
    assert scene.asked() == ["Maple", "Oak", "Juniper", "Sage"]


def test_phone_off_until_is_the_promise_that_counts(scene: Scene) -> None:
    claims.quiet(scene.fern.id, scene.shift.id, scene.shift.starts_at + 30 * MINUTE, scene.clock.now())
    scene.clock.at = scene.shift.starts_at + 75 * MINUTE
    care.turn(scene.clock.now())
    assert scene.asked() == ["Maple"]
    claims.quiet(scene.fern.id, scene.shift.id, scene.shift.ends_at, scene.clock.now())
    care.turn(scene.clock.now())
    assert scene.case().closed_at is not None


def test_looking_twice_asks_once(scene: Scene) -> None:
    scene.end(45)
    care.turn(scene.clock.now())
    assert len(scene.make.all(Message)) == 1


def test_the_buddy_whom_the_person_chose_comes_first(scene: Scene) -> None:
    reaching.write_down(actor_for(scene.fern), scene.shift.id, "", scene.oak.id, scene.clock.now())
    scene.end(45)
    assert scene.asked() == ["Oak"]
    scene.end(60)  # the lead is the buddy and was asked: the coordinators come at once
    assert scene.asked() == ["Oak", "Juniper", "Sage"]


def test_out_and_ok_closes_it_and_takes_the_question_back(scene: Scene) -> None:
    scene.end(45)
    scene.end(60)
    claims.check_out(scene.fern.id, scene.shift.id, scene.clock.now())
    care.turn(scene.clock.now())
    assert scene.case().closed_at is not None
    assert {one.answer for one in scene.make.all(Message)} == {"gone"}
    scene.end(300)
    assert scene.asked() == ["Maple", "Oak"]


def test_the_buddys_yes_checks_them_out_and_closes_it(scene: Scene) -> None:
    scene.end(45)
    scene.say(scene.maple, "yes")
    claim = db.session.get(Claim, (scene.shift.id, scene.fern.id))
    assert claim is not None and claim.out_at == scene.clock.now()
    assert scene.case().closed_at == scene.clock.now()
    assert [line.what for line in care.trails([scene.shift.id])[0].lines] == ["asked", "closed"]


def test_the_buddys_no_asks_the_lead_at_once(scene: Scene) -> None:
    scene.end(45)
    scene.say(scene.maple, "no")
    assert scene.asked() == ["Maple", "Oak"]


def test_a_coordinators_mark_closes_it_and_the_trail_says_who(scene: Scene) -> None:
    scene.end(45)
    page = scene.sign_in(scene.sage)
    page.post(f"/shifts/{scene.shift.id}/mark", {"person_id": scene.fern.id, "what": "out"})
    (trail,) = care.trails([scene.shift.id])
    assert (trail.lines[-1].what, trail.lines[-1].who, trail.lines[-1].name) == ("closed", "coordinator", "Sage")


def test_the_coordinators_are_told_again_until_somebody_knows(scene: Scene) -> None:
    scene.end(45)
    scene.end(60)
    scene.end(75)
    before = len(_nudges())
    scene.end(105)
    assert len(_nudges()) == before + 4
    assert len(scene.make.all(Message)) == 4


def test_with_one_coordinator_the_chapter_above_is_asked_too_and_else_the_hotline_is_named(make, clock) -> None:
    top = make.chapter("Top")
    chief = make.person(top, "coordinator")
    pod = make.chapter("Pod", parent=top, hotline="555-0142")
    lone = make.person(pod, "coordinator")
    found = caring.coordinators(db.session(), pod.id)
    assert (found.people, found.above, found.chapter) == ((lone.id,), (chief.id,), "Top")
    alone = caring.coordinators(db.session(), top.id, but=chief.id)
    assert (alone.people, alone.above) == ((), ())


def test_the_roster_shows_every_step_to_coordinators(scene: Scene) -> None:
    scene.end(45)
    scene.end(60)
    shown = scene.sign_in(scene.juniper).get(f"/shifts/{scene.shift.id}").get_data(as_text=True)
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", shown))
    assert "Maple was asked, as the buddy" in text and "Oak was asked, as the lead" in text


def test_a_chapter_sets_its_own_times_and_nonsense_is_refused(scene: Scene) -> None:
    page = scene.sign_in(scene.juniper)
    values = {"buddy": "20", "lead": "10", "coordinators": "5", "again": "15"}
    assert page.post(f"/shifts/care/{scene.chapter.id}", {**values, "lead": "0"}).status_code == 422
    assert page.post(f"/shifts/care/{scene.chapter.id}", values).status_code == 302
    scene.end(20)
    assert scene.asked() == ["Maple"]
    scene.end(30)
    assert scene.asked() == ["Maple", "Oak"]


def test_how_to_reach_me_is_seen_by_the_chosen_buddy_lead_and_coordinators_from_the_start_on(scene: Scene) -> None:
    later = scene.make.shift(scene.place, starts_in=24 * HOUR, minimum=4, seats=6)
    for one in (scene.fern, scene.maple, scene.oak):
        claims.claim(one.id, later.id, scene.clock.now(), by=scene.juniper.id)
    planning.set_lead(actor_for(scene.juniper), later.id, scene.oak.id, scene.clock.now())
    reaching.write_down(actor_for(scene.fern), later.id, "Sister Wren, 555-0177", scene.maple.id, scene.clock.now())
    readers = (scene.maple, scene.oak, scene.juniper)
    assert [reaching.shown(actor_for(one), later.id, scene.clock.now()) for one in readers] == [[], [], []]
    during = later.starts_at + MINUTE
    assert [[s.words for s in reaching.shown(actor_for(one), later.id, during)] for one in readers] == [
        ["Sister Wren, 555-0177"]
    ] * 3
    other = scene.make.person(scene.chapter)
    assert reaching.shown(actor_for(other), later.id, during) == []


def test_it_is_erased_two_hours_after_but_not_while_they_are_looked_for(scene: Scene) -> None:
    reaching.write_down(actor_for(scene.fern), scene.shift.id, "The blue car", "", scene.clock.now())
    scene.end(45)
    scene.clock.at = scene.shift.ends_at + 3 * HOUR
    assert reaching.forget(scene.clock.now()) == 0
    claims.check_out(scene.fern.id, scene.shift.id, scene.clock.now())
    care.turn(scene.clock.now())
    assert reaching.forget(scene.clock.now() + HOUR) == 0
    assert reaching.forget(scene.clock.now() + 2 * HOUR) == 1
    assert scene.make.all(Reach) == []


def test_who_gives_the_shift_back_leaves_no_words_behind(scene: Scene) -> None:
    later = scene.make.shift(scene.place, starts_in=24 * HOUR, minimum=3, seats=6)
    claims.claim(scene.fern.id, later.id, scene.clock.now())
    reaching.write_down(actor_for(scene.fern), later.id, "The blue car", "", scene.clock.now())
    claims.release(scene.fern.id, later.id, scene.clock.now())
    assert (
        reaching.shown(actor_for(scene.juniper), later.id, later.starts_at + MINUTE) == []
    )  # before it is erased, too
    assert reaching.forget(scene.clock.now()) == 1


def test_trails_are_forgotten_after_thirty_days(scene: Scene) -> None:
    scene.end(45)
    assert care.forget(scene.clock.now() + 31 * 24 * HOUR) == 1
    assert scene.make.all(CareStep) == []


def _nudges() -> list[str]:
    return list(db.session.scalars(db.select(jobs.Job.payload).where(jobs.Job.kind == "alerts.nudge")))


def test_a_cancelled_shift_asks_nobody(scene: Scene) -> None:
    with write() as session:
        session.get_one(Shift, scene.shift.id).cancelled_at = scene.clock.now()
    scene.clock.at = scene.shift.ends_at + HOUR
    assert care.turn(scene.clock.now()) == 0


def test_no_backup_holds_how_to_reach_somebody(scene: Scene) -> None:
    reaching.write_down(actor_for(scene.fern), scene.shift.id, "The blue car", "", scene.clock.now())
    with db.engine.connect() as connection:
        kept = {table.name for table in backup._tables(connection)}
    assert "claims" in kept and not {"reaches", "sheet_imports"} & kept


@pytest.mark.parametrize("say", ["yes", "no"])
@pytest.mark.parametrize("detail", [{}, {"care": ["x"], "who": 3}])
def test_a_question_that_no_longer_says_about_whom_is_answered_without_a_fault(scene: Scene, detail, say) -> None:
    asked = Message(person_id=scene.maple.id, chapter_id=scene.chapter.id, shift_id=scene.shift.id, kind="buddy")
    asked.created_at, asked.detail = scene.clock.now(), detail
    scene.make.keep(asked)
    page = scene.sign_in(scene.maple)
    assert page.get("/shifts/mine").status_code == 200
    assert page.post(f"/shifts/messages/{asked.id}", {"say": say}).status_code == 302
    assert scene.message(scene.maple).answer == say


def test_who_is_only_next_to_them_reads_it_when_asked_after_them_and_while_it_is_open(scene: Scene) -> None:
    path = f"/api/v1/reach/{scene.shift.id}"
    fern, maple = scene.sign_in(scene.fern), scene.sign_in(scene.maple)
    assert fern.send("PUT", path, json={"words": "The blue car", "buddy": ""}).status_code == 200

    assert maple.get(path).get_json()["shown"] == []
    assert "The blue car" not in maple.get(f"/shifts/{scene.shift.id}").get_data(as_text=True)
    scene.end(44)
    assert maple.get(path).status_code == 404  # they are out themselves, and nobody asks them
    scene.end(45)
    told = maple.get(path).get_json()
    assert (told["mine"], told["shown"]) == (False, [{"name": "Fern", "words": "The blue car"}])
    page = f"/shifts/{scene.shift.id}/reach"
    assert f'href="{page}"' in maple.get("/shifts/mine").get_data(as_text=True)
    assert "The blue car" in maple.get(page).get_data(as_text=True)
    other = scene.sign_in(scene.make.person(scene.chapter))
    assert (other.get(path).status_code, other.get(page).status_code) == (404, 404)
    scene.say(scene.maple, "yes")
    assert (maple.get(path).status_code, maple.get(page).status_code) == (404, 404)


def test_no_log_and_no_job_holds_how_to_reach_somebody(scene: Scene, caplog) -> None:
    caplog.set_level("DEBUG")
    page, path = scene.sign_in(scene.fern), f"/api/v1/reach/{scene.shift.id}"
    words = "The bluecar555 behind"
    assert page.send("PUT", path, json={"words": words, "buddy": ""}).status_code == 200
    assert page.send("PUT", path, json={"words": words * 40, "buddy": ""}).status_code == 422
    assert page.send("PUT", path, json={"words": words, "buddy": "nobody"}).status_code == 422
    assert page.post(f"/shifts/{scene.shift.id}/reach", {"words": words + "\x00", "buddy": ""}).status_code < 500
    scene.end(45)
    kept = [*caplog.messages, *map(str, _nudges()), *(str(one.detail) for one in scene.make.all(Message))]
    assert not [line for line in kept if "bluecar555" in line]
