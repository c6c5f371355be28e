"""A partner organisation asks for people, reads the answer and what came of it, and sees nothing else of the chapter."""

from __future__ import annotations

import html

import pytest

from fieldapp.accounts.models import Invite, LoginSession, Partner
from fieldapp.core.clock import DAY, HOUR
from fieldapp.core.private import looks_private
from fieldapp.shifts.models import Message, PartnerAsk, PartnerAskShift, Shift
from fieldapp.shifts.services import claims, partner_asks
from fieldapp.training.models import Grade

ASKED = {
    "what": "accompany",
    "day": "2026-11-25",
    "start": "8:30",
    "end": "12:30",
    "people": "3",
    "contact": "front desk",
}


@pytest.fixture
def chapter(make):
    return make.chapter("North", hotline="555-0142")


@pytest.fixture
def coordinator(make, chapter, sign_in):
    return sign_in(make.person(chapter, "coordinator"))


@pytest.fixture
def casa(make, chapter, sign_in):
    return sign_in(make.partner_person(make.partner(chapter, "Casa")))


@pytest.fixture
def court(make, chapter):
    return make.place(chapter, "Court on Broadway", city="New York")


def the_ask(make):
    (found,) = make.all(PartnerAsk)
    return found


def test_an_ask_becomes_shifts_and_the_organisation_reads_what_came_of_it(
    make, chapter, court, coordinator, clock, sign_in
):
    person = make.partner_person(make.partner(chapter, "Casa"))
    casa = sign_in(person)
    assert casa.post("/ask", {**ASKED, "place_id": court.id}).status_code == 302
    ask = the_ask(make)
    assert "1" in coordinator.get("/shifts").get_data(as_text=True).split("/partners/asks")[1][:80]
    assert "front desk" in coordinator.get(f"/partners/asks/{ask.id}").get_data(as_text=True)
    numbers = {"minimum": "2", "seats": "3", "parts": "2", "note": "front desk"}
    assert coordinator.post(f"/partners/asks/{ask.id}/accept", numbers).status_code == 302
    first, second = sorted(make.all(Shift), key=lambda one: one.starts_at)
    assert (first.ends_at, first.place_id, first.seats) == (second.starts_at, court.id, 3)
    assert (first.starts_at, second.ends_at) == (ask.starts_at, ask.ends_at)
    assert "0 of 6 people have said yes" in casa.get("/ask").get_data(as_text=True)

    people = [make.person(chapter, field_name=name) for name in ("Fern", "Sage")]
    make.keep(Grade(person_id=people[0].id, chapter_id=chapter.id, grade="watcher"))
    for one in people:
        claims.claim(one.id, first.id, clock.now())
    clock.at = first.starts_at
    claims.check_in(people[0].id, first.id, clock.now())
    page = sign_in(person).get("/ask").get_data(as_text=True)
    assert "2 of 6 people have said yes" in page
    assert "1 person came" in page
    assert "Fern" not in page


def test_a_declined_ask_says_why_and_a_question_comes_back_answered(make, court, casa, coordinator):
    casa.post("/ask", {**ASKED, "place_id": court.id})
    ask = the_ask(make)
    assert coordinator.post(f"/partners/asks/{ask.id}/decline", {"reason": " "}).status_code == 422
    coordinator.post(f"/partners/asks/{ask.id}/question", {"question": "Which entrance?"})
    assert "Which entrance?" in casa.get("/ask").get_data(as_text=True)
    assert casa.post(f"/ask/{ask.id}/reply", {"reply": "The one on Worth Street"}).status_code == 302
    assert "Worth Street" in coordinator.get(f"/partners/asks/{ask.id}").get_data(as_text=True)
    again = coordinator.post(f"/partners/asks/{ask.id}/question", {"question": "And when?"})
    assert again.status_code == 409
    coordinator.post(f"/partners/asks/{ask.id}/decline", {"reason": "Everyone is at the hearing on Main Street"})
    assert "Everyone is at the hearing" in casa.get("/ask").get_data(as_text=True)
    assert casa.post(f"/ask/{ask.id}/withdraw").status_code == 409


def test_what_looks_like_a_person_is_asked_about_and_taken_when_it_is_none(make, casa):
    named = {**ASKED, "area": "Roosevelt Ave and 90th St", "contact": "Maria Lopez"}
    answer = casa.post("/ask", named)
    assert answer.status_code == 422
    assert "looks like somebody" in answer.get_data(as_text=True)
    assert "Roosevelt Ave and 90th St" in answer.get_data(as_text=True)
    assert not make.all(PartnerAsk)
    assert casa.post("/ask", {**named, "sure": "1"}).status_code == 302


