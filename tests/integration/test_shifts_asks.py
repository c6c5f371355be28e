"""The line for a full shift, places that are offered, and asking: by the same rules as a claim, and in order."""

from __future__ import annotations

import pytest

from fieldapp.accounts.identity import actor_for
from fieldapp.core import jobs
from fieldapp.core.clock import DAY, HOUR, MINUTE
from fieldapp.core.db import db, write
from fieldapp.core.errors import Forbidden
from fieldapp.shifts.models import Claim, Message, Shift, Swap, Wait
from fieldapp.shifts.services import answers, asks, claims, messages, preferences, swaps, waitlist
from fieldapp.shifts.services.rules import Refused
from fieldapp.training.models import Grade


@pytest.fixture
def world(make, clock):
    """A court with a course, and people who hold its certificate."""

    class World:
        chapter = make.chapter()
        course = make.course(chapter)
        place = make.place(chapter, "Broadway Court")

        def watcher(self, **more):
            person = self.novice(**more)
            make.keep(Grade(person_id=person.id, chapter_id=self.chapter.id, grade="watcher"))
            return person

        def novice(self, **more):
            person = make.person(self.chapter, **more)
            make.certificate(person, self.course)
            return person

        def shift(self, *on, **more):
            made = make.shift(self.place, course_id=self.course.id, **more)
            for person in on:
                claims.claim(person.id, made.id, clock.now())
            return made

        def coordinator(self):
            return actor_for(make.person(self.chapter, "coordinator"))

    return World()


def told(person, clock, kind):
    return [one.message for one in messages.live_for([person.id], clock.now()) if one.message.kind == kind]


def say(person, clock, kind, word):
    [message] = told(person, clock, kind)
    return answers.answer(person.id, message.id, word, clock.now())


def refusal(act, *args):
    with pytest.raises(Refused) as no:
        act(*args)
    return no.value.verdict.code


def states(make):
    return {row.person_id: row.state for row in make.all(Wait)}


def on(make, shift):
    return {row.person_id for row in make.all(Claim) if row.shift_id == shift.id and row.state != "released"}


# ---------- the line ----------


def test_a_seat_that_comes_free_is_offered_to_the_first_in_line_and_held_for_two_hours(make, world, clock):
    a, b, first, second, late = (world.watcher() for _ in range(5))
    shift = world.shift(a, b, seats=2)
    for person in (first, second):
        waitlist.join(person.id, shift.id, clock.now())
    claims.release(a.id, shift.id, clock.now())
    [offer] = told(first, clock, "seat")
    assert offer.until == clock.now() + 2 * HOUR
    assert told(second, clock, "seat") == []
    assert refusal(claims.claim, late.id, shift.id, clock.now()) == "full"
    say(first, clock, "seat", "yes")
    row = make.all(Shift)[0]
    assert (row.taken, row.held) == (2, 0)
    assert on(make, shift) == {b.id, first.id}
    assert states(make) == {first.id: "taken", second.id: "waiting"}


def test_a_window_that_passes_goes_to_the_next_and_a_late_yes_is_told_so(make, world, clock):
    a, b, first, second = (world.watcher() for _ in range(4))
    shift = world.shift(a, b, seats=2)
    for person in (first, second):
        waitlist.join(person.id, shift.id, clock.now())
    claims.release(a.id, shift.id, clock.now())
    [offer] = told(first, clock, "seat")
    clock.advance(2 * HOUR)
    assert refusal(answers.answer, first.id, offer.id, "yes", clock.now()) == "lapsed"
    jobs.run_due(clock.now())
    assert states(make) == {first.id: "lapsed", second.id: "offered"}
    assert len(told(second, clock, "seat")) == 1
    assert make.all(Shift)[0].held == 1


def test_within_twelve_hours_of_the_start_the_window_is_a_quarter_of_an_hour_and_never_past_the_start(clock):
    now = clock.now()
    assert waitlist.window(now + 13 * HOUR, now) == now + 2 * HOUR
    assert waitlist.window(now + 12 * HOUR, now) == now + 15 * MINUTE
    assert waitlist.window(now + 5 * MINUTE, now) == now + 5 * MINUTE


