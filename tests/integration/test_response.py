"""From a report to "it's over": a pair looks, a person confirms, rings are told, the chapter by two; and what ends by itself."""

from __future__ import annotations

import json

import pytest

from fieldapp.alerts.models import BROADCAST, AlertSend, Delivery
from fieldapp.alerts.services import answering, sending, stages, verifying
from fieldapp.alerts.services.rules import rules_of
from fieldapp.alerts.services.sending import SamePerson, Stopped, TooMany, Unanswered
from fieldapp.alerts.services.stages import Confirmed, NotConfirmed
from fieldapp.alerts.services.verifying import NobodyToAsk
from fieldapp.core import p256
from fieldapp.core.clock import DAY, MINUTE
from fieldapp.core.db import write
from fieldapp.core.errors import Forbidden, NotFound, StepUpNeeded
from fieldapp.core.protocol import DOMAIN_BROADCAST
from fieldapp.records import here, serverkeys
from tests.responders import YES, Courthouse


@pytest.fixture
def scene(make, clock) -> Courthouse:
    return Courthouse(make, clock)


@pytest.fixture
def finch(scene):
    return scene.coordinator("Finch")


@pytest.fixture
def juniper(scene):
    return scene.coordinator("Juniper")


def confirmed(scene, who, **more) -> str:
    alert = scene.report(**more)
    stages.confirm(scene.actor(who), alert, YES, scene.clock.now())
    return alert


def test_a_pair_that_is_certified_and_near_is_asked_and_nobody_else_hears_of_it(scene, finch):
    scene.observer("Alder"), scene.observer("Birch")
    scene.observer("Novice", certified=False)
    scene.observer("Elsewhere", likes=False)
    alert = scene.report()
    verifying.ask_pair(scene.actor(finch), alert, scene.clock.now())
    assert scene.told("look") == ["Alder", "Birch"]
    assert scene.alert(alert).stage == "verifying"
    assert scene.alert(alert).got_it_by == finch.person.id


def test_those_who_were_asked_least_recently_are_asked_first(scene, finch):
    for name in ("Alder", "Birch", "Cedar"):
        scene.observer(name)
    first = scene.report()
    verifying.ask_pair(scene.actor(finch), first, scene.clock.now())
    (left,) = {"Alder", "Birch", "Cedar"} - set(scene.told("look"))
    scene.pass_minutes(40)
    verifying.ask_pair(scene.actor(finch), scene.report(), scene.clock.now())
    assert left in scene.told("look")


def test_nobody_is_asked_more_often_in_a_day_than_the_cap(scene, finch):
    scene.observer("Alder"), scene.observer("Birch")
    for _ in range(rules_of({}).asks_a_day):
        verifying.ask_pair(scene.actor(finch), scene.report(), scene.clock.now())
        scene.pass_minutes(11)
    with pytest.raises(NobodyToAsk):
        verifying.ask_pair(scene.actor(finch), scene.report(), scene.clock.now())
    scene.clock.advance(DAY)
    verifying.ask_pair(scene.actor(finch), scene.report(), scene.clock.now())


def test_who_cannot_look_is_replaced_by_the_next_one_at_once(scene, finch):
    phones = {name: scene.observer(name) for name in ("Alder", "Birch", "Cedar")}
    verifying.ask_pair(scene.actor(finch), scene.report(), scene.clock.now())
    before = scene.told("look")
    assert phones[before[0]].answer(scene.notice(phones[before[0]], "look"), "cannot") == "stored"
    assert scene.told("look") == ["Alder", "Birch", "Cedar"]
    assert [ask.state for ask in scene.asked()].count("cannot") == 1


def test_what_a_pair_saw_goes_to_the_one_who_has_the_alert_and_confirms_nothing_by_itself(scene, finch):
    alder, birch = scene.observer("Alder"), scene.observer("Birch")
    alert = scene.report()
    verifying.ask_pair(scene.actor(finch), alert, scene.clock.now())
    for phone, said in ((alder, "going"), (alder, "ice"), (birch, "nothing")):
        assert phone.answer(scene.notice(phone, "look"), said) == "stored"
    assert scene.told("back") == ["Finch"]
    assert {ask.saw for ask in scene.asked()} == {"ice", "nothing"}
    assert (scene.alert(alert).stage, scene.alert(alert).result) == ("verifying", "")


