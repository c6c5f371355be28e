"""A person's own calendar, read by an independent iCalendar library."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import vobject

from fieldapp.core.clock import DAY, HOUR, local_ms, to_datetime
from fieldapp.core.db import write
from fieldapp.shifts.models import CalendarFeed, Shift
from fieldapp.shifts.services import claims, planning

WORLD = ("America/New_York", "America/Phoenix", "Pacific/Honolulu", "America/Puerto_Rico", "Pacific/Saipan")


class Scene:
    """Fern, with a calendar address, in a chapter with a coordinator and a court."""

    def __init__(self, make, sign_in, clock) -> None:
        self.make, self.clock, self.sign_in = make, clock, sign_in
        self.chapter = make.chapter("Chapter of the river")
        self.court = make.place(self.chapter, "Court on Varick", city="New York")
        self.fern = make.person(self.chapter, field_name="Fern")
        self.coordinator = make.person(self.chapter, "coordinator", field_name="Juniper")
        self.page = sign_in(self.fern)

    def address(self, says: str = "plain") -> str:
        shown = self.page.post("/shifts/calendar", {"says": says}).get_data(as_text=True)
        (token,) = set(re.findall(r"/calendar/([A-Za-z0-9_-]{43})\.ics", shown))
        return f"/calendar/{token}.ics"

    def take(self, **more: Any) -> Shift:
        shift = self.make.shift(more.pop("place", self.court), **more)
        claims.claim(self.fern.id, shift.id, self.clock.now(), by=self.coordinator.id)
        return shift

    def read(self, address: str, **more: Any) -> Any:
        return self.sign_in.nobody().get(address, **more)

    def events(self, address: str) -> list[Any]:
        return list(getattr(parsed(self.read(address)), "vevent_list", []))


def parsed(answer: Any) -> Any:
    assert answer.status_code == 200 and answer.mimetype == "text/calendar"
    assert all(len(line) <= 75 for line in answer.data.split(b"\r\n"))
    return vobject.readOne(answer.get_data(as_text=True))


@pytest.fixture
def scene(make, sign_in, clock) -> Scene:
    return Scene(make, sign_in, clock)


def test_a_calendar_has_ones_own_shifts_and_nothing_that_tells_on_anybody(scene: Scene) -> None:
    shift = scene.take()
    scene.make.shift(scene.court, starts_in=2 * DAY)
    address = scene.address()
    (event,) = scene.events(address)
    assert event.summary.value == "Fieldapp shift"
    assert event.dtstart.value.astimezone(UTC) == to_datetime(shift.starts_at).replace(microsecond=0)
    assert event.dtend.value.astimezone(UTC) == to_datetime(shift.ends_at).replace(microsecond=0)
    said = scene.read(address).get_data(as_text=True)
    for secret in ("Varick", "river", "Juniper", "Fern", "New York\r", shift.id, scene.fern.id, "555-0100"):
        assert secret not in said


def test_the_city_is_there_only_for_whoever_chose_it(scene: Scene) -> None:
    scene.take()
    address = scene.address("plain")
    assert not hasattr(scene.events(address)[0], "location")
    scene.page.post("/shifts/calendar/says", {"says": "city"})
    assert scene.events(address)[0].location.value == "New York"


@pytest.mark.parametrize("zone", WORLD)
@pytest.mark.parametrize("day", [date(2026, 12, 1), date(2027, 3, 14), date(2027, 7, 6), date(2027, 11, 7)])
def test_another_library_reads_the_right_moment_in_every_zone_and_season(scene: Scene, zone: str, day: date) -> None:
    place = scene.make.place(scene.chapter, zone=zone)
    start = local_ms(day, 8 * 60 + 30, zone)
    scene.take(place=place, starts_in=start - scene.clock.now())
    (event,) = scene.events(scene.address())
    wall = datetime(day.year, day.month, day.day, 8, 30, tzinfo=ZoneInfo(zone))
    assert event.dtstart.value.replace(tzinfo=None) == wall.replace(tzinfo=None)
    assert event.dtstart.value.astimezone(UTC) == wall.astimezone(UTC)


def test_an_entry_keeps_its_id_and_its_number_rises_with_every_change(scene: Scene) -> None:
    shift = scene.take()
    address = scene.address()
    (first,) = scene.events(address)
    assert first.status.value == "TENTATIVE"
    actor = _actor(scene)
    planning.confirm(actor, shift.id, None, scene.clock.now())
    (second,) = scene.events(address)
    planning.cancel(actor, shift.id, "The building is closed", scene.clock.now())
    (third,) = scene.events(address)
    assert [second.status.value, third.status.value] == ["CONFIRMED", "CANCELLED"]
    assert first.uid.value == second.uid.value == third.uid.value
    assert int(first.sequence.value) < int(second.sequence.value) < int(third.sequence.value)
    assert not hasattr(third, "valarm")


def test_a_shift_given_back_is_cancelled_in_the_calendar(scene: Scene) -> None:
    shift = scene.take()
    address = scene.address()
    claims.release(scene.fern.id, shift.id, scene.clock.now())
    (event,) = scene.events(address)
    assert event.status.value == "CANCELLED"


def test_two_peoples_entries_of_one_shift_have_different_ids(scene: Scene) -> None:
    shift = scene.take(minimum=5, seats=9)
    claims.claim(scene.coordinator.id, shift.id, scene.clock.now())
    mine = scene.events(scene.address())[0].uid.value
    scene.page = scene.sign_in(scene.coordinator)
    assert scene.events(scene.address())[0].uid.value != mine


def test_a_shift_leaves_the_calendar_a_week_after_its_end(scene: Scene) -> None:
    scene.take(starts_in=HOUR)
    address = scene.address()
    scene.clock.advance(9 * DAY)
    assert scene.events(address) == []


def test_a_new_address_ends_the_one_before_and_keeps_the_entries_ids(scene: Scene) -> None:
    scene.take()
    old = scene.address()
    uid = scene.events(old)[0].uid.value
    new = scene.address()
    assert scene.read(old).status_code == 404
    assert scene.events(new)[0].uid.value == uid


def test_an_ended_address_and_one_of_a_disabled_person_are_not_there(scene: Scene) -> None:
    address = scene.address()
    with write() as session:
        session.merge(scene.fern).disabled_at = scene.clock.now()
    assert scene.read(address).status_code == 404
    with write() as session:
        session.merge(scene.fern).disabled_at = None
    scene.page = scene.sign_in(scene.fern)
    scene.page.post("/shifts/calendar/end")
    assert scene.read(address).status_code == 404


def test_only_the_hash_of_the_address_is_kept_and_the_page_shows_it_once(scene: Scene) -> None:
    token = scene.address().split("/")[2].removesuffix(".ics")
    (kept,) = scene.make.all(CalendarFeed)
    assert token not in {kept.token_hash, kept.salt}
    assert token not in scene.page.get("/shifts/calendar").get_data(as_text=True)


def test_an_unchanged_calendar_is_not_sent_again(scene: Scene) -> None:
    scene.take()
    address = scene.address()
    first = scene.read(address)
    again = scene.read(address, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304 and again.data == b""
    scene.take(starts_in=3 * DAY)
    changed = scene.read(address, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200 and "no-store" not in changed.headers["Cache-Control"]


def test_an_address_is_fetched_sixty_times_an_hour_at_most(app, scene: Scene) -> None:
    app.config["RATELIMIT_ENABLED"] = True
    address, other = scene.address(), "/calendar/another.ics"
    assert {scene.read(address).status_code for _ in range(60)} == {200}
    assert scene.read(address).status_code == 429
    assert scene.read(other).status_code == 404


def test_one_shift_as_a_file_for_whoever_is_on_it(scene: Scene) -> None:
    shift, other = scene.take(), scene.make.shift(scene.court, starts_in=4 * DAY)
    answer = scene.page.get(f"/shifts/{shift.id}/entry.ics")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert parsed(answer).vevent.summary.value == "Fieldapp shift"
    assert scene.page.get(f"/shifts/{other.id}/entry.ics").status_code == 404


def test_the_phone_makes_and_ends_an_address_too(scene: Scene) -> None:
    assert scene.page.get("/api/v1/calendar").get_json() == {"made_at": None, "says": "plain"}
    link = scene.page.post("/api/v1/calendar", json={"says": "city"}).get_json()["link"]
    assert scene.read(link.removeprefix("http://localhost")).status_code == 200
    assert scene.page.get("/api/v1/calendar").get_json()["says"] == "city"
    scene.page.send("DELETE", "/api/v1/calendar", json={})
    assert scene.read(link.removeprefix("http://localhost")).status_code == 404


def test_a_calendar_speaks_its_persons_language(scene: Scene) -> None:
    scene.take()
    with write() as session:
        session.merge(scene.fern).lang = "es"
    assert scene.events(scene.address())[0].summary.value == "Turno de Fieldapp"


def _actor(scene: Scene) -> Any:
    from fieldapp.accounts.identity import actor_for

    return actor_for(scene.coordinator)
