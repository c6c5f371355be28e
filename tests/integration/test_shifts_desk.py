"""The desk's pages of shifts, through the forms that coordinators use."""

from __future__ import annotations

import re

import pytest

from fieldapp.core.clock import DAY, HOUR, MINUTE
from fieldapp.shifts.models import Claim, Shift
from fieldapp.training.models import Grade

FORM = {"day": "2026-11-24", "start": "8:30", "end": "12:30", "minimum": "2", "seats": "4"}


@pytest.fixture
def desk(make, sign_in, clock):
    """A chapter with a court, a coordinator's browser, and volunteers."""

    class Desk:
        chapter = make.chapter(legal_line="212-555-0148")
        place = make.place(chapter, "Immigration Court, 26 Federal Plaza", meeting_spot="By the fountain")
        page = sign_in(make.person(chapter, "coordinator", field_name="Juniper"))

        def watcher(self, name):
            person = make.person(self.chapter, field_name=name)
            make.keep(Grade(person_id=person.id, chapter_id=self.chapter.id, grade="watcher"))
            return person

        def on(self, shift, *people):
            for person in people:
                phone = make.phone(person, self.chapter)
                assert phone.sync(phone.operation("claim", shift=shift.id))[0]["outcome"] == "stored"

        def post(self, shift, act, **form):
            return self.page.post(f"/shifts/{shift.id}/{act}", form, follow_redirects=True)

    return Desk()


def test_a_coordinator_adds_a_shift_in_the_places_own_hours(make, desk):
    answer = desk.page.post("/shifts/new", {**FORM, "place_id": desk.place.id}, follow_redirects=True)
    assert answer.status_code == 200
    assert "08:30 to 12:30 New York (EST)" in answer.text
    [shift] = make.all(Shift)
    assert (shift.starts_at, shift.ends_at - shift.starts_at) == (1_795_527_000_000, 4 * HOUR)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("day", "2026-02-31"),
        ("day", "2019-01-01"),
        ("day", ""),
        ("start", "25:00"),
        ("end", "noon"),
        ("end", "3:00"),
        ("minimum", "1"),
        ("minimum", "-3"),
        ("seats", "1"),
        ("seats", "201"),
        ("seats", "9" * 400),
        ("course_id", "nothere"),
    ],
)
def test_a_form_that_makes_no_sense_names_the_field_and_keeps_what_was_written(make, desk, field, value):
    answer = desk.page.post("/shifts/new", {**FORM, "place_id": desk.place.id, "meet": "At the clock", field: value})
    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    assert "At the clock" in answer.text
    assert make.all(Shift) == []


def test_another_chapters_place_is_not_there(make, desk):
    elsewhere = make.place(make.chapter())
    assert desk.page.post("/shifts/new", {**FORM, "place_id": elsewhere.id}).status_code == 404
    assert desk.page.get(f"/shifts/{make.shift(elsewhere).id}").status_code == 404


def test_the_roster_says_who_is_where_and_who_is_overdue(make, desk, clock):
    shift = make.shift(desk.place, starts_in=HOUR)
    wren, maple, tern, alder = (desk.watcher(name) for name in ("Wren", "Maple", "Tern", "Alder"))
    desk.on(shift, wren, maple, tern, alder)
    desk.post(shift, "lead", lead_id=maple.id)
    clock.advance(HOUR)
    for person, kind, opened in (
        (wren, "quiet", {"/until": clock.now() + 30 * MINUTE}),
        (maple, "check_in", {}),
        (alder, "check_in", {}),
    ):
        phone = make.phone(person, desk.chapter)
        phone.sync(phone.operation(kind, shift=shift.id, open=opened))
    clock.advance(94 * MINUTE)
    text = desk.page.get(f"/shifts/{shift.id}").text
    for words in (
        "Wren is overdue: said “phone off until 11:30”",
        "Overdue 64 min",
        "Not here, 94 min late",
        "Here since 11:00",
        "Maple, in the chapter chat",
        "212-555-0148",
        "By the fountain",
        "Never call the court about a volunteer by name.",
    ):
        assert words in text
    assert "Wren is overdue" not in desk.post(shift, "mark", person_id=wren.id, what="out").text


def test_confirming_one_and_then_all(make, desk):
    shift = make.shift(desk.place)
    fern, wren, tern = (desk.watcher(name) for name in ("Fern", "Wren", "Tern"))
    desk.on(shift, fern, wren, tern)
    assert "1 person confirmed." in desk.post(shift, "confirm", person_id=fern.id).text
    assert "2 people confirmed." in desk.post(shift, "confirm").text
    assert {c.state for c in make.all(Claim)} == {"confirmed"}


def test_other_hours_ask_everyone_to_confirm_again_and_seats_never_shrink_below_those_taken(make, desk):
    shift = make.shift(desk.place)
    desk.on(shift, desk.watcher("Fern"), desk.watcher("Wren"), desk.watcher("Tern"))
    desk.post(shift, "confirm")
    assert desk.page.post(f"/shifts/{shift.id}/edit", {**FORM, "seats": "2"}).status_code == 422
    shown = desk.page.post(f"/shifts/{shift.id}/edit", {**FORM, "seats": "3"}).text
    said = re.search(r'name="said" value="(\w+)"', shown)[1]
    answer = desk.page.post(f"/shifts/{shift.id}/edit", {**FORM, "seats": "3", "said": said})
    assert answer.status_code == 302
    assert {c.state for c in make.all(Claim)} == {"claimed"}
    assert make.all(Shift)[0].seats == 3


