"""What is sealed about an alert is read by who answers it, while it matters, and by nobody else: no server, no backup, and not later."""

from __future__ import annotations

import base64
import json

import pyrage
import pytest

from fieldapp.alerts.models import AlertDetail, AlertEvent, DispatchBox, DispatchGrant, DispatchReader
from fieldapp.alerts.services import answering, stages, verifying
from fieldapp.core import jobs
from fieldapp.core.clock import DAY, HOUR, MINUTE
from fieldapp.core.db import db
from fieldapp.ops import backup
from fieldapp.shifts.models import Claim
from tests import age
from tests.counsel import BoxKit, Counsel
from tests.dispatchers import PLATE, SAID, WHERE, Reading, details, first, grant_missing, open_box, sealed_to
from tests.responders import Courthouse

READ = [SAID["/details"]]


@pytest.fixture
def scene(make, clock) -> Courthouse:
    return Courthouse(make, clock)


@pytest.fixture
def finch(scene):
    return scene.coordinator("Finch")


@pytest.fixture
def desk(scene, finch, sign_in):
    """Finch's browser, signed in, with a reading key."""
    page = sign_in(finch.person)
    page.reading = Reading(finch).told(page)
    return page


@pytest.fixture
def alder(scene, sign_in):
    return reading(sign_in, scene.observer("Alder"))


@pytest.fixture
def birch(scene, sign_in):
    return reading(sign_in, scene.observer("Birch"))


@pytest.fixture
def nobody(sign_in):
    return sign_in.nobody()


def reading(sign_in, phone) -> Reading:
    return Reading(phone).told(sign_in(phone.person))


def told(scene, alert_id) -> str:
    """The record id by which the raiser's phone knows its alert."""
    return scene.alert(alert_id).record_id


def asks(page, phone, **about):
    """A signed request for what is sealed."""
    return page.post("/api/v1/notice/details", json=phone.asks(**about))


@pytest.fixture
def looked(scene, finch, desk, alder, birch):
    """An alert with details in today's box, a pair asked, and the pair's phones granted the key."""
    box = open_box(desk, desk.reading)
    alert = scene.report()
    assert details(scene.reporter, told(scene, alert), box) == "stored"
    verifying.ask_pair(scene.actor(finch), alert, scene.clock.now())
    assert set(grant_missing(desk, desk.reading)) == {alder.device, birch.device}
    return alert


def run_jobs(scene) -> None:
    db.session.rollback()
    while jobs.run_due(scene.clock.now()):
        pass


def test_the_pair_that_was_asked_reads_where_exactly_and_the_plate_without_a_sign_in(scene, looked, alder, nobody):
    look = scene.notice(alder.phone, "look")
    shown = nobody.post("/api/v1/notice", json=alder.phone.asks(notice=look)).get_json()
    assert shown["alert"]["details"] == 1
    answer = asks(nobody, alder.phone, notice=look)
    assert answer.status_code == 200
    assert WHERE not in answer.text and PLATE not in answer.text
    assert alder.reads(answer.get_json()) == READ
    assert [one["device"] for one in answer.get_json()["grants"]] == [alder.device]


def test_a_coordinator_reads_it_at_the_desk_and_each_readers_first_time_is_a_line_of_the_trail(scene, looked, desk):
    for _ in range(2):
        answer = desk.get(f"/alerts/{looked}/details")
        assert desk.reading.reads(answer.get_json()) == READ
    assert scene.trail().count("details") == scene.trail().count("details_read") == 1


def test_a_coordinator_who_is_told_by_push_reads_it_on_its_page_and_a_lead_who_is_told_too_does_not(
    scene, finch, desk, sign_in, nobody, make
):
    maple = reading(sign_in, scene.observer("Maple"))
    shift = make.shift(scene.place, starts_in=0, lead_id=maple.phone.person.id)
    make.keep(Claim(shift_id=shift.id, person_id=maple.phone.person.id, state="claimed", at=scene.clock.now()))
    box = open_box(desk, desk.reading)
    alert = scene.report("need_help", shift=shift.id)
    details(scene.reporter, told(scene, alert), box)
    page, theirs = scene.notice(finch, "alert"), scene.notice(maple.phone, "alert")
    assert page and theirs
    assert desk.reading.reads(asks(nobody, finch, notice=page).get_json()) == READ
    assert asks(nobody, maple.phone, notice=theirs).status_code == 404


