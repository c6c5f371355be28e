"""A member moves to another chapter: certificates go with them, roles and coming shifts do not."""

from __future__ import annotations

import pytest

from fieldapp.accounts.models import Membership
from fieldapp.core.clock import DAY
from fieldapp.core.db import write
from fieldapp.shifts.models import Claim, Message, Move
from fieldapp.shifts.services import claims, moves
from fieldapp.training.models import Certificate, Grade
from tests.between import between


@pytest.fixture
def top(make):
    return make.chapter("Top")


@pytest.fixture
def north(make, top):
    return make.chapter("North", top)


@pytest.fixture
def south(make, top):
    return make.chapter("South", top)


@pytest.fixture
def heron(make, north):
    person = make.person(north, "volunteer", field_name="Heron")
    make.keep(Grade(person_id=person.id, chapter_id=north.id, grade="watcher"))
    return person


def offered(make, sign_in, heron, north, south):
    """A coordinator of North offers Heron; the move that waits."""
    giver = sign_in(make.person(north, "coordinator"))
    assert giver.post(f"/people/{heron.id}/move", {"to": south.id}).status_code == 302
    return next(one for one in make.all(Move) if one.live)


def homes(make, person):
    return {(m.chapter_id, m.role) for m in make.all(Membership) if m.person_id == person.id}


def test_one_chapter_offers_the_other_accepts_and_certificates_go_along(make, sign_in, heron, north, south, clock):
    theirs, ours = make.course(north, "Court watch"), make.course(south, "court watch ")
    rare = make.course(north, "Film")
    make.certificate(heron, theirs, ends_in=90 * DAY)
    make.certificate(heron, rare)
    place = make.place(north)
    shift = make.shift(place)
    claims.claim(heron.id, shift.id, clock.now())
    own = sign_in(heron)
    giver = sign_in(make.person(north, "coordinator"))
    said = giver.get(f"/people/{heron.id}/move?to={south.id}").get_data(as_text=True)
    assert place.name in said
    assert "South decides whether" in said
    move = offered(make, sign_in, heron, north, south)
    assert homes(make, heron) == {(north.id, "volunteer")}
    taker = sign_in(make.person(south, "coordinator"))
    (course,) = [one.id for one in make.all(Certificate) if one.course_id == theirs.id]
    assert "Take it for" in taker.get(f"/people/moves/{move.id}").get_data(as_text=True)
    assert taker.post(f"/people/moves/{move.id}/accept", {"equal": [course]}).status_code == 302

    assert homes(make, heron) == {(south.id, "volunteer")}
    assert [one.state for one in make.all(Claim)] == ["released"]
    (given,) = [one for one in make.all(Certificate) if one.course_id == ours.id]
    assert given.ends_at == clock.now() + 90 * DAY
    assert given.note == "North: Court watch"
    assert own.get("/me").status_code == 302  # signed out
    again = sign_in(heron)
    page = again.get("/training/mine").get_data(as_text=True)
    assert "Film" in page
    assert "from North" in page
    assert "from North" in taker.get(f"/training/people/{heron.id}").get_data(as_text=True)
    assert [m.kind for m in make.all(Message) if m.person_id == heron.id] == ["chapter"]
    assert again.get(f"/shifts/{shift.id}").status_code == 404


def test_a_course_of_that_name_is_taken_only_when_the_chapter_says_so(make, sign_in, heron, north, south):
    make.certificate(heron, make.course(north, "Court watch"))
    ours = make.course(south, "Court watch")
    move = offered(make, sign_in, heron, north, south)
    sign_in(make.person(south, "coordinator")).post(f"/people/moves/{move.id}/accept")
    assert not [one for one in make.all(Certificate) if one.course_id == ours.id]
    assert len(make.all(Certificate)) == 1


def test_a_certificate_of_the_chapter_above_holds_in_both(make, sign_in, heron, top, north, south):
    course = make.course(top, "Basics")
    make.certificate(heron, course)
    page = sign_in(make.person(top, "coordinator"))
    assert "holds there as it is" in page.get(f"/people/{heron.id}/move?to={south.id}").get_data(as_text=True)
    assert page.post(f"/people/{heron.id}/move", {"to": south.id}).status_code == 302
    assert homes(make, heron) == {(south.id, "volunteer")}
    shift = make.shift(make.place(south), course_id=course.id, minimum=3)
    assert claims.claim(heron.id, shift.id, shift.starts_at - DAY).state == "claimed"


def test_roles_above_trainer_do_not_move(make, sign_in, north, south):
    both = make.person(north, "volunteer", "coordinator")
    page = sign_in(make.person(north, "coordinator"))
    answer = page.post(f"/people/{both.id}/move", {"to": south.id})
    assert answer.status_code == 409
    assert "Roles do not move" in answer.get_data(as_text=True)


def test_a_trainer_arrives_as_a_volunteer(make, sign_in, top, north, south):
    trainer = make.person(north, "volunteer", "trainer")
    sign_in(make.person(top, "coordinator")).post(f"/people/{trainer.id}/move", {"to": south.id})
    assert homes(make, trainer) == {(south.id, "volunteer")}


def test_a_move_needs_a_fresh_proof_and_waits_for_one_answer(make, sign_in, heron, north, south):
    person = make.person(north, "coordinator")
    assert sign_in(person, stepped_up=False).post(f"/people/{heron.id}/move", {"to": south.id}).status_code == 403
    move = offered(make, sign_in, heron, north, south)
    assert sign_in(person).post(f"/people/{heron.id}/move", {"to": south.id}).status_code == 409
    taker = make.person(south, "coordinator")
    assert sign_in(taker, stepped_up=False).post(f"/people/moves/{move.id}/accept").status_code == 403
    assert sign_in(taker).post(f"/people/moves/{move.id}/end").status_code == 302
    assert sign_in(taker).post(f"/people/moves/{move.id}/accept").status_code == 409
    assert homes(make, heron) == {(north.id, "volunteer")}
    offered(make, sign_in, heron, north, south)