def test_a_pair_that_does_not_report_in_seven_minutes_sends_it_back_to_the_dispatcher(scene, finch):
    scene.observer("Alder"), scene.observer("Birch")
    verifying.ask_pair(scene.actor(finch), scene.report(), scene.clock.now())
    scene.pass_minutes(6)
    assert scene.told("back") == []
    scene.pass_minutes(1)
    assert scene.told("back") == ["Finch"]
    assert "no_report" in scene.trail()


def test_who_is_on_scene_and_says_nothing_for_half_an_hour_is_asked_after(scene, finch):
    alder = scene.observer("Alder")
    alert = confirmed(scene, finch)
    with pytest.raises(Confirmed):
        verifying.ask_pair(scene.actor(finch), alert, scene.clock.now())
    second = scene.report("being_taken")
    verifying.ask_pair(scene.actor(finch), second, scene.clock.now())
    look = scene.notice(alder, "look")
    alder.answer(look, "here")
    scene.pass_minutes(20)
    alder.answer(look, "well")
    scene.pass_minutes(29)
    assert "no_sign" not in scene.trail()
    alder.answer(look, "well")
    scene.pass_minutes(30)
    assert "no_sign" in scene.trail()
    alder.answer(look, "out")
    scene.pass_minutes(61)
    assert scene.trail().count("no_sign") == 1


def test_a_report_that_nobody_confirms_ends_thirty_minutes_after_somebody_has_it(scene, finch):
    alert = scene.report()
    answering.got_it(scene.actor(finch), alert, scene.clock.now())
    scene.pass_minutes(29)
    assert scene.alert(alert).closed_at is None
    scene.pass_minutes(1)
    assert (scene.alert(alert).state, scene.alert(alert).result) == ("over", "unconfirmed")
    assert scene.heard_the_end() == ["Finch"]


def test_a_call_for_help_never_ends_by_itself(scene, finch):
    alert = scene.report("need_help")
    answering.got_it(scene.actor(finch), alert, scene.clock.now())
    scene.pass_minutes(200)
    assert scene.alert(alert).closed_at is None


def test_not_ice_is_a_normal_outcome_and_ends_it_for_all_who_were_told(scene, finch, juniper):
    scene.observer("Alder"), scene.observer("Birch")
    alert = scene.report()
    verifying.ask_pair(scene.actor(finch), alert, scene.clock.now())
    stages.end_as(scene.actor(finch), alert, "not_ice", scene.clock.now())
    assert (scene.alert(alert).result, scene.alert(alert).stage) == ("not_ice", "ended")
    assert scene.heard_the_end() == ["Alder", "Birch", "Juniper"]
    assert {ask.state for ask in scene.asked()} == {"ended"}


def test_what_nobody_has_confirmed_is_sent_to_nobody(scene, finch):
    alert = scene.report()
    for ring in sending.RINGS:
        with pytest.raises(NotConfirmed):
            sending.propose(scene.actor(finch, fresh=True), alert, ring, scene.clock.now())
    assert scene.told("news") == []


def test_a_confirmed_one_whose_questions_are_not_answered_yes_is_not_sent(scene, finch):
    alert = scene.report()
    stages.confirm(scene.actor(finch), alert, {"specific": "yes", "two_or_lead": "unknown"}, scene.clock.now())
    with pytest.raises(Unanswered):
        sending.propose(scene.actor(finch), alert, "near", scene.clock.now())
    stages.check(scene.actor(finch), alert, {"two_or_lead": "yes"}, scene.clock.now())
    sending.propose(scene.actor(finch), alert, "near", scene.clock.now())


def test_one_coordinator_alone_cannot_tell_the_chapter(scene, finch, juniper):
    scene.observer("Alder", likes=False)
    alert = confirmed(scene, finch)
    send = sending.propose(scene.actor(finch, fresh=True), alert, "chapter", scene.clock.now())
    assert (send.state, scene.told("news")) == ("proposed", [])
    assert scene.told("second") == ["Juniper"]
    with pytest.raises(SamePerson):
        sending.second(scene.actor(finch, fresh=True), send.alert_id, send.id, True, scene.clock.now())
    with pytest.raises(StepUpNeeded):
        sending.second(scene.actor(juniper), send.alert_id, send.id, True, scene.clock.now())
    sending.second(scene.actor(juniper, fresh=True), send.alert_id, send.id, True, scene.clock.now())
    assert "Alder" in scene.told("news")
    assert scene.alert(alert).stage == "sent"