def test_what_is_sealed_about_an_alert_that_is_told_with_another_is_read_with_that_one(
    scene, looked, alder, desk, nobody
):
    (box,) = scene.make.all(DispatchBox)
    for _ in range(6):
        other = scene.report()
    head = scene.alert(other).folded_into
    assert head is not None
    assert details(scene.reporter, told(scene, other), box.id) == "stored"
    assert READ[0] in desk.reading.reads(desk.get(f"/alerts/{head}/details").get_json())


def test_another_reading_key_drops_the_grants_to_the_one_before_and_the_same_one_changes_nothing(
    scene, looked, alder, sign_in
):
    def granted() -> set[str]:
        return {grant.device_id for grant in scene.make.all(DispatchGrant)}

    page = sign_in(alder.phone.person)
    alder.told(page)
    assert alder.device in granted()
    Reading(alder.phone).told(page)
    assert alder.device not in granted()
    theirs = {"device": alder.device, "recipient": alder.identity.recipient}
    assert sign_in(scene.reporter.person).send("PUT", "/api/v1/dispatch/reader", json=theirs).status_code == 404
    for wrong in ({}, {"device": alder.device, "recipient": "age1pq1"}, {**theirs, "more": 1}):
        assert page.send("PUT", "/api/v1/dispatch/reader", json=wrong).status_code == 422


def test_the_server_holds_nothing_that_it_could_read(scene, looked):
    rows = [row.sealed for model in (AlertDetail, DispatchGrant) for row in scene.make.all(model)]
    texts = [row.text for row in scene.make.all(DispatchBox)] + [
        json.dumps(e.detail) for e in scene.make.all(AlertEvent)
    ]
    assert rows
    for said in (WHERE, PLATE):
        assert not any(said.encode() in data for data in rows)
        assert not any(said in text for text in texts)
    assert not any(b"AGE-SECRET-KEY" in data for data in rows)


def test_who_was_not_asked_or_said_no_gets_nothing(scene, looked, alder, birch, finch, nobody, sign_in):
    cedar = reading(sign_in, scene.observer("Cedar"))
    look = scene.notice(alder.phone, "look")
    assert asks(nobody, cedar.phone, notice=look).status_code == 404
    assert asks(nobody, birch.phone, notice=look).status_code == 404
    alder.phone.answer(look, "cannot")
    assert asks(nobody, alder.phone, notice=look).status_code == 404
    assert sign_in(birch.phone.person).get(f"/alerts/{looked}/details").status_code == 403


def test_another_chapter_is_told_that_there_is_no_such_alert_and_cannot_make_or_grant_a_box_here(
    scene, looked, desk, sign_in, make
):
    elsewhere = make.chapter("Elsewhere")
    stranger = scene.coordinator("Stranger", elsewhere)
    page = sign_in(stranger.person)
    theirs = Reading(stranger).told(page)
    assert page.get(f"/alerts/{looked}/details").status_code == 404
    (box,) = make.all(DispatchBox)
    assert page.post(f"/api/v1/dispatch/boxes/{box.id}/grants", json={"grants": []}).status_code == 404
    key = age.Identity.generate()
    manifest = first(theirs, scene.chapter.id, key.recipient, scene.clock.now())
    said = {"manifest": manifest, "grants": []}
    assert page.post("/api/v1/dispatch/boxes", json=said).status_code == 404
    assert page.get("/api/v1/dispatch").get_json()["boxes"] == []