def test_only_the_qualified_and_free_are_offered_a_seat_and_keep_their_number_meanwhile(make, world, clock):
    a, b, busy, novice, last = world.watcher(), world.novice(), world.watcher(), world.novice(), world.watcher()
    shift = world.shift(a, b, seats=2)
    for person in (busy, novice, last):
        waitlist.join(person.id, shift.id, clock.now())
    claims.claim(busy.id, make.shift(world.place, minimum=2).id, clock.now())
    claims.release(a.id, shift.id, clock.now())  # a novice is left: the next must be experienced
    assert states(make) == {busy.id: "waiting", novice.id: "waiting", last.id: "offered"}
    assert waitlist.places_of(novice.id, clock.now())[shift.id].ahead == 1


def test_joining_needs_what_a_claim_needs_and_one_stands_there_once(make, world, clock):
    a, b, first = (world.watcher() for _ in range(3))
    shift = world.shift(a, b, seats=2)
    assert refusal(waitlist.join, make.person(world.chapter).id, shift.id, clock.now()) == "not_certified"
    assert refusal(waitlist.join, a.id, shift.id, clock.now()) == "already"
    assert refusal(waitlist.join, make.person(make.chapter()).id, shift.id, clock.now()) == "unknown_shift"
    waitlist.join(first.id, shift.id, clock.now())
    assert refusal(waitlist.join, first.id, shift.id, clock.now()) == "already"
    waitlist.leave(first.id, shift.id, clock.now())
    assert refusal(waitlist.leave, first.id, shift.id, clock.now()) == "not_yours"
    assert refusal(waitlist.join, first.id, shift.id, clock.now() + 2 * DAY) == "ended"


def test_leaving_the_line_or_letting_a_seat_go_passes_it_on(make, world, clock):
    a, b, first, second, third = (world.watcher() for _ in range(5))
    shift = world.shift(a, b, seats=2)
    for person in (first, second, third):
        waitlist.join(person.id, shift.id, clock.now())
    claims.release(a.id, shift.id, clock.now())
    say(first, clock, "seat", "no")
    assert states(make) == {first.id: "left", second.id: "offered", third.id: "waiting"}
    waitlist.leave(second.id, shift.id, clock.now())
    assert states(make)[third.id] == "offered"
    assert make.all(Shift)[0].held == 1


def test_a_line_moves_though_its_job_was_lost(make, world, clock):
    a, b, first, second = (world.watcher() for _ in range(4))
    shift = world.shift(a, b, seats=2)
    for person in (first, second):
        waitlist.join(person.id, shift.id, clock.now())
    claims.release(a.id, shift.id, clock.now())
    with write() as session:
        session.execute(db.delete(jobs.Job))
    clock.advance(3 * HOUR)
    assert waitlist.sweep(clock.now()) == 1
    assert states(make) == {first.id: "lapsed", second.id: "offered"}
    clock.advance(DAY)
    waitlist.sweep(clock.now())
    assert set(states(make).values()) == {"lapsed"}
    assert make.all(Shift)[0].held == 0


def test_a_phone_joins_and_leaves_and_sees_its_place(make, world, clock, sign_in):
    a, b, first, second = (world.watcher() for _ in range(4))
    shift = world.shift(a, b, seats=2)
    phone = make.phone(second)
    waitlist.join(first.id, shift.id, clock.now())
    assert phone.sync(phone.operation("wait", shift=shift.id))[0]["outcome"] == "stored"
    [shown] = sign_in(second).get("/api/v1/field").get_json()["personal"]["shifts"]["rest"]
    assert (shown["why"]["code"], shown["line"]) == ("full", {"ahead": 1, "until": None})
    assert phone.sync(phone.operation("unwait", shift=shift.id))[0]["outcome"] == "stored"
    [shown] = sign_in(second).get("/api/v1/field").get_json()["personal"]["shifts"]["rest"]
    assert "line" not in shown