def test_a_session_without_a_fresh_verification_cannot_even_propose_to_tell_the_chapter(scene, finch):
    alert = confirmed(scene, finch)
    with pytest.raises(StepUpNeeded):
        sending.propose(scene.actor(finch), alert, "chapter", scene.clock.now())


def test_a_coordinator_of_the_chapter_above_is_a_second_person_where_there_is_only_one(scene, finch):
    above = scene.coordinator("Above", scene.parent)
    alert = confirmed(scene, finch)
    send = sending.propose(scene.actor(finch, fresh=True), alert, "chapter", scene.clock.now())
    assert scene.told("second") == ["Above"]
    assert (
        sending.second(scene.actor(above, fresh=True), send.alert_id, send.id, True, scene.clock.now()).state == "sent"
    )


def test_a_volunteer_is_no_second_person_and_another_chapter_does_not_know_of_it(scene, finch):
    alert = confirmed(scene, finch)
    send = sending.propose(scene.actor(finch, fresh=True), alert, "chapter", scene.clock.now())
    with pytest.raises(Forbidden):
        sending.second(
            scene.actor(scene.observer("Alder"), fresh=True), send.alert_id, send.id, True, scene.clock.now()
        )
    stranger = scene.coordinator("Stranger", scene.make.chapter("Another"))
    with pytest.raises(NotFound):
        sending.second(scene.actor(stranger, fresh=True), send.alert_id, send.id, True, scene.clock.now())


def test_the_whole_chapter_is_told_only_so_often_in_a_day(scene, finch, juniper):
    for _ in range(rules_of({}).sends_a_day):
        alert = confirmed(scene, finch)
        send = sending.propose(scene.actor(finch, fresh=True), alert, "chapter", scene.clock.now())
        sending.second(scene.actor(juniper, fresh=True), send.alert_id, send.id, True, scene.clock.now())
        scene.clock.advance(11 * MINUTE)
    alert = confirmed(scene, finch)
    with pytest.raises(TooMany):
        sending.propose(scene.actor(finch, fresh=True), alert, "chapter", scene.clock.now())
    sending.propose(scene.actor(finch), alert, "near", scene.clock.now())


def test_the_kill_switch_stops_what_waits_and_all_that_would_follow(scene, finch, juniper, make):
    scene.observer("Alder", likes=False)
    alert = confirmed(scene, finch)
    send = sending.propose(scene.actor(finch, fresh=True), alert, "chapter", scene.clock.now())
    sending.second(scene.actor(juniper, fresh=True), send.alert_id, send.id, True, scene.clock.now())
    assert [d for d in make.all(Delivery) if d.state == "waiting" and d.rank == BROADCAST]
    sending.stop(scene.actor(finch), scene.chapter.id, scene.clock.now())
    assert [d for d in make.all(Delivery) if d.state == "waiting" and d.rank == BROADCAST] == []
    with pytest.raises(Stopped):
        sending.propose(scene.actor(finch), alert, "near", scene.clock.now())
    with pytest.raises(StepUpNeeded):
        sending.lift(scene.actor(juniper), scene.chapter.id, scene.clock.now())
    sending.lift(scene.actor(juniper, fresh=True), scene.chapter.id, scene.clock.now())
    sending.propose(scene.actor(finch), alert, "near", scene.clock.now())


def test_a_stop_of_the_chapter_above_holds_in_all_chapters_below_it(scene, finch):
    above = scene.coordinator("Above", scene.parent)
    sending.stop(scene.actor(above), scene.parent.id, scene.clock.now())
    with pytest.raises(Stopped):
        sending.propose(scene.actor(finch), confirmed(scene, finch), "place", scene.clock.now())


def test_every_send_leaves_a_signed_copy_that_names_nobody(scene, finch, make):
    alert = confirmed(scene, finch, position={"lat": 40_712_800, "lon": -74_006_000})
    sending.propose(scene.actor(finch), alert, "near", scene.clock.now())
    (send,) = make.all(AlertSend)
    ring = serverkeys.ring(here.settings().data_dir)
    assert send.kid == ring.receipt_thumbprint
    assert p256.verifies(ring.receipt.public_key(), send.sig, DOMAIN_BROADCAST, send.signed)
    said = json.loads(send.signed)
    assert set(said) == {
        "type", "v", "id", "chapter", "above", "chapter_name", "zone", "alert", "what", "place", "seen_at", "sent_at", "ring", "by",
        "words", "server_key",
    }  # fmt: skip
    assert "40.71" not in send.signed and "Finch" not in send.signed
    assert "40" not in {str(value)[:2] for value in said.values() if isinstance(value, int)}
    assert finch.person.id not in send.signed