def test_another_organisations_chapter_is_no_choice(make, sign_in, heron, north):
    other = make.chapter("Other organisation")
    page = sign_in(make.person(north, "coordinator"))
    assert "Other organisation" not in page.get(f"/people/{heron.id}/move").get_data(as_text=True)
    assert page.post(f"/people/{heron.id}/move", {"to": other.id}).status_code == 422


def test_a_member_of_both_keeps_the_shifts_of_the_chapter_they_stay_in(make, sign_in, heron, top, north, south, clock):
    make.keep(Membership(person_id=heron.id, chapter_id=south.id, role="volunteer", since=clock.now()))
    here, there = make.shift(make.place(north)), make.shift(make.place(south), starts_in=3 * DAY, minimum=3)
    for shift in (here, there):
        claims.claim(heron.id, shift.id, clock.now())
    sign_in(make.person(top, "coordinator")).post(f"/people/{heron.id}/move", {"to": south.id})
    assert {one.shift_id: one.state for one in make.all(Claim)} == {here.id: "released", there.id: "claimed"}
    assert homes(make, heron) == {(south.id, "volunteer")}


def test_a_key_of_before_still_brings_its_records_for_either_chapter(make, sign_in, heron, top, north, south):
    phone = make.phone(heron, north)
    before = phone.sync(phone.observation())[0]["outcome"]
    sign_in(make.person(top, "coordinator")).post(f"/people/{heron.id}/move", {"to": south.id})
    both = phone.sync(phone.observation(), phone.observation(chapter=south.id))
    assert [one["outcome"] for one in both] == [before, before]


def test_who_moved_is_forgotten_after_a_month(make, sign_in, heron, top, south, clock):
    sign_in(make.person(top, "coordinator")).post(f"/people/{heron.id}/move", {"to": south.id})
    clock.advance(31 * DAY)
    assert moves.forget(clock.now()) == 1
    assert not make.all(Move)


def test_an_old_offer_lets_nobody_in_who_was_disabled_or_taken_out_since(make, sign_in, heron, north, south):
    move = offered(make, sign_in, heron, north, south)
    taker = sign_in(make.person(south, "coordinator"))
    admin = sign_in(make.person(north, "admin"))
    assert admin.post(f"/people/{heron.id}/disable", {}).status_code == 302
    assert taker.get(f"/people/moves/{move.id}").status_code == 409
    assert taker.post(f"/people/moves/{move.id}/accept").status_code == 409
    assert homes(make, heron) == {(north.id, "volunteer")}
    assert admin.post(f"/people/{heron.id}/enable", {}).status_code == 302
    with write() as session:
        session.delete(session.get_one(Membership, (heron.id, north.id, "volunteer")))
    assert taker.post(f"/people/moves/{move.id}/accept").status_code == 409
    assert homes(make, heron) == set()
    assert taker.post(f"/people/moves/{move.id}/end").status_code == 302  # the offer itself can be put away


def test_nobody_accepts_their_own_move_and_with_it_certificates_for_themselves(make, sign_in, north, south):
    wren = make.person(north, "volunteer")
    make.keep(Membership(person_id=wren.id, chapter_id=south.id, role="coordinator", since=1))
    move = offered(make, sign_in, wren, north, south)
    assert sign_in(wren).post(f"/people/moves/{move.id}/accept").status_code == 403
    assert sign_in(make.person(south, "coordinator")).post(f"/people/moves/{move.id}/accept").status_code == 302
    assert homes(make, wren) == {(south.id, "coordinator"), (south.id, "volunteer")}


def test_a_role_that_is_given_while_the_move_is_accepted_is_not_taken_away_unsaid(
    app, make, sign_in, heron, north, south
):
    move = offered(make, sign_in, heron, north, south)
    taker, admin = sign_in(make.person(south, "coordinator")), sign_in(make.person(north, "admin"))
    taker.csrf()
    admin.csrf()

    person, chapter = heron.id, north.id

    def promote():
        return admin.post(f"/people/{person}/roles", {"chapter": chapter, "role": "coordinator"})

    with between(app, "SELECT memberships.role", promote) as given:
        answer = taker.post(f"/people/moves/{move.id}/accept")
    assert given[0].status_code < 400, given[0].get_data(as_text=True)
    assert answer.status_code == 409
    assert "Roles do not move" in answer.get_data(as_text=True)
    assert homes(make, heron) == {(north.id, "volunteer"), (north.id, "coordinator")}


def test_a_certificate_that_is_revoked_while_the_move_is_accepted_is_not_taken_for_another(
    app, make, sign_in, heron, north, south, clock
):
    course = make.course(north, "Court watch")
    held = make.certificate(heron, course)
    make.course(south, "Court watch")
    move = offered(make, sign_in, heron, north, south)
    taker = sign_in(make.person(south, "coordinator"))
    taker.csrf()

    one = held.id

    def revoke():
        with write() as session:
            session.get_one(Certificate, one).revoked_at = clock.now()

    with between(app, "SELECT memberships.role", revoke):
        taker.post(f"/people/moves/{move.id}/accept", {"equal": [held.id]})
    assert [one.id for one in make.all(Certificate)] == [held.id]
