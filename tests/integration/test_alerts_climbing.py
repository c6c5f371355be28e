"""An alert that nobody has climbs: on duty, all of the chapter, the parent's, everybody; and the last step repeats."""

from __future__ import annotations

from typing import Any

import pytest

from fieldapp.accounts.models import Chapter, Person
from fieldapp.alerts.models import Alert, AlertEvent, Delivery, Duty, Notice
from fieldapp.alerts.services import answering, escalation, forgetting
from fieldapp.alerts.services.ladder import ladder_of
from fieldapp.core import jobs
from fieldapp.core.actor import Actor
from fieldapp.core.clock import DAY, HOUR, MINUTE
from fieldapp.core.db import db, write
from tests.phones import Phone, phone_of, with_next_key
from tests.pushservice import PushService


class Scene:
    """A parent chapter, a chapter below it, and their coordinators, each with a phone."""

    def __init__(self, make: Any, clock: Any) -> None:
        self.make, self.clock = make, clock
        self.service = PushService()
        self.parent = make.chapter("Parent")
        self.chapter = make.chapter("Chapter", self.parent)
        self.volunteer = phone_of(make, make.person(self.chapter, field_name="Volunteer"), self.chapter)

    def coordinator(self, name: str, chapter: Chapter | None = None, *, duty: bool = False, push: bool = True) -> Phone:
        chapter = chapter or self.chapter
        phone = phone_of(self.make, self.make.person(chapter, "coordinator", field_name=name), chapter)
        if push:
            phone.subscribe(self.service)
        if duty:
            until = self.clock.now() + 8 * HOUR
            self.make.keep(Duty(person_id=phone.person.id, chapter_id=chapter.id, until=until))
        return phone

    def told(self, step: int) -> list[str]:
        """Field names told at a step."""
        names = {p.id: p.field_name for p in self.make.all(Person)}
        return sorted(names[n.person_id] for n in self.make.all(Notice) if n.step == step)

    def pass_minutes(self, minutes: float) -> int:
        """Let time pass, then let the worker look."""
        self.clock.advance(int(minutes * MINUTE))
        return escalation.climb_due(self.clock.now())

    def alert(self) -> Alert:
        (found,) = self.make.all(Alert)
        return found

    def trail(self) -> list[str]:
        return [e.what for e in sorted(self.make.all(AlertEvent), key=lambda e: e.at)]


@pytest.fixture
def scene(make, clock) -> Scene:
    return Scene(make, clock)


def actor_of(phone: Phone) -> Actor:
    ids = frozenset({phone.chapter.id})
    return Actor(phone.person.id, phone.person.field_name, "en", phone.chapter.id, {"coordinator": ids})


def test_only_those_on_duty_are_told_first(scene):
    scene.coordinator("On duty", duty=True)
    scene.coordinator("At home")
    scene.volunteer.raise_alert()
    assert scene.told(0) == ["On duty"]


def test_with_nobody_on_duty_all_coordinators_of_the_chapter_are_told_at_once(scene):
    scene.coordinator("One")
    scene.coordinator("Two")
    scene.coordinator("Above", scene.parent)
    scene.volunteer.raise_alert()
    assert scene.told(0) == ["One", "Two"]


def test_it_climbs_after_three_five_and_ten_minutes_and_repeats_every_five(scene):
    scene.coordinator("On duty", duty=True)
    scene.coordinator("At home")
    scene.coordinator("Above", scene.parent)
    scene.volunteer.raise_alert()
    assert scene.pass_minutes(2.9) == 0
    scene.pass_minutes(0.1)
    assert scene.told(1) == ["At home", "On duty"]
    scene.pass_minutes(2)
    assert scene.told(2) == ["Above", "At home", "On duty"]
    scene.pass_minutes(5)
    scene.pass_minutes(4.9)
    assert scene.told(4) == []
    for step in (4, 5, 6):
        scene.pass_minutes(5)
        assert scene.told(step) == ["Above", "At home", "On duty"]


def test_after_an_outage_the_highest_rung_due_is_told_once(scene):
    scene.coordinator("On duty", duty=True)
    scene.coordinator("Above", scene.parent)
    scene.volunteer.raise_alert()
    scene.pass_minutes(30)
    assert (scene.told(1), scene.told(2), scene.told(3)) == ([], [], ["Above", "On duty"])


def test_two_workers_take_a_step_once(scene):
    scene.coordinator("On duty", duty=True)
    alert = scene.volunteer.raise_alert()
    scene.clock.advance(3 * MINUTE)
    now = scene.clock.now()
    assert [escalation.climb(alert.id, now) for _ in range(2)] == [True, False]