# ---------- swaps ----------


def test_an_offered_place_goes_only_to_the_qualified_and_free_and_the_claim_stands_until_then(make, world, clock):
    a, b, taker, novice, busy = world.watcher(), world.novice(), world.watcher(), world.novice(), world.watcher()
    unqualified = make.person(world.chapter)
    claims.claim(busy.id, make.shift(world.place).id, clock.now())
    shift = world.shift(a, b, seats=2)
    swaps.offer(a.id, shift.id, clock.now())
    assert [len(told(one, clock, "swap")) for one in (taker, novice, busy, unqualified, b)] == [1, 0, 0, 0, 0]
    assert on(make, shift) == {a.id, b.id}
    say(taker, clock, "swap", "yes")
    assert on(make, shift) == {taker.id, b.id}
    row = next(one for one in make.all(Shift) if one.id == shift.id)
    assert (row.taken, row.held) == (2, 0)
    assert make.all(Swap)[0].state == "done"
    assert told(a, clock, "changed")


def test_only_the_first_to_accept_gets_it_and_what_was_withdrawn_cannot_be_accepted(make, world, clock):
    a, b, one, two = (world.watcher() for _ in range(4))
    shift = world.shift(a, b, seats=2)
    swaps.offer(a.id, shift.id, clock.now())
    assert refusal(swaps.offer, a.id, shift.id, clock.now()) == "already"
    [other] = told(two, clock, "swap")
    say(one, clock, "swap", "yes")
    assert refusal(answers.answer, two.id, other.id, "yes", clock.now()) == "already"
    swaps.offer(b.id, shift.id, clock.now())
    [offer] = told(two, clock, "swap")
    swaps.withdraw(b.id, shift.id, clock.now())
    assert refusal(answers.answer, two.id, offer.id, "yes", clock.now()) == "already"
    assert refusal(swaps.withdraw, b.id, shift.id, clock.now()) == "not_yours"
    assert on(make, shift) == {one.id, b.id}


def test_a_swap_is_looked_at_again_when_it_is_accepted(make, world, clock):
    a, b, taker = world.watcher(), world.watcher(), world.novice()
    shift = world.shift(a, b, seats=2)
    swaps.offer(a.id, shift.id, clock.now())
    claims.release(b.id, shift.id, clock.now())
    claims.claim(world.novice().id, shift.id, clock.now())
    [offer] = told(taker, clock, "swap")
    assert refusal(answers.answer, taker.id, offer.id, "yes", clock.now()) == "novices_only"
    assert a.id in on(make, shift)


def test_whoever_gives_their_place_back_offers_it_no_more(make, world, clock):
    a, b, taker = (world.watcher() for _ in range(3))
    shift = world.shift(a, b, seats=3)
    phone = make.phone(a)
    assert phone.sync(phone.operation("swap", shift=shift.id))[0]["outcome"] == "stored"
    assert told(taker, clock, "swap")
    claims.release(a.id, shift.id, clock.now())
    assert make.all(Swap)[0].state == "withdrawn"
    assert told(taker, clock, "swap") == []
    assert phone.sync(phone.operation("unswap", shift=shift.id))[0]["outcome"] == "not_applied/not_yours"


def test_a_held_seat_is_let_go_by_whoever_takes_another_place_on_the_shift(make, world, clock):
    a, b, first = (world.watcher() for _ in range(3))
    shift = world.shift(a, b, seats=2)
    waitlist.join(first.id, shift.id, clock.now())
    swaps.offer(b.id, shift.id, clock.now())
    claims.release(a.id, shift.id, clock.now())
    assert make.all(Shift)[0].held == 1
    say(first, clock, "swap", "yes")
    assert (make.all(Shift)[0].taken, make.all(Shift)[0].held) == (1, 0)


# ---------- asking ----------


