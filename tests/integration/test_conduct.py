"""The code of conduct: written by one, published by another, accepted by version, and asked before a shift is taken."""

from __future__ import annotations

import pytest

from fieldapp.core.clock import DAY
from fieldapp.core.jobs import run_due
from fieldapp.shifts.models import Claim
from fieldapp.shifts.services import claims
from fieldapp.shifts.services.rules import Refused
from fieldapp.training.models import ConductAccepted, ConductVersion
from fieldapp.training.services import conduct
from tests.factories import Factory

TEXT = {"text_en": "We stay calm.\n\n- No filming", "text_es": "Mantenemos la calma.\n\n- No grabar"}


@pytest.fixture
def house(make: Factory, sign_in, clock):
    """A chapter with two coordinators and a member of long standing."""

    class House:
        chapter = make.chapter()
        juniper = make.person(chapter, "coordinator", field_name="Juniper")
        alder = make.person(chapter, "coordinator", field_name="Alder")
        fern = make.person(chapter, field_name="Fern")
        place = make.place(chapter)
        days = 0

        def draft(self, by=None, **more):
            answer = sign_in(by or self.juniper).post("/training/conduct/edit", {**TEXT, **more})
            assert answer.status_code == 302, answer.text
            return max(make.all(ConductVersion), key=lambda one: one.number)

        def publish(self, draft, by=None, *, read_at=None):
            path = f"/training/conduct/{draft.id}/publish"
            return sign_in(by or self.alder).post(path, {"written_at": str(read_at or draft.created_at)})

        def holds(self, **more):
            draft = self.draft(**more)
            assert self.publish(draft).status_code == 302
            return draft

        def accept(self, person, version):
            return sign_in(person).post("/training/conduct", {"version_id": version.id})

        def shift(self, **more):
            self.days += 1
            return make.shift(self.place, minimum=4, starts_in=self.days * DAY, **more)

        def refused(self, person):
            try:
                claims.claim(person.id, self.shift().id, clock.now())
            except Refused as no:
                return no.code
            return ""

    clock.advance(1)
    return House()


def test_a_draft_asks_nothing_of_anybody(house, make, sign_in):
    house.draft()
    assert "has no code of conduct yet" in sign_in(house.fern).get("/training/conduct").text
    assert house.refused(make.person(house.chapter)) == ""


def test_its_author_does_not_publish_it_and_another_does(house):
    draft = house.draft()
    assert house.publish(draft, by=house.juniper).status_code == 409
    assert house.publish(draft).status_code == 302


def test_the_only_coordinator_may_publish_alone_a_day_later(make, sign_in, clock):
    chapter = make.chapter()
    only = make.person(chapter, "coordinator")
    make.person(chapter, "trainer")
    page = sign_in(only)
    page.post("/training/conduct/edit", TEXT)
    (draft,) = make.all(ConductVersion)
    path, form = f"/training/conduct/{draft.id}/publish", {"written_at": str(draft.created_at)}
    assert page.post(path, form).status_code == 409
    clock.advance(DAY)
    assert sign_in(only).post(path, form).status_code == 302
    assert make.all(ConductVersion)[0].published_at == clock.now()


def test_what_was_written_anew_since_it_was_read_is_not_published(house, clock):
    read_at = house.draft().created_at
    clock.advance(1)
    assert house.publish(house.draft(text_en="Something else."), read_at=read_at).status_code == 409


def test_somebody_new_accepts_before_the_first_shift(house, make, clock):
    version = house.holds()
    clock.advance(1)
    wren = make.person(house.chapter)
    assert house.refused(wren) == "conduct"
    house.accept(wren, version)
    assert house.refused(wren) == ""


def test_members_have_thirty_days_and_keep_the_shifts_they_have(house, make, clock):
    taken = house.shift()
    claims.claim(house.fern.id, taken.id, clock.now())
    version = house.holds()
    assert house.refused(house.fern) == ""
    clock.advance(30 * DAY)
    assert house.refused(house.fern) == "conduct"
    assert any(one.shift_id == taken.id and one.state == "claimed" for one in make.all(Claim))
    house.accept(house.fern, version)
    assert house.refused(house.fern) == ""


def test_a_newer_version_asks_again_with_its_own_thirty_days(house, clock):
    first = house.holds()
    house.accept(house.fern, first)
    clock.advance(40 * DAY)
    second = house.holds()
    assert second.number == 2
    assert house.refused(house.fern) == ""
    assert house.accept(house.fern, first).status_code == 409
    clock.advance(30 * DAY)
    assert house.refused(house.fern) == "conduct"