def test_a_chapter_may_set_its_own_times(scene, make, clock):
    with write() as session:
        session.merge(scene.chapter).settings = {"alerts": {"climb_minutes": [1, 2, 4], "repeat_minutes": 2}}
    scene.coordinator("On duty", duty=True)
    scene.coordinator("At home")
    scene.volunteer.raise_alert()
    scene.pass_minutes(1)
    assert scene.told(1) == ["At home", "On duty"]


@pytest.mark.parametrize("nonsense", [None, [], "x", {"climb_minutes": [5, 3, 10]}, {"climb_minutes": [0, 1, True]}, 3])
def test_nonsense_in_a_chapters_settings_falls_back_to_the_defaults(nonsense):
    assert ladder_of({"alerts": nonsense}).climb == (3 * MINUTE, 5 * MINUTE, 10 * MINUTE)


def test_somebody_on_duty_without_push_does_not_keep_the_others_from_being_told(scene):
    scene.coordinator("On duty", duty=True, push=False)
    scene.coordinator("At home")
    scene.volunteer.raise_alert()
    assert scene.told(0) == ["At home", "On duty"]


def test_where_nobody_has_push_the_board_still_knows_who_should_know(scene):
    scene.coordinator("One", push=False)
    alert = scene.volunteer.raise_alert()
    assert scene.told(0) == ["One"]
    (paged,) = [e for e in scene.make.all(AlertEvent) if e.what == "paged"]
    assert paged.detail["without"] == 1
    assert alert.next_step_at is not None


def test_a_coordinator_who_raises_an_alert_is_not_told_of_it(scene):
    raiser = scene.coordinator("Raiser")
    scene.coordinator("Other")
    raiser.raise_alert("need_help")
    assert scene.told(0) == ["Other"]


def test_the_lead_of_the_shift_is_told_when_somebody_needs_help(scene, make):
    scene.coordinator("On duty", duty=True)
    lead = make.person(scene.chapter, field_name="Lead")
    shift = make.shift(make.place(scene.chapter), lead_id=lead.id)
    scene.volunteer.raise_alert("ice_here", shift=shift.id)
    assert scene.told(0) == ["On duty"]
    scene.volunteer.raise_alert("need_help", shift=shift.id)
    assert scene.told(0) == ["Lead", "On duty", "On duty"]


def test_i_cant_from_everybody_told_climbs_at_once_and_they_are_not_asked_again(scene):
    duty = scene.coordinator("On duty", duty=True)
    scene.coordinator("At home")
    scene.volunteer.raise_alert()
    (notice,) = scene.make.all(Notice)
    assert duty.answer(notice.id, "cannot") == "stored"
    scene.pass_minutes(0)
    assert scene.told(1) == ["At home"]


def test_when_everybody_said_no_the_last_step_asks_them_again(scene):
    only = scene.coordinator("Only")
    scene.volunteer.raise_alert()
    (notice,) = scene.make.all(Notice)
    assert only.answer(notice.id, "cannot") == "stored"
    scene.pass_minutes(0)
    assert scene.told(1) == ["Only"]


def test_the_first_answer_wins_and_stops_the_others_paging(scene):
    first, second = scene.coordinator("First"), scene.coordinator("Second")
    scene.volunteer.raise_alert()
    notices = {n.person_id: n.id for n in scene.make.all(Notice)}
    assert first.answer(notices[first.person.id]) == "stored"
    assert second.answer(notices[second.person.id]) == "not_applied/already"
    assert scene.alert().got_it_by == first.person.id
    assert {d.state for d in scene.make.all(Delivery)} == {"ended"}
    assert scene.pass_minutes(9) == 0


def test_an_answer_by_a_key_alone_lapses_after_ten_minutes_and_paging_goes_on(scene):
    coordinator = scene.coordinator("On duty", duty=True)
    scene.coordinator("Above", scene.parent)
    scene.volunteer.raise_alert()
    (notice,) = scene.make.all(Notice)
    assert coordinator.answer(notice.id, "got_it") == "stored"
    scene.pass_minutes(10)
    assert scene.alert().state == "raised"
    assert scene.told(3) == ["Above", "On duty"]
    assert "lapsed" in scene.trail()