def test_a_cancelled_shift_needs_a_reason_and_takes_nobody_any_more(make, desk):
    shift = make.shift(desk.place)
    assert desk.page.post(f"/shifts/{shift.id}/cancel", {"reason": " "}).status_code == 422
    assert "The court is closed." in desk.post(shift, "cancel", reason="The court is closed.").text
    phone = make.phone(desk.watcher("Fern"), desk.chapter)
    assert phone.sync(phone.operation("claim", shift=shift.id))[0]["outcome"] == "not_applied/cancelled"
    assert desk.page.post(f"/shifts/{shift.id}/cancel", {"reason": "Again."}).status_code == 409


def test_adding_by_hand_keeps_the_same_rules_and_says_which_one_says_no(make, desk):
    course = make.course(desk.chapter)
    shift = make.shift(desk.place, course_id=course.id, seats=2)
    fern, wren = desk.watcher("Fern"), desk.watcher("Wren")
    make.certificate(fern, course)
    page = desk.page.get(f"/shifts/{shift.id}").text
    assert "Wren: It needs a certificate in Court watch basics." in page
    assert "It needs a certificate in Court watch basics." in desk.post(shift, "add", person_id=wren.id).text
    desk.post(shift, "add", person_id=fern.id)
    assert [c.person_id for c in make.all(Claim)] == [fern.id]
    stranger = make.person(make.chapter())
    assert desk.post(shift, "add", person_id=stranger.id).status_code == 404


def test_taking_someone_off_frees_the_seat_and_the_lead(make, desk):
    shift = make.shift(desk.place)
    fern = desk.watcher("Fern")
    desk.on(shift, fern)
    desk.post(shift, "lead", lead_id=fern.id)
    desk.post(shift, "remove", person_id=fern.id)
    [row] = make.all(Shift)
    assert (row.taken, row.lead_id) == (0, None)
    assert desk.page.post(f"/shifts/{shift.id}/lead", {"lead_id": fern.id}).status_code == 422


def test_only_those_on_a_shift_and_coordinators_read_its_names_and_only_until_they_are_out(make, desk, sign_in, clock):
    shift = make.shift(desk.place, starts_in=HOUR)
    fern, wren, other = desk.watcher("Fern"), desk.watcher("Wren"), desk.watcher("Other")
    desk.on(shift, fern, wren)
    pages = {person.field_name: sign_in(person) for person in (fern, wren, other)}
    assert "Wren" in pages["Fern"].get(f"/shifts/{shift.id}").text
    assert pages["Other"].get(f"/shifts/{shift.id}").status_code == 403
    clock.advance(2 * HOUR)
    phone = make.phone(fern, desk.chapter)
    phone.sync(phone.operation("check_out", shift=shift.id))
    assert pages["Fern"].get(f"/shifts/{shift.id}").status_code == 403


def test_the_week_lists_the_worst_first_and_names_the_holiday(make, desk):
    good, bad = make.shift(desk.place, starts_in=DAY), make.shift(desk.place, starts_in=2 * DAY)
    desk.on(good, desk.watcher("Fern"), desk.watcher("Wren"))
    desk.post(good, "confirm")
    text = desk.page.get("/shifts?week=2026-11-23").text
    assert text.index(bad.id) < text.index(good.id)
    assert "Thanksgiving" in text
    by_day = desk.page.get("/shifts?week=2026-11-23&by=day").text
    assert by_day.index(good.id) < by_day.index(bad.id)


def test_the_days_roster_can_be_copied_as_text(make, desk):
    shift = make.shift(desk.place)
    desk.on(shift, desk.watcher("Fern"))
    text = desk.page.get("/shifts/day?on=2026-11-24").text
    assert "- Fern (not confirmed)" in text
    assert "Legal line: 212-555-0148" in text
    assert "No shifts on this day." in desk.page.get("/shifts/day?on=2027-01-01").text


def test_a_volunteer_sees_what_they_may_take_and_what_would_change_the_rest(make, desk, sign_in, clock):
    course = make.course(desk.chapter)
    fern = desk.watcher("Fern")
    mine, clash = make.shift(desk.place), make.shift(desk.place)
    needs = make.shift(desk.place, starts_in=3 * DAY, course_id=course.id)
    free = make.shift(desk.place, starts_in=4 * DAY)
    desk.on(mine, fern)
    page = sign_in(fern)
    text = page.get("/shifts").text
    assert f"/shifts/{free.id}/take" in text
    assert f"/shifts/{needs.id}/take" not in text
    assert f"/shifts/{clash.id}/take" not in text
    assert "It runs at the same time as Immigration Court, 26 Federal Plaza, Tue 24 Nov" in text
    assert "Giving that one back would free these hours." in text
    assert "Ask a trainer for the next session." in text
    assert f"/shifts/{free.id}/give-back" in page.post(f"/shifts/{free.id}/take", follow_redirects=True).text
    assert f"/shifts/{free.id}/take" in page.post(f"/shifts/{free.id}/give-back", follow_redirects=True).text


def test_in_spanish_the_roster_speaks_spanish(make, desk):
    shift = make.shift(desk.place)
    desk.on(shift, desk.watcher("Fern"))
    text = desk.page.get(f"/shifts/{shift.id}?lang=es").text
    assert "Copiar como texto" in text
    assert "Si te dicen que salgas" in text


def test_long_dates_in_spanish_say_de(make, desk):
    text = desk.page.get(f"/shifts/{make.shift(desk.place).id}?lang=es").text
    assert "martes 24 de noviembre de 2026" in text
    assert "semana del 23 de noviembre" in text