@pytest.mark.parametrize(
    ("text", "looks"),
    [
        ("A 012-345-678", "a_number"),
        ("call 718 555 0142", "phone"),
        ("Mrs. Lopez", "name"),
        ("ask for Juan Pérez", "name"),
        ("Roosevelt Avenue and Junction Boulevard", ""),
        ("Jackson Heights, near the library", ""),
        ("our front desk", ""),
        ("Legal Team on duty", ""),
    ],
)
def test_what_looks_private(text, looks):
    assert looks_private(text) == looks


def test_a_form_with_nothing_in_it_names_every_field(casa):
    page = casa.post("/ask", {}).get_data(as_text=True)
    for text in (
        "Choose what people are needed for",
        "Choose a place, or write",
        "Between 1 and 50",
        "Write the time as 8:30",
    ):
        assert text in page


def test_the_language_of_an_ask_stands_on_the_shifts_it_becomes(
    make, chapter, court, casa, coordinator, sign_in, clock
):
    casa.post("/ask", {**ASKED, "place_id": court.id, "what": "interpret", "lang": "quc"})
    ask = the_ask(make)
    values = {"place_id": court.id, "minimum": "2", "seats": "3", "parts": "2", "note": "Meet early"}
    assert coordinator.post(f"/partners/asks/{ask.id}/accept", values).status_code == 302
    person = make.person(chapter, field_name="Sage")
    for shift in make.all(Shift):
        assert shift.brief["note"] == "Somebody must speak: K'iche'. Alguien debe hablar: quiché.\nMeet early"
        page = html.unescape(coordinator.get(f"/shifts/{shift.id}").get_data(as_text=True))
        assert "A partner asked for somebody who speaks: K'iche'" in page
    first = min(make.all(Shift), key=lambda one: one.starts_at)
    make.keep(Grade(person_id=person.id, chapter_id=chapter.id, grade="watcher"))
    claims.claim(person.id, first.id, clock.now())
    [mine] = sign_in(person).get("/api/v1/field").get_json()["personal"]["shifts"]["mine"]
    assert mine["brief"]["note"].startswith("Somebody must speak: K'iche'.")


def test_an_interpreter_is_asked_for_with_a_language(casa, court):
    asked = {**ASKED, "what": "interpret", "place_id": court.id, "people": "1"}
    assert casa.post("/ask", asked).status_code == 422
    assert casa.post("/ask", {**asked, "lang": "quc"}).status_code == 302


def test_an_ask_outside_our_places_needs_one_of_ours_to_be_accepted(make, court, casa, coordinator):
    casa.post("/ask", {**ASKED, "area": "Roosevelt Ave and 90th St"})
    ask = the_ask(make)
    numbers = {"minimum": "2", "seats": "3", "parts": "1"}
    assert coordinator.post(f"/partners/asks/{ask.id}/accept", numbers).status_code == 404
    assert coordinator.post(f"/partners/asks/{ask.id}/accept", {**numbers, "place_id": court.id}).status_code == 302


def test_a_chapter_without_a_coordinator_is_answered_from_above(make, sign_in, clock):
    parent = make.chapter("Parent")
    pod = make.chapter("Pod", parent)
    casa = sign_in(make.partner_person(make.partner(pod)))
    place = make.place(pod)
    casa.post("/ask", {**ASKED, "place_id": place.id})
    above = sign_in(make.person(parent, "coordinator"))
    assert above.post(f"/partners/asks/{the_ask(make).id}/decline", {"reason": "Not this week"}).status_code == 302


def test_coordinators_are_told_of_an_ask_and_the_organisation_of_the_answer(make, court, casa, coordinator):
    casa.post("/ask", {**ASKED, "place_id": court.id})
    assert [one.kind for one in make.all(Message)] == ["chapter"]
    coordinator.post(f"/partners/asks/{the_ask(make).id}/decline", {"reason": "Not this week"})
    assert len(make.all(Message)) == 2  # the organisation's front desk


def test_an_ask_that_nobody_answers_climbs_to_the_chapter_above(make, sign_in, clock):
    parent = make.chapter("Parent")
    pod = make.chapter("Pod", parent)
    above, here = make.person(parent, "coordinator"), make.person(pod, "coordinator")
    casa = sign_in(make.partner_person(make.partner(pod)))
    casa.post("/ask", {**ASKED, "place_id": make.place(pod).id})
    assert [one.person_id for one in make.all(Message)] == [here.id]
    clock.advance(DAY)
    partner_asks.climb({"ask": the_ask(make).id}, clock.now())
    partner_asks.climb({"ask": the_ask(make).id}, clock.now())
    assert {one.person_id for one in make.all(Message)} == {here.id, above.id}
    assert len(make.all(Message)) == 2


