"""Taking a shift and giving it back: every rule, on both databases."""

from __future__ import annotations

import pytest

from fieldapp.core.clock import DAY, HOUR, MINUTE
from fieldapp.core.jobs import run_due
from fieldapp.shifts.models import Claim, Shift
from fieldapp.shifts.services import claims
from fieldapp.shifts.services.rules import Refused
from fieldapp.training.models import Grade


@pytest.fixture
def world(make):
    """A chapter with a court, a course, a certified novice and a certified watcher."""

    class World:
        chapter = make.chapter()
        place = make.place(chapter, "Immigration Court, 26 Federal Plaza")
        course = make.course(chapter)

        def novice(self, **more):
            person = make.person(self.chapter, **more)
            make.certificate(person, self.course)
            return person

        def watcher(self, **more):
            person = self.novice(**more)
            make.keep(Grade(person_id=person.id, chapter_id=self.chapter.id, grade="watcher"))
            return person

        def shift(self, **more):
            return make.shift(self.place, course_id=self.course.id, **more)

    return World()


def refusal(call, *args, **more):
    with pytest.raises(Refused) as caught:
        call(*args, **more)
    return caught.value.verdict


def test_a_certified_volunteer_takes_a_shift_and_everyones_phone_learns_it(make, world, clock):
    fern, shift = world.novice(), world.shift()
    claims.claim(fern.id, shift.id, clock.now())
    [claim], [row] = make.all(Claim), make.all(Shift)
    assert (claim.state, claim.person_id, row.taken, row.version) == ("claimed", fern.id, 1, 2)
    assert make.all(type(world.chapter))[0].version == 2


def test_taking_it_twice_says_already(world, clock):
    fern, shift = world.watcher(), world.shift()
    claims.claim(fern.id, shift.id, clock.now())
    assert refusal(claims.claim, fern.id, shift.id, clock.now()).code == "already"


def test_a_volunteer_cannot_take_a_full_shift(make, world, clock):
    shift = world.shift(minimum=2, seats=2)
    for _ in range(2):
        claims.claim(world.watcher().id, shift.id, clock.now())
    late = world.watcher()
    assert refusal(claims.claim, late.id, shift.id, clock.now()).code == "full"
    assert make.all(Shift)[0].taken == 2


def test_a_certificate_that_ends_before_the_shift_names_the_course_that_renews_it(make, world, clock):
    fern = make.person(world.chapter)
    make.certificate(fern, world.course, ends_in=3 * DAY)
    claims.claim(fern.id, world.shift(starts_in=3 * DAY - HOUR).id, clock.now())
    no = refusal(claims.claim, fern.id, world.shift(starts_in=5 * DAY).id, clock.now())
    assert no.code == "not_certified"
    assert no.values["course"] == world.course.id
    assert no.values["name_en"] == "Court watch basics"
    assert no.values["ends_at"] == clock.now() + 3 * DAY


def test_an_overlap_names_the_clashing_shift_and_touching_ends_do_not_clash(make, world, clock):
    fern = world.watcher()
    first = world.shift(starts_in=DAY, lasts=3 * HOUR)
    claims.claim(fern.id, first.id, clock.now())
    inside = world.shift(starts_in=DAY + 2 * HOUR)
    no = refusal(claims.claim, fern.id, inside.id, clock.now())
    assert (no.code, no.values["shift"], no.values["place"]) == ("overlap", first.id, world.place.name)
    claims.claim(fern.id, world.shift(starts_in=DAY + 3 * HOUR).id, clock.now())


def test_the_seat_that_completes_the_minimum_is_kept_for_someone_experienced(world, clock):
    shift = world.shift(minimum=3, seats=5)
    novices = [world.novice() for _ in range(4)]
    for novice in novices[:2]:
        claims.claim(novice.id, shift.id, clock.now())
    no = refusal(claims.claim, novices[2].id, shift.id, clock.now())
    assert (no.code, no.values) == ("novices_only", {"minimum": 3})
    claims.claim(world.watcher().id, shift.id, clock.now())
    claims.claim(novices[2].id, shift.id, clock.now())
    claims.claim(novices[3].id, shift.id, clock.now())


def test_a_shift_that_started_ended_or_was_cancelled_cannot_be_taken(make, world, clock):
    fern = world.watcher()
    soon, gone = (
        world.shift(starts_in=HOUR),
        world.shift(cancelled_at=clock.now(), cancel_reason="The court is closed."),
    )
    assert refusal(claims.claim, fern.id, gone.id, clock.now()).values == {"reason": "The court is closed."}
    assert refusal(claims.claim, fern.id, soon.id, clock.now() + HOUR).code == "started"
    assert refusal(claims.claim, fern.id, soon.id, clock.now() + 4 * HOUR).code == "ended"