def test_accepting_twice_is_once(house, make):
    version = house.holds()
    for _ in range(2):
        assert house.accept(house.fern, version).status_code == 302
    assert len(make.all(ConductAccepted)) == 1


def test_the_page_shows_text_as_text(house, sign_in):
    house.holds(text_en="Calm.\n\n- One <b>thing</b>\n- Two")
    shown = sign_in(house.fern).get("/training/conduct").text
    assert "<li>One &lt;b&gt;thing&lt;/b&gt;</li><li>Two</li>" in shown


def test_a_pod_keeps_the_text_above_until_it_has_its_own(house, make, clock, sign_in):
    version = house.holds()
    clock.advance(1)
    pod = make.chapter(parent=house.chapter)
    wren, sage = make.person(pod), make.person(pod, "coordinator")
    place = make.place(pod)
    with pytest.raises(Refused) as no:
        claims.claim(wren.id, make.shift(place, minimum=4).id, clock.now())
    assert no.value.verdict.code == "conduct"
    assert house.accept(wren, version).status_code == 302
    claims.claim(wren.id, make.shift(place, minimum=4, starts_in=3 * DAY).id, clock.now())
    clock.advance(1)
    sign_in(sage).post("/training/conduct/edit", TEXT)
    draft = next(one for one in make.all(ConductVersion) if one.chapter_id == pod.id)
    house.publish(draft)
    shown = sign_in(wren).get("/training/conduct").text
    assert "Please accept it by" in shown


def test_another_chapters_text_cannot_be_accepted(house, make, sign_in):
    version = house.holds()
    stranger = make.person(make.chapter())
    assert house.accept(stranger, version).status_code == 404


def test_coordinators_see_who_has_not(house, make, sign_in, clock):
    version = house.holds()
    clock.advance(1)
    make.person(house.chapter, field_name="Wren")
    house.accept(house.fern, version)
    shown = sign_in(house.alder).get("/training/conduct/edit").text
    assert "takes no shift until accepted" in shown
    assert "Wren" in shown
    assert "<h3>Fern</h3>" not in shown


def test_the_phone_says_it_on_today_and_beside_the_shift(house, make, sign_in, clock):
    version = house.holds()
    clock.advance(1)
    wren, shift = make.person(house.chapter), house.shift()
    page = sign_in(wren)
    told = page.get("/api/v1/field").get_json()["personal"]
    assert told["todo"][0] == {"kind": "conduct", "number": 1, "due": version.created_at}
    (why,) = [one["why"] for one in told["shifts"]["rest"] if one["id"] == shift.id]
    assert why == {"code": "conduct", "number": 1}
    house.accept(wren, version)
    told = page.get("/api/v1/field").get_json()["personal"]
    assert "conduct" not in {one["kind"] for one in told["todo"]}
    assert [one["id"] for one in told["shifts"]["open"]] == [shift.id]


def test_a_coordinator_who_adds_by_hand_sees_why_not(house, make, sign_in, clock):
    house.holds()
    clock.advance(1)
    wren, shift = make.person(house.chapter, field_name="Wren"), house.shift()
    page = sign_in(house.alder)
    assert "is not accepted yet" in page.get(f"/shifts/{shift.id}").text
    answer = page.post(f"/shifts/{shift.id}/add", {"person_id": wren.id}, follow_redirects=True)
    assert "changes that at once" in answer.text
    assert make.all(Claim) == []


@pytest.mark.parametrize("text", ["", " \n ", "x" * 20_001])
def test_a_text_that_is_missing_or_too_long_names_the_field(house, make, sign_in, text):
    answer = sign_in(house.juniper).post("/training/conduct/edit", {**TEXT, "text_es": text})
    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    assert make.all(ConductVersion) == []


def test_the_phone_is_told_when_the_thirty_days_are_over(house, make, sign_in, clock):
    house.holds()
    shift = make.shift(house.place, starts_in=40 * DAY, minimum=4)

    def tag(person):
        return sign_in(person).get("/api/v1/field").headers["ETag"]

    before = tag(house.fern)
    clock.advance(conduct.GRACE - 1)
    while run_due(clock.now()):
        pass
    assert tag(house.fern) == before
    clock.advance(1)
    while run_due(clock.now()):
        pass
    again = sign_in(house.fern).get("/api/v1/field", headers={"If-None-Match": before})
    assert again.status_code == 200
    (why,) = [one["why"] for one in again.get_json()["personal"]["shifts"]["rest"] if one["id"] == shift.id]
    assert why == {"code": "conduct", "number": 1}