def test_who_reads_as_one_of_a_pair_reads_no_more_once_it_is_over_and_coordinators_for_24_hours(
    scene, looked, alder, finch, desk, nobody, sign_in
):
    look = scene.notice(alder.phone, "look")
    stages.end_as(scene.actor(finch), looked, "not_ice", scene.clock.now(), 0)
    assert asks(nobody, alder.phone, notice=look).status_code == 404
    scene.clock.advance(DAY - 1)
    later = sign_in(finch.person)
    assert desk.reading.reads(later.get(f"/alerts/{looked}/details").get_json()) == READ
    scene.clock.advance(1)
    assert later.get(f"/alerts/{looked}/details").status_code == 404  # no job has run yet


def test_24_hours_after_the_end_nothing_sealed_is_left_and_the_boxs_keys_go_when_it_is_past(scene, looked, finch, make):
    scene.clock.advance(HOUR)
    answering.over(scene.actor(finch), looked, scene.clock.now())
    scene.clock.advance(DAY - 1)
    run_jobs(scene)
    assert make.all(AlertDetail) != []
    scene.clock.advance(1)
    run_jobs(scene)
    assert make.all(AlertDetail) == []
    scene.clock.advance(2 * DAY)
    run_jobs(scene)
    assert make.all(DispatchGrant) == make.all(DispatchBox) == []
    assert make.all(DispatchReader) != []


def test_an_alert_that_was_opened_again_keeps_what_is_sealed_until_24_hours_after_its_last_end(
    scene, looked, finch, make
):
    stages.end_as(scene.actor(finch), looked, "not_ice", scene.clock.now(), 0)
    scene.clock.advance(10 * MINUTE)
    stages.open_again(scene.actor(finch), looked, scene.clock.now())
    scene.clock.advance(DAY)
    run_jobs(scene)
    assert make.all(AlertDetail) != []
    answering.over(scene.actor(finch), looked, scene.clock.now())
    scene.clock.advance(DAY)
    run_jobs(scene)
    assert make.all(AlertDetail) == []


def test_one_that_nobody_ever_ended_is_forgotten_after_seven_days(scene, looked, make):
    scene.clock.advance(7 * DAY)
    db.session.rollback()
    run_jobs(scene)
    assert make.all(AlertDetail) == make.all(DispatchGrant) == []


def test_no_backup_holds_what_is_sealed_or_a_key_to_it(scene, looked, tmp_path):
    who = pyrage.x25519.Identity.generate()
    target = tmp_path / "backup.age"
    manifest = backup.backup(target, str(who.to_public()), tmp_path / "keys", scene.clock.now())
    assert not {"alert_details", "dispatch_boxes", "dispatch_grants"} & set(manifest.rows)
    plain = pyrage.decrypt(target.read_bytes(), [who])
    assert looked.encode() in plain
    sealed = [row.sealed for model in (AlertDetail, DispatchGrant) for row in scene.make.all(model)]
    assert sealed
    for data in sealed:
        part = data[-300:]
        assert not any(form in plain for form in (part, base64.b64encode(part), part.hex().encode()))


def test_only_the_phone_that_raised_it_adds_to_it_and_only_while_it_is_open(scene, looked, finch, alder, make):
    (box,) = make.all(DispatchBox)
    record = told(scene, looked)
    assert details(alder.phone, record, box.id) == "not_applied/unknown_alert"
    assert details(scene.reporter, record, box.id, open={"/alert": record, "/where": WHERE}) == "not_applied/invalid"
    assert details(scene.reporter, record, "nosuchbox") == "not_applied/invalid"
    for _ in range(7):
        assert details(scene.reporter, record, box.id) == "stored"
    assert details(scene.reporter, record, box.id) == "not_applied/full"
    answering.over(scene.actor(finch), looked, scene.clock.now())
    assert details(scene.reporter, record, box.id) == "not_applied/closed"


def test_the_raisers_phone_is_told_todays_box_and_another_phone_is_not(scene, desk, alder, nobody, make):
    alert = scene.report()
    record = told(scene, alert)
    assert asks(nobody, scene.reporter, alert=record).get_json() == {"box": None}
    open_box(desk, desk.reading)
    (box,) = make.all(DispatchBox)
    assert asks(nobody, scene.reporter, alert=record).get_json() == {"box": {"text": box.text, "sig": box.sig}}
    assert asks(nobody, alder.phone, alert=record).status_code == 404
    scene.clock.advance(2 * DAY)
    assert asks(nobody, scene.reporter, alert=record).get_json() == {"box": None}


