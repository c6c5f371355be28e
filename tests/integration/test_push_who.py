"""The desk sees whom an alert reached and how far, and who cannot be reached at all, before it matters."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from fieldapp.alerts.models import Delivery, Notice, PushSubscription
from fieldapp.alerts.services import deliveries
from fieldapp.alerts.services.deliveries import Outcome
from fieldapp.core.actor import Actor
from fieldapp.core.clock import DAY, HOUR, MINUTE
from fieldapp.core.db import db, write
from fieldapp.shifts.models import Claim
from fieldapp.shifts.services import reaching
from tests.phones import phone_of
from tests.pushservice import PushService

SERVICE = PushService()


@pytest.fixture
def chapter(make):
    return make.chapter()


@pytest.fixture
def desk(make, sign_in, chapter):
    return sign_in(make.person(chapter, "coordinator", field_name="Juniper"))


@pytest.fixture
def volunteer(make, chapter):
    return phone_of(make, make.person(chapter, field_name="Sorrel"), chapter)


def coordinator(make, chapter, name, *, subscribed=True):
    phone = phone_of(make, make.person(chapter, "coordinator", field_name=name), chapter)
    if subscribed:
        phone.subscribe(SERVICE)
    return phone


def settle(clock, make, answers: dict[str, int]) -> None:
    """The push service answers each person's push."""
    people = {one.id: one.person_id for one in make.all(Notice)}
    taken = deliveries.claim(clock.now(), MINUTE, 50)
    deliveries.settle([Outcome(one, answers[people[one.notice_id]]) for one in taken], clock.now())


def row(page: str, name: str) -> str:
    """What the list of those who were told says of one person."""
    return page.split('<ul class="told"')[1].split(f"<b>{name}</b>")[1].split("</li>", maxsplit=1)[0]


def test_each_person_stands_with_how_far_it_came_the_least_reached_first(make, desk, client, chapter, volunteer, clock):
    silent = coordinator(make, chapter, "Aspen", subscribed=False)
    phones = {name: coordinator(make, chapter, name) for name in ("Birch", "Cedar", "Dogwood", "Elder")}
    alert = volunteer.raise_alert()
    ids = {name: phone.person.id for name, phone in phones.items()}
    settle(clock, make, {ids["Birch"]: 410, ids["Cedar"]: 201, ids["Dogwood"]: 201, ids["Elder"]: 201})
    notices = {one.person_id: one.id for one in make.all(Notice)}
    sent = {one.notice_id: one.id for one in make.all(Delivery)}
    client.post("/api/v1/push/shown", json={"proof": sent[notices[ids["Dogwood"]]]})
    phones["Elder"].answer(notices[ids["Elder"]], "cannot")
    page = desk.get(f"/alerts/{alert.id}").text
    assert "No push" in row(page, "Aspen") and "Call them the way your chapter does." in row(page, "Aspen")
    assert "Not delivered" in row(page, "Birch")
    assert "Accepted 10:00" in row(page, "Cedar")
    assert "Shown 10:00" in row(page, "Dogwood")
    assert "I can't" in row(page, "Elder")
    told = page.split('<ul class="told"')[1]
    order = [told.index(name) for name in ("Aspen", "Birch", "Cedar", "Dogwood", "Elder")]
    assert order == sorted(order)
    assert "to 1 person" in page
    assert silent.person.id in notices


def test_what_they_wrote_for_their_shift_is_read_by_whoever_may_read_it_anyway(make, desk, chapter, volunteer, clock):
    lead = coordinator(make, chapter, "Aspen", subscribed=False)
    shift = make.shift(make.place(chapter), starts_in=-HOUR)
    for one in (lead, volunteer):
        make.keep(Claim(shift_id=shift.id, person_id=one.person.id, state="confirmed", at=clock.now()))
    reaching.write_down(Actor(lead.person.id, "Aspen", "en", chapter.id), shift.id, "The blue car", "", clock.now())
    alert = volunteer.raise_alert(shift=shift.id)
    assert "The blue car" in row(desk.get(f"/alerts/{alert.id}").text, "Aspen")


def test_the_list_costs_the_same_however_many_were_told(app, make, desk, chapter, volunteer):
    def statements() -> int:
        seen: list[int] = []
        with app.app_context():
            engine = db.engine
        listener = lambda *_: seen.append(1)  # noqa: E731
        event.listen(engine, "before_cursor_execute", listener)
        desk.get("/alerts")
        event.remove(engine, "before_cursor_execute", listener)
        return len(seen)

    coordinator(make, chapter, "Aspen")
    volunteer.raise_alert()
    statements()
    few = statements()
    for number in range(60):
        make.keep(
            Notice(alert_id=make.all(Notice)[0].alert_id, person_id=make.person(chapter).id, step=0, created_at=number)
        )
    assert statements() == few
    assert "more, reached further than these." in desk.get("/alerts").text


def unreached(desk) -> list[str]:
    """The names on the page, in their order."""
    page = desk.get("/alerts/reach").text
    return [one.split("<b>")[1].split("</b>")[0] for one in page.split('<li class="twoline">')[1:]]


def test_the_page_names_whoever_no_push_reaches_longest_first(make, desk, chapter, clock):
    names = ("Aspen", "Birch", "Cedar", "Dogwood")
    phones = {name: coordinator(make, chapter, name, subscribed=name != "Aspen") for name in names}
    made = {one.person_id: one for one in make.all(PushSubscription)}
    now = clock.now()

    def known(name: str, **values: int) -> None:
        with write() as session:
            mine = PushSubscription.id == made[phones[name].person.id].id
            session.execute(db.update(PushSubscription).where(mine).values(**values))

    known("Birch", shown_at=now - 9 * DAY, ended_at=now - 5 * DAY)
    known("Cedar", shown_at=now - 9 * DAY, tested_at=now - 2 * DAY)
    known("Dogwood", shown_at=now - DAY, tested_at=now - DAY - 1)
    assert [one for one in unreached(desk) if one in names] == ["Birch", "Cedar", "Aspen"]
    page = desk.get("/alerts/reach").text
    for words in (
        "Alerts never turned on",
        "Ended or blocked",
        "A test was not shown",
        "4 of 5 cannot be reached by push",
    ):
        assert words in page


def test_a_fresh_phone_stays_on_the_page_until_it_has_shown_a_push(make, desk, client, chapter, volunteer, clock):
    phone = coordinator(make, chapter, "Aspen")
    assert "Aspen" in unreached(desk) and "Nothing shown yet" in desk.get("/alerts/reach").text
    volunteer.raise_alert()
    sent = {one.subscription_id: one.id for one in make.all(Delivery)}
    (kept,) = [one for one in make.all(PushSubscription) if one.person_id == phone.person.id]
    client.post("/api/v1/push/shown", json={"proof": sent[kept.id]})
    assert "Aspen" not in unreached(desk)


def test_volunteers_without_a_certificate_and_other_chapters_are_not_on_it(make, desk, volunteer):
    coordinator(make, make.chapter(), "Elder", subscribed=False)
    assert unreached(desk) == ["Juniper"]


def test_nobody_but_coordinators_reads_it(make, sign_in, chapter):
    assert sign_in(make.person(chapter)).get("/alerts/reach").status_code == 403
