"""Counsel finds records, reads their open part, fetches what was sealed, and decides about the quarantine."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import event

from fieldapp.accounts.services import devices
from fieldapp.core.canonical import unb64u
from fieldapp.core.clock import DAY, MINUTE
from fieldapp.core.db import db, write
from fieldapp.records.models import Record
from tests.counsel import BoxKit, Counsel


@pytest.fixture
def chapter(make):
    return make.chapter("Northeast")


@pytest.fixture
def phone(make, chapter):
    return make.phone(make.person(chapter))


@pytest.fixture
def legal(make, sign_in, chapter):
    return sign_in(make.person(chapter, "legal"))


def words(answer):
    """The page's visible words."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


def real(form, **more):
    """Members that name a form as the catalogue has it."""
    from fieldapp.observations import catalogue

    definition = catalogue.definition(form)
    return {"form": form, "form_hash": catalogue.form_hash(definition), **more}


def seen(phone, answers, form="ice_courthouse@1", **more):
    sent = phone.observation(open=answers, **real(form, **more))
    assert phone.sync(sent)[0]["outcome"] in {"stored", "quarantined"}
    return sent


def test_an_empty_queue_says_that_records_come_by_themselves(legal):
    assert "No records yet" in words(legal.get("/legal/"))


def test_counsel_reads_what_was_said_in_the_open_in_words(legal, phone, make, chapter):
    place = make.place(chapter, "26 Federal Plaza")
    sent = seen(phone, {"/how_many": "n3_5", "/masked": "some"}, place=place.id)
    page = words(legal.get(f"/legal/records/{sent['digest']}"))
    assert "26 Federal Plaza" in page
    assert "Masks" in page
    assert "3 to 5" in page


def test_an_amended_answer_stands_beside_the_first_one(legal, phone):
    sent = seen(phone, {"/masked": "some"})
    patch = phone.amendment(sent, {"/masked": "all"}, **real("ice_courthouse@1"))
    phone.sync(patch)
    page = legal.get(f"/legal/records/{sent['digest']}")
    assert re.search(r"first written.*<s>Some</s>", page.get_data(as_text=True), re.S)
    assert "All" in words(page)
    assert words(legal.get("/legal/")).count("amended") >= 1


def test_a_phone_that_was_taken_away_changes_no_answer_until_counsel_lets_its_amendment_in(legal, phone, clock):
    sent = seen(phone, {"/masked": "some"})
    with write() as session:
        devices.revoke_all(session, phone.person.id, clock.now())
    patch = phone.amendment(sent, {"/masked": "all"}, **real("ice_courthouse@1"))
    assert phone.sync(patch)[0]["outcome"] == "quarantined"
    page = words(legal.get(f"/legal/records/{sent['digest']}"))
    assert "first written" not in page
    assert "in quarantine" in page
    assert len(legal.get(f"/legal/records/{sent['digest']}/envelopes").get_json()["versions"]) == 1
    assert patch["digest"] in legal.get("/legal/?quarantine=1").get_data(as_text=True)
    legal.post(f"/legal/records/{patch['digest']}/decision", {"decision": "released", "reason": "It was theirs"})
    assert "first written" in words(legal.get(f"/legal/records/{sent['digest']}"))


def test_another_chapters_amendment_changes_no_answer_and_waits_with_its_own_counsel(legal, phone, make, sign_in):
    elsewhere = make.chapter("Elsewhere")
    stranger, counsel = make.phone(make.person(elsewhere)), sign_in(make.person(elsewhere, "legal"))
    sent = seen(phone, {"/masked": "some"})
    patch = stranger.amendment(sent, {"/masked": "all"}, **real("ice_courthouse@1"))
    assert stranger.sync(patch)[0]["outcome"] == "quarantined"
    page = words(legal.get(f"/legal/records/{sent['digest']}"))
    assert "first written" not in page
    assert "Amended" not in page
    assert patch["digest"] in counsel.get("/legal/").get_data(as_text=True)


def test_an_address_of_somebody_elses_making_leads_nowhere_else(legal, phone):
    sent = seen(phone, {"/masked": "some"})
    page = legal.get("/legal/?digest=x&endpoint=y&_external=1&_scheme=ftp&mark=")
    assert page.status_code == 200
    assert f'href="/legal/records/{sent["digest"]}?mark="' in page.get_data(as_text=True)