def test_a_new_day_has_a_new_box_and_who_was_faster_made_it(scene, finch, desk, sign_in, make):
    page = sign_in(scene.coordinator("Juniper").person)
    before = open_box(desk, desk.reading)
    again = first(desk.reading, scene.chapter.id, age.Identity.generate().recipient, scene.clock.now())
    sent = desk.post("/api/v1/dispatch/boxes", json={"manifest": again, "grants": []})
    assert sent.get_json()["box"] == before
    assert page.get("/api/v1/dispatch").get_json()["due"] is False
    scene.clock.advance(DAY)
    desk = sign_in(finch.person)
    desk.reading = Reading(finch).told(desk)
    assert open_box(desk, desk.reading) != before


def test_coordinators_and_those_on_shift_may_open_todays_box_and_others_not_until_they_are_asked(
    scene, desk, alder, birch, sign_in, make
):
    shift = make.shift(scene.place, starts_in=HOUR)
    make.keep(Claim(shift_id=shift.id, person_id=birch.phone.person.id, state="claimed", at=scene.clock.now()))
    readers = {one["device"] for one in desk.get("/api/v1/dispatch").get_json()["readers"]}
    assert readers == {desk.reading.device, birch.device}


def test_the_board_says_so_where_phones_have_no_box_to_seal_to(scene, desk):
    said = "No box for details today"
    assert said in desk.get("/alerts").text
    assert "Hoy no hay caja para los detalles" in desk.get("/alerts?lang=es").text
    open_box(desk, desk.reading)
    assert said not in desk.get("/alerts?lang=en").text


def test_a_box_that_does_not_fit_is_refused(scene, desk, alder, sign_in, make):
    key = age.Identity.generate()
    now, here = scene.clock.now(), scene.chapter.id
    readers = desk.get("/api/v1/dispatch").get_json()["readers"]
    good = first(desk.reading, here, key.recipient, now)
    other = first(Reading(alder.phone), here, key.recipient, now)  # signed by somebody else's device
    for manifest, grants, code in (
        ({**good, "sig": other["sig"]}, sealed_to(readers, key), "bad_signature"),
        (other, sealed_to(readers, key), "unknown_holder"),
        (first(desk.reading, here, key.recipient, now, purpose="legal"), sealed_to(readers, key), "bad_shape"),
        (good, [], "bad_grants"),
        (good, [{"device": desk.reading.device, "sealed": "AAAA"}], "bad_grants"),
    ):
        answer = desk.post("/api/v1/dispatch/boxes", json={"manifest": manifest, "grants": grants})
        assert (answer.status_code, answer.get_json()["error"]["code"]) == (422, code)
    volunteer = sign_in(alder.phone.person)
    assert volunteer.get("/api/v1/dispatch").status_code == 403
    assert volunteer.post("/api/v1/dispatch/boxes", json={"manifest": other, "grants": []}).status_code == 403
    assert make.all(DispatchBox) == []


def test_counsel_cannot_make_a_dispatch_box_where_lasting_boxes_are_made(scene, make, sign_in):
    kim = Counsel(make.person(scene.chapter, "legal"))
    make.box(scene.chapter, kim)
    said = BoxKit(scene.chapter.id).first(kim, scene.clock.now(), purpose="dispatch")
    answer = sign_in(kim.person).post("/api/v1/boxes", json={"chapter": scene.chapter.id, **said})
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (422, "bad_shape")


def test_a_lost_phone_that_was_revoked_is_granted_nothing_and_reads_nothing(
    scene, looked, alder, desk, nobody, sign_in
):
    from fieldapp.accounts.services import devices

    look = scene.notice(alder.phone, "look")
    devices.revoke(scene.actor(alder.phone), alder.device, scene.clock.now())
    assert asks(nobody, alder.phone, notice=look).status_code == 404
    assert alder.device not in grant_missing(desk, desk.reading)