def test_still_there_is_asked_every_twenty_minutes_and_an_hour_of_silence_ends_it_for_everybody(scene, finch):
    scene.observer("Alder", likes=False)
    alder = scene.observer("Birch")
    alert = confirmed(scene, finch)
    sending.propose(scene.actor(finch), alert, "near", scene.clock.now())
    scene.pass_minutes(19)
    assert scene.told("still") == []
    scene.pass_minutes(1)
    assert scene.told("still") == ["Finch"]
    stages.still_there(scene.actor(finch), alert, scene.clock.now())
    scene.pass_minutes(59)
    assert scene.alert(alert).closed_at is None
    assert scene.trail().count("still_asked") == 3
    scene.pass_minutes(1)
    assert scene.alert(alert).closed_at is not None
    assert "silent" in scene.trail()
    assert alder.person.field_name not in scene.heard_the_end() or "Birch" in scene.told("news")


def test_an_alert_that_is_opened_again_pages_everybody_anew_and_its_second_end_is_heard_too(scene, finch, juniper):
    alert = confirmed(scene, finch)
    answering.over(scene.actor(finch), alert, scene.clock.now())
    assert scene.heard_the_end() == ["Juniper"]
    scene.clock.advance(5 * MINUTE)
    stages.open_again(scene.actor(juniper), alert, scene.clock.now())
    again = scene.alert(alert)
    assert (again.state, again.stage, again.result, again.round) == ("raised", "reported", "", 1)
    paged = [e for e in scene.trail() if e == "paged"]
    scene.pass_minutes(3)
    assert len([e for e in scene.trail() if e == "paged"]) == len(paged) + 1
    answering.got_it(scene.actor(juniper), alert, scene.clock.now())
    answering.over(scene.actor(juniper), alert, scene.clock.now())
    assert scene.heard_the_end() == ["Finch", "Juniper"]


def test_who_was_only_asked_to_look_or_told_of_it_cannot_take_the_alert(scene, finch):
    alder = scene.observer("Alder")
    scene.observer("Birch")
    alert = scene.report()
    verifying.ask_pair(scene.actor(finch), alert, scene.clock.now())
    assert alder.answer(scene.notice(alder, "look"), "got_it").startswith("not_applied")
    with pytest.raises(Forbidden):
        answering.take_over(scene.actor(alder), alert, scene.clock.now())


def test_a_chapters_own_parameters_are_followed(scene, finch, make):
    with write() as session:
        chapter = session.get_one(type(scene.chapter), scene.chapter.id)
        chapter.settings = {"alerts": {"unconfirmed_minutes": 3, "asks_a_day": "many", "required": []}}
    alert = scene.report()
    answering.got_it(scene.actor(finch), alert, scene.clock.now())
    scene.pass_minutes(3)
    assert scene.alert(alert).result == "unconfirmed"


def chooses(sign_in, phone, **asks: bool) -> None:
    said = {
        "start": "21:00",
        "end": "8:00",
        "urgent": False,
        "asks": {"verify": True, "standby": True, "near": False} | asks,
    }
    assert sign_in(phone.person).send("PUT", "/api/v1/quiet-hours", json=said).status_code == 200


def test_who_does_not_want_to_be_asked_to_look_is_not(scene, finch, sign_in):
    chooses(sign_in, scene.observer("Alder"), verify=False)
    scene.observer("Birch")
    verifying.ask_pair(scene.actor(finch), scene.report(), scene.clock.now())
    assert scene.told("look") == ["Birch"]


def test_who_is_awake_is_asked_first(scene, finch, sign_in):
    sleeper = scene.observer("Alder")
    said = {"start": "9:00", "end": "12:00", "urgent": False}
    assert sign_in(sleeper.person).send("PUT", "/api/v1/quiet-hours", json=said).status_code == 200
    scene.observer("Birch"), scene.observer("Cedar")
    verifying.ask_pair(scene.actor(finch), scene.report(), scene.clock.now())
    assert scene.told("look") == ["Birch", "Cedar"]


def test_those_near_are_told_of_a_confirmed_one_only_when_they_chose_to_be(scene, finch, sign_in):
    chooses(sign_in, scene.observer("Alder"), near=True)
    scene.observer("Birch")
    sending.propose(scene.actor(finch), confirmed(scene, finch), "near", scene.clock.now())
    assert scene.told("news") == ["Alder"]