def test_two_answers_at_once_leave_one(make, court, casa, coordinator):
    casa.post("/ask", {**ASKED, "place_id": court.id})
    ask, numbers = the_ask(make), {"minimum": "2", "seats": "2", "parts": "1"}
    assert coordinator.post(f"/partners/asks/{ask.id}/accept", numbers).status_code == 302
    assert coordinator.post(f"/partners/asks/{ask.id}/accept", numbers).status_code == 409
    assert len(make.all(Shift)) == 1


def test_words_are_erased_after_the_chapters_days_and_numbers_stay(make, court, casa, coordinator, clock, chapter):
    assert coordinator.post("/partners/keep", {"chapter": chapter.id, "days": "91"}).status_code == 422
    coordinator.post("/partners/keep", {"chapter": chapter.id, "days": "7"})
    casa.post("/ask", {**ASKED, "area": "Roosevelt Ave and 90th St"})
    ask = the_ask(make)
    coordinator.post(
        f"/partners/asks/{ask.id}/accept", {"minimum": "2", "seats": "2", "parts": "1", "place_id": court.id}
    )
    clock.at = ask.ends_at + 7 * DAY - HOUR
    assert partner_asks.forget(clock.now()) == 0
    clock.advance(2 * HOUR)
    assert partner_asks.forget(clock.now()) == 1
    assert partner_asks.forget(clock.now()) == 0
    left = the_ask(make)
    assert (left.area, left.contact, left.by_id, left.place_id, left.answered_by) == ("", "", None, None, None)
    assert (left.people, left.came, left.state) == (3, 0, "accepted")
    assert not make.all(PartnerAskShift)


def test_a_partner_gets_one_page_and_no_roster_map_record_or_snapshot(make, casa, court):
    shift = make.shift(court)
    for path in (
        "/shifts",
        f"/shifts/{shift.id}",
        "/coverage",
        "/people",
        "/training",
        "/places",
        "/api/v1/field",
        "/alerts/mine",
        "/partners",
    ):
        assert casa.get(path).status_code == 403, path
    assert casa.get("/start").location == "/ask"
    assert casa.get("/me").status_code == 200


def test_another_organisations_ask_is_not_there(make, chapter, court, casa, sign_in):
    casa.post("/ask", {**ASKED, "place_id": court.id})
    other = sign_in(make.partner_person(make.partner(chapter, "Other")))
    assert other.post(f"/ask/{the_ask(make).id}/withdraw").status_code == 404
    assert "Court on Broadway, New York</p>" not in other.get("/ask").get_data(as_text=True)


def test_an_organisation_is_invited_under_step_up_and_ended(make, chapter, sign_in, clock):
    person = make.person(chapter, "coordinator")
    page = sign_in(person)
    page.post("/partners", {"name": "Casa", "kind": "immigrant_led", "chapter": chapter.id})
    (partner,) = make.all(Partner)
    assert sign_in(person, stepped_up=False).post(f"/partners/{partner.id}/invite").status_code == 403
    shown = page.post(f"/partners/{partner.id}/invite").get_data(as_text=True)
    assert "/enrol#" in shown
    (invite,) = make.all(Invite)
    assert (invite.partner_id, invite.roles) == (partner.id, [])
    login = make.partner_person(partner)
    casa = sign_in(login)
    assert casa.get("/ask").status_code == 200
    page.post(f"/partners/{partner.id}/end")
    assert casa.get("/ask").status_code == 302
    assert all(one.ended_at for one in make.all(LoginSession) if one.person_id == login.id)
    assert make.all(Invite)[0].revoked_at
    assert page.post(f"/partners/{partner.id}/invite").status_code == 409


def test_the_inbox_asks_a_fixed_number_of_questions(make, chapter, court, casa, coordinator, queries):
    casa.post("/ask", {**ASKED, "place_id": court.id})
    with queries() as few:
        coordinator.get("/partners/asks")
    for _ in range(5):
        casa.post("/ask", {**ASKED, "place_id": court.id})
    with queries() as many:
        coordinator.get("/partners/asks")
    assert len(many) == len(few)


def test_one_organisation_wakes_the_coordinators_thirty_times_a_day_at_most(make, chapter, court, sign_in, clock):
    person = make.partner_person(make.partner(chapter, "Casa"))
    casa = sign_in(person)
    other = sign_in(make.partner_person(make.partner(chapter, "Otra")))
    for _ in range(partner_asks.MOST_A_DAY):
        assert casa.post("/ask", {**ASKED, "place_id": court.id}).status_code == 302
    casa.post(f"/ask/{make.all(PartnerAsk)[0].id}/withdraw")
    assert casa.post("/ask", {**ASKED, "place_id": court.id}).status_code == 429
    assert len(make.all(PartnerAsk)) == partner_asks.MOST_A_DAY
    assert other.post("/ask", {**ASKED, "place_id": court.id}).status_code == 302
    clock.at += DAY
    assert sign_in(person).post("/ask", {**ASKED, "place_id": court.id}).status_code == 302