def test_those_asked_least_recently_come_first_and_nobody_is_asked_twice_for_a_shift(make, world, clock):
    fern, wren, tern = (world.watcher() for _ in range(3))
    boss = world.coordinator()
    early, shift = world.shift(starts_in=20 * HOUR), world.shift(starts_in=DAY * 2)
    assert asks.ask(boss, early.id, [fern.id], clock.now()) == 1
    clock.advance(HOUR)
    assert asks.ask_next(boss, shift.id, 2, clock.now()) == 2
    assert {one.person_id for one in make.all(Message) if one.shift_id == shift.id} == {wren.id, tern.id}
    say(wren, clock, "ask", "no")
    assert [one.person_id for one in asks.candidates([shift.id], clock.now())[shift.id]] == [fern.id]
    assert asks.ask(boss, shift.id, [wren.id], clock.now()) == 0


def test_a_week_has_a_cap_and_what_somebody_never_wants_is_not_asked(make, world, clock):
    fern, boss = world.watcher(), world.coordinator()
    asks.set_cap(boss, world.chapter.id, "2")
    shifts = [world.shift(starts_in=DAY + n * 4 * HOUR) for n in range(3)]
    assert [asks.ask_next(boss, one.id, 5, clock.now()) for one in shifts] == [1, 1, 0]
    later = world.shift(starts_in=9 * DAY)
    clock.advance(8 * DAY)
    assert len(asks.candidates([later.id], clock.now())[later.id]) == 1
    preferences.save(fern.id, {}, {"kinds": ["immigration_court"]}, clock.now())
    assert asks.candidates([later.id], clock.now())[later.id] == []
    claims.claim(fern.id, later.id, clock.now())  # it never refuses a seat


def test_only_a_coordinator_asks_and_a_yes_is_refused_by_the_rules_when_it_is_full(make, world, clock):
    a, b, late = (world.watcher() for _ in range(3))
    shift = world.shift(seats=2)
    boss = world.coordinator()
    with pytest.raises(Forbidden):
        asks.ask(actor_for(a), shift.id, [b.id], clock.now())
    asks.ask(boss, shift.id, [a.id, b.id, late.id], clock.now())
    [offer] = told(late, clock, "ask")
    say(a, clock, "ask", "yes")
    say(b, clock, "ask", "yes")
    assert told(late, clock, "ask") == []
    assert refusal(answers.answer, late.id, offer.id, "yes", clock.now()) == "full"


def test_candidates_cost_the_same_however_many_shifts_and_people(make, world, clock, queries):
    def count(people, shifts):
        for _ in range(people):
            world.watcher()
        ids = [world.shift(starts_in=DAY + n * 4 * HOUR).id for n in range(shifts)]
        with queries() as seen:
            found = asks.candidates(ids, clock.now())
        assert all(found.values())
        return len(seen)

    assert count(2, 1) == count(10, 6) <= 14


def test_preferences_are_said_on_the_phone_and_what_nobody_knows_is_left_out(make, world, clock, sign_in):
    fern = world.watcher()
    phone = make.phone(fern)
    opened = {"/likes": {"days": ["0m", "9x"], "places": [world.place.id]}, "/never": {"kinds": ["neighbourhood"]}}
    assert phone.sync(phone.operation("prefer", open=opened))[0]["outcome"] == "stored"
    assert phone.sync(phone.operation("prefer", open={"/likes": "x", "/never": {}}))[0]["outcome"].endswith("invalid")
    said = sign_in(fern).get("/api/v1/field").get_json()["personal"]["preferences"]
    assert said["likes"] == {"days": ["0m"], "kinds": [], "places": [world.place.id]}
    assert said["never"]["kinds"] == ["neighbourhood"]


def test_what_a_shift_would_lack_without_someone_is_said_before_they_give_it_back(make, world, clock, sign_in):
    a, b, c = world.watcher(), world.novice(), world.novice()
    world.shift(a, b, c, minimum=2)
    world.shift(a, b, minimum=2, starts_in=2 * DAY)
    mine = sign_in(a).get("/api/v1/field").get_json()["personal"]["shifts"]["mine"]
    assert [one["without"] for one in mine] == ["novices", "few"]
    mine = sign_in(c).get("/api/v1/field").get_json()["personal"]["shifts"]["mine"]
    assert [one["without"] for one in mine] == [""]