def test_a_seized_phone_keeps_an_alert_quiet_for_ten_minutes_once_and_its_person_may_still_sign_in(scene):
    coordinator = scene.coordinator("On duty", duty=True)
    scene.coordinator("Above", scene.parent)
    alert = scene.volunteer.raise_alert()
    (notice,) = scene.make.all(Notice)
    assert coordinator.answer(notice.id) == "stored"
    scene.pass_minutes(10)
    for told in [n.id for n in scene.make.all(Notice) if n.person_id == coordinator.person.id]:
        assert coordinator.answer(told) == "not_applied/lapsed"
    assert scene.alert().state == "raised"
    scene.pass_minutes(5)
    assert scene.told(4) == ["Above", "On duty"]
    answering.got_it(actor_of(coordinator), alert.id, scene.clock.now())
    assert scene.alert().state == "got_it"


def test_a_signed_in_answer_makes_it_last(scene):
    coordinator = scene.coordinator("On duty", duty=True)
    alert = scene.volunteer.raise_alert()
    (notice,) = scene.make.all(Notice)
    assert coordinator.answer(notice.id, "got_it") == "stored"
    answering.got_it(actor_of(coordinator), alert.id, scene.clock.now())
    assert scene.pass_minutes(60) == 0
    assert scene.alert().state == "got_it"


def test_a_key_cannot_answer_a_notice_that_went_to_another_device(scene):
    first, second = scene.coordinator("First"), scene.coordinator("Second")
    scene.volunteer.raise_alert()
    notices = {n.person_id: n.id for n in scene.make.all(Notice)}
    assert second.answer(notices[first.person.id]) == "not_applied/not_yours"
    other = phone_of(scene.make, first.person, scene.chapter)
    assert other.answer(notices[first.person.id]) == "not_applied/not_yours"
    assert first.answer("no-such-notice") == "not_applied/unknown_alert"
    assert scene.alert().state == "raised"


def test_the_phone_that_raised_it_takes_it_back_with_a_newer_key_and_those_told_hear_that_it_is_over(scene):
    scene.coordinator("One")
    alert = scene.volunteer.raise_alert()
    newer = with_next_key(scene.volunteer)
    assert newer.take_back(alert.record_id) == "stored"
    assert scene.alert().state == "cancelled"
    assert scene.told(-1) == ["One"]
    assert scene.pass_minutes(30) == 0
    assert newer.take_back(alert.record_id) == "not_applied/closed"


def test_another_phone_of_the_raiser_which_may_have_been_taken_cannot_take_it_back(scene):
    scene.coordinator("One")
    alert = scene.volunteer.raise_alert("need_help")
    taken = phone_of(scene.make, scene.volunteer.person, scene.chapter)
    assert taken.take_back(alert.record_id) == "not_applied/not_yours"
    assert scene.alert().state == "raised" and scene.told(-1) == []
    assert scene.pass_minutes(30) == 1


def test_the_raiser_takes_it_back_signed_in_with_their_passkey_wherever_it_was_raised(scene, sign_in):
    scene.coordinator("One")
    alert = scene.volunteer.raise_alert()
    page = sign_in(scene.volunteer.person)
    assert "Alert 1" in page.get("/alerts/mine").text
    assert page.post(f"/alerts/{alert.id}/take-back").status_code == 303
    assert scene.alert().state == "cancelled" and scene.told(-1) == ["One"]
    shown = page.get("/alerts/mine").text
    assert "Taken back. Everyone who was told knows." in shown and "No alert of yours is open." in shown
    assert page.post(f"/alerts/{alert.id}/take-back").status_code == 303
    assert "This alert is over already." in page.get("/alerts/mine").text


def test_a_session_alone_takes_nothing_back_nor_does_anybody_else(scene, sign_in):
    alert = scene.volunteer.raise_alert()
    assert sign_in(scene.volunteer.person, stepped_up=False).post(f"/alerts/{alert.id}/take-back").status_code == 403
    for other in (scene.coordinator("One").person, scene.make.person(scene.chapter)):
        assert sign_in(other).post(f"/alerts/{alert.id}/take-back").status_code == 404
    assert scene.alert().state == "raised"


def test_nobody_else_can_take_an_alert_back(scene):
    alert = scene.volunteer.raise_alert()
    stranger = phone_of(scene.make, scene.make.person(scene.chapter), scene.chapter)
    assert stranger.take_back(alert.record_id) == "not_applied/unknown_alert"


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("alert", {}),
        ("alert", {"/what": "party", "/raised_at": 5}),
        ("alert", {"/what": ["ice_here"]}),
        ("alert_cancel", {"/alert": 7}),
        ("acknowledge", {"/notice": "x"}),
        ("acknowledge", {"/notice": "x", "/answer": "maybe"}),
        ("acknowledge", {"/notice": {}, "/answer": "got_it"}),
    ],
)
def test_an_operation_that_says_nothing_of_use_gets_a_receipt_that_says_so(scene, kind, said):
    phone = scene.volunteer.inner
    (result,) = phone.sync(phone.operation(kind, open=said))
    assert result["outcome"] == "not_applied/invalid"