def test_an_amendment_stands_under_its_original_and_not_beside_it_in_the_queue(legal, phone):
    sent = seen(phone, {"/masked": "some"})
    phone.sync(phone.amendment(sent, {"/masked": "all"}, **real("ice_courthouse@1")))
    queue = legal.get("/legal/").get_data(as_text=True)
    assert queue.count('class="q"') == 1


def test_filters_narrow_the_queue_by_place_form_day_and_what_was_said(sign_in, phone, make, chapter, clock):
    one, other = make.place(chapter, "Court One"), make.place(chapter, "Court Other")
    seen(phone, {"/taken": 1}, place=one.id)
    seen(phone, {"/taken": 0}, place=other.id)
    seen(phone, {"/lawyer_should_read": True}, form="master@1", place=other.id)
    clock.advance(2 * DAY)
    seen(phone, {"/type": "master"}, form="session@1", place=one.id)
    legal = sign_in(make.person(chapter, "legal"))

    def count(query):
        return legal.get(f"/legal/?{query}").get_data(as_text=True).count('class="q"')

    assert count("") == 4
    assert count(f"place={one.id}") == 2
    assert count("form=master@1") == 1
    assert count("mark=taken") == 1
    assert count("mark=should_read") == 1
    assert count("until=2026-11-23") == 3
    assert count("since=2026-11-24") == 1
    assert count("place=nowhere") == 0


@pytest.mark.parametrize(
    ("query", "status"),
    [("before=x", 422), ("before=9999999999999999999", 422), ("place=%00", 400), ("since=%00", 400)],
)
def test_a_filter_that_cannot_be_read_is_said_so(legal, query, status):
    assert legal.get(f"/legal/?{query}").status_code == status


def test_counsel_fetches_what_was_sealed_only_with_a_fresh_passkey(make, sign_in, chapter, phone, clock):
    counsel = Counsel(make.person(chapter, "legal"))
    page = sign_in(counsel.person)
    counsel.holder = page.post("/api/v1/boxes/holder", json=counsel.new_holder()).get_json()["holder"]
    kit = BoxKit(chapter.id)
    assert page.post("/api/v1/boxes", json=kit.first(counsel, clock.now())).status_code == 201
    sent = phone.observation(sealed={kit.id: {"/saw": "Two agents by the lift."}}, **real("ice_courthouse@1"))
    phone.sync(sent)
    url = f"/legal/records/{sent['digest']}/sealed/{kit.id}"
    answer = page.get(url)
    assert answer.data == unb64u(sent["sealed"][kit.id])
    assert answer.headers["Content-Disposition"] == "attachment"
    clock.advance(6 * MINUTE)
    again = page.get(url, headers={"Accept": "application/json"})
    assert (again.status_code, again.get_json()["error"]["code"]) == (403, "step_up")


def test_envelopes_carry_all_that_counsels_own_computer_checks(legal, phone):
    sent = seen(phone, {"/masked": "some"})
    told = legal.get(f"/legal/records/{sent['digest']}/envelopes").get_json()
    version = told["versions"][0]
    assert version["body"] == sent["body"]
    assert version["sig"] == sent["sig"]
    assert version["jwk"]["x"] == phone.jwk["x"]
    assert set(told["trust"]) >= {"root", "server_keys"}


def test_a_quarantined_record_is_let_in_by_a_person_with_a_reason(legal, phone, make):
    sent = seen(phone, {"/masked": "some"}, place="nowhere")
    page = legal.get(f"/legal/records/{sent['digest']}")
    assert "In quarantine" in words(page)
    assert legal.post(f"/legal/records/{sent['digest']}/decision", {"decision": "released"}).status_code == 422
    done = legal.post(f"/legal/records/{sent['digest']}/decision", {"decision": "released", "reason": "Place renamed"})
    assert done.status_code == 302
    (record,) = make.all(Record)
    assert not record.in_quarantine
    assert record.reasons
    assert "Place renamed" in words(legal.get(f"/legal/records/{sent['digest']}"))


def test_the_queue_asks_the_same_few_questions_however_long_it_is(app, legal, phone, make, chapter):
    place = make.place(chapter)
    seen(phone, {"/taken": 1}, place=place.id)
    few = questions(lambda: legal.get("/legal/"))
    for _ in range(30):
        seen(phone, {"/taken": 1}, place=place.id)
    assert questions(lambda: legal.get("/legal/")) <= few


def questions(act):
    """How many statements ``act`` sends to the database."""
    asked = []

    def note(*arguments):
        asked.append(arguments[2])

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(asked)