def test_another_chapters_shift_is_unknown_and_a_disabled_person_takes_nothing(make, world, clock):
    stranger = make.person(make.chapter())
    assert refusal(claims.claim, stranger.id, world.shift().id, clock.now()).code == "unknown_shift"
    gone = make.person(world.chapter, disabled_at=clock.now())
    assert refusal(claims.claim, gone.id, world.shift().id, clock.now()).code == "disabled"
    assert refusal(claims.claim, gone.id, "nothere", clock.now()).code == "unknown_shift"


def test_a_pod_shift_is_open_to_the_chapter_above_and_not_the_other_way(make, world, clock):
    pod = make.chapter(parent=world.chapter)
    below = make.shift(make.place(pod), chapter_id=pod.id)
    claims.claim(world.watcher().id, below.id, clock.now())
    pod_person = make.person(pod)
    make.certificate(pod_person, world.course)
    assert refusal(claims.claim, pod_person.id, world.shift().id, clock.now()).code == "unknown_shift"


def test_giving_back_before_the_start_frees_the_seat_for_another(make, world, clock):
    shift = world.shift(minimum=2, seats=2)
    fern, wren, tern = (world.watcher() for _ in range(3))
    for person in (fern, wren):
        claims.claim(person.id, shift.id, clock.now())
    claims.release(fern.id, shift.id, clock.now())
    assert refusal(claims.release, fern.id, shift.id, clock.now()).code == "already"
    claims.claim(tern.id, shift.id, clock.now())
    assert refusal(claims.claim, fern.id, shift.id, clock.now()).code == "full"
    assert refusal(claims.release, wren.id, shift.id, clock.now() + DAY).code == "started"
    assert make.all(Shift)[0].taken == 2


def test_whoever_gave_it_back_may_take_it_again(make, world, clock):
    fern, shift = world.watcher(), world.shift()
    claims.claim(fern.id, shift.id, clock.now())
    claims.release(fern.id, shift.id, clock.now())
    claims.claim(fern.id, shift.id, clock.now())
    assert make.all(Shift)[0].taken == 1


def test_nobody_gives_back_what_is_not_theirs(world, clock):
    fern, shift = world.watcher(), world.shift()
    assert refusal(claims.release, fern.id, shift.id, clock.now()).code == "not_yours"
    assert refusal(claims.check_in, fern.id, shift.id, clock.now()).code == "not_yours"


def test_here_phone_off_and_out_are_kept_and_seen_by_those_on_the_shift(make, world, clock):
    fern, wren, shift = world.watcher(), world.watcher(), world.shift(starts_in=HOUR)
    stranger = world.watcher()
    for person in (fern, wren):
        claims.claim(person.id, shift.id, clock.now())
    people = {p.id: p.version for p in make.all(type(fern))}
    clock.advance(HOUR)
    claims.check_in(fern.id, shift.id, clock.now())
    claims.quiet(fern.id, shift.id, clock.now() + 90 * MINUTE, clock.now())
    clock.advance(2 * HOUR)
    claims.check_out(fern.id, shift.id, clock.now())
    [row] = [c for c in make.all(Claim) if c.person_id == fern.id]
    assert (row.here_at, row.quiet_until, row.out_at) == (
        clock.now() - 2 * HOUR,
        clock.now() - 30 * MINUTE,
        clock.now(),
    )
    grown = {p.id: p.version - people[p.id] for p in make.all(type(fern))}
    assert (grown[fern.id], grown[wren.id], grown[stranger.id]) == (3, 3, 0)
    assert refusal(claims.check_in, fern.id, shift.id, clock.now()).code == "already"
    assert refusal(claims.check_out, fern.id, shift.id, clock.now()).code == "already"


def test_twelve_hours_after_the_end_nothing_more_is_taken_but_how_it_was(make, world, clock):
    fern, shift = world.watcher(), world.shift(starts_in=HOUR, lasts=HOUR)
    claims.claim(fern.id, shift.id, clock.now())
    clock.advance(14 * HOUR)
    assert refusal(claims.check_out, fern.id, shift.id, clock.now()).code == "ended"
    claims.after(fern.id, shift.id, "call_me", clock.now())


def test_how_it_was_is_forgotten_after_48_hours_counted_from_the_last_word(make, world, clock):
    fern, shift = world.watcher(), world.shift(starts_in=HOUR)
    claims.claim(fern.id, shift.id, clock.now())
    clock.advance(2 * HOUR)
    claims.after(fern.id, shift.id, "fine", clock.now())
    clock.advance(HOUR)
    claims.after(fern.id, shift.id, "shaken", clock.now())
    clock.advance(47 * HOUR)
    run_due(clock.now())
    assert make.all(Claim)[0].after == "shaken"
    clock.advance(HOUR)
    run_due(clock.now())
    assert (make.all(Claim)[0].after, make.all(Claim)[0].after_at) == (None, None)