# ---------- the desk ----------


def test_the_at_risk_page_puts_the_nearest_first_says_who_was_asked_and_what_else_to_do(make, world, clock, sign_in):
    fern = world.watcher(field_name="Fern of the north")
    far, near = world.shift(starts_in=30 * HOUR), world.shift(starts_in=6 * HOUR)
    world.shift(starts_in=60 * HOUR)
    boss = make.person(world.chapter, "coordinator")
    page = sign_in(boss)
    shown = page.get("/shifts/at-risk").text
    assert shown.index(f"s-{near.id}") < shown.index(f"s-{far.id}")
    assert shown.count('<li id="s-') == 2
    assert "Ask 1 person" in shown
    page.post(f"/shifts/{near.id}/ask", {"count": "5"})
    shown = page.get("/shifts/at-risk").text
    assert "Fern of the north" in shown
    assert "Nobody is left to ask." in shown
    assert "You coordinate alone here" in shown
    page.post(f"/shifts/{near.id}/ask-back")
    assert make.all(Message) == []
    page.post(f"/shifts/{near.id}/ask", {"count": "x"})
    say(fern, clock, "ask", "no")
    assert "no, not asked again" in page.get("/shifts/at-risk").text
    assert sign_in(fern).get("/shifts/at-risk").status_code == 403


def test_the_cap_is_a_number_that_the_chapter_chooses(make, world, sign_in):
    page = sign_in(make.person(world.chapter, "coordinator"))
    asked = {"chapter_id": world.chapter.id}
    assert page.post("/shifts/at-risk/cap", {**asked, "cap": "5"}).status_code == 302
    assert "Write a number from 1 to 20." in page.post("/shifts/at-risk/cap", {**asked, "cap": "²"}).text
    assert page.post("/shifts/at-risk/cap", {"chapter_id": make.chapter().id, "cap": "5"}).status_code == 404
    assert 'value="5"' in page.get("/shifts/at-risk").text


def test_one_stands_in_line_and_offers_ones_place_at_the_desk(make, world, clock, sign_in):
    a, b, first = (world.watcher() for _ in range(3))
    shift = world.shift(a, b, seats=2)
    page = sign_in(first)
    assert "Stand in line" in page.get("/shifts/mine").text
    page.post(f"/shifts/{shift.id}/wait")
    assert "You are first in line." in page.get("/shifts/mine").text
    mine = sign_in(a)
    assert "Without you it is short" in mine.get("/shifts/mine").text
    mine.post(f"/shifts/{shift.id}/offer")
    assert "Offered: it is yours until someone accepts" in mine.get("/shifts/mine").text
    assert "Someone offers you their place" in page.get("/shifts/mine").text
    mine.post(f"/shifts/{shift.id}/keep")
    mine.post(f"/shifts/{shift.id}/give-back")
    assert "A place is free. Do you want it?" in page.get("/shifts/mine").text
    page.post(f"/shifts/{shift.id}/unwait")
    assert "You are first in line." not in page.get("/shifts/mine").text


def test_what_suits_a_person_comes_first_in_their_list(make, world, clock, sign_in):
    fern = world.watcher()
    liked = make.place(world.chapter, "Liked Court", kind="courthouse")
    world.shift(starts_in=DAY)
    make.shift(liked, starts_in=5 * DAY)
    page = sign_in(fern)
    shown = page.get("/shifts/mine").text
    assert shown.index("Broadway Court") < shown.index("Liked Court")
    page.post("/shifts/preferences", {"likes-places": [liked.id], "never-days": ["0m", "x"]})
    shown = page.get("/shifts/mine").text
    assert shown.index("Liked Court") < shown.index("Broadway Court")
    assert 'value="0m" aria-label="Monday, Morning" checked' in page.get("/shifts/preferences").text