@pytest.mark.parametrize("position", [{"lat": "x", "lon": 1}, {"lat": 10**9, "lon": 0}, [], "here", {"lat": True}])
def test_a_bad_clock_or_position_never_stops_an_alert(scene, position):
    alert = scene.volunteer.raise_alert(raised_at=-5, position=position)
    assert (alert.lat, alert.lon, alert.raised_at) == (None, None, alert.arrived_at)


def test_the_same_alert_sent_twice_is_one_alert(scene):
    phone = scene.volunteer.inner
    envelope = phone.operation("alert", open={"/what": "ice_here", "/raised_at": scene.clock.now()})
    assert [phone.sync(envelope)[0]["outcome"] for _ in range(2)] == ["stored", "duplicate"]
    assert scene.alert().number == 1


def test_its_over_is_told_to_everybody_who_was_told_except_who_said_so(scene):
    closer = scene.coordinator("Closer")
    scene.coordinator("Other")
    alert = scene.volunteer.raise_alert()
    answering.over(actor_of(closer), alert.id, scene.clock.now())
    assert scene.told(-1) == ["Other"]
    with pytest.raises(answering.Closed):
        answering.over(actor_of(closer), alert.id, scene.clock.now())


def test_the_exact_position_goes_a_day_after_the_alert_closed_and_deliveries_after_fourteen(scene):
    closer = scene.coordinator("Closer")
    alert = scene.volunteer.raise_alert(position={"lat": 40_715_300, "lon": -74_003_700, "accuracy": 8})
    answering.over(actor_of(closer), alert.id, scene.clock.now())
    jobs.run_due(scene.clock.now() + forgetting.PIN - 1)
    assert scene.alert().lat == 40_715_300
    jobs.run_due(scene.clock.now() + DAY)
    assert (scene.alert().lat, scene.alert().lon) == (None, None)
    assert scene.make.all(Notice)
    jobs.run_due(scene.clock.now() + forgetting.DELIVERIES)
    assert not scene.make.all(Notice) and not scene.make.all(Delivery)


def test_a_late_alert_keeps_when_it_was_raised_and_when_it_arrived(scene):
    now = scene.clock.now()
    alert = scene.volunteer.raise_alert(raised_at=now - 48 * MINUTE)
    assert (alert.raised_at, alert.arrived_at) == (now - 48 * MINUTE, now)
    ahead = scene.volunteer.raise_alert(raised_at=now + DAY)
    assert ahead.raised_at == now


def test_a_place_of_another_chapter_does_not_stop_an_alert_and_is_not_shown(scene, make):
    elsewhere = make.place(make.chapter())
    for place_id in (elsewhere.id, "no-such-place"):
        assert scene.volunteer.raise_alert(place=place_id).place_id is None
    assert scene.volunteer.raise_alert(place=make.place(scene.parent).id).place_id is not None


def test_alerts_are_numbered_in_their_chapter(scene):
    assert [scene.volunteer.raise_alert().number for _ in range(3)] == [1, 2, 3]


def test_a_disabled_coordinator_is_not_told(scene):
    gone = scene.coordinator("Gone")
    scene.coordinator("Here")
    with write() as session:
        session.merge(gone.person).disabled_at = scene.clock.now()
    scene.volunteer.raise_alert()
    assert scene.told(0) == ["Here"]


def test_a_revoked_device_is_not_told(scene):
    lost = scene.coordinator("Lost phone", duty=True)
    scene.coordinator("At home")
    with write() as session:
        session.merge(lost.device).revoked_at = scene.clock.now()
    scene.volunteer.raise_alert()
    assert scene.told(0) == ["At home", "Lost phone"]
    assert len(scene.make.all(Delivery)) == 1


def test_a_chapter_without_coordinators_tells_its_admins(scene, make):
    admin = phone_of(make, make.person(scene.chapter, "admin", field_name="Admin"), scene.chapter)
    admin.subscribe(scene.service)
    scene.volunteer.raise_alert()
    assert scene.told(0) == ["Admin"]
    assert db.session.get(Alert, scene.alert().id).state == "raised"
