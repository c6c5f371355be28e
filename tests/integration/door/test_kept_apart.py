"""Evidence that is stored, receipted and flagged for a person to decide: policy never refuses it (docs/protocol.md 3)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import update

from fieldapp.accounts.models import Device, DeviceKey, Person
from fieldapp.core.db import write
from fieldapp.records import registry
from fieldapp.records.models import Record
from fieldapp.records.registry import Kind
from tests.conftest import NOON
from tests.integration.door.answers import outcomes, reasons


def test_evidence_by_a_revoked_key_is_kept_apart_for_a_person_to_decide(phone, make):
    with write() as session:
        session.execute(update(DeviceKey).values(revoked_at=NOON))
    assert outcomes(phone.sync(phone.observation())) == ["quarantined"]
    assert reasons(make) == [["key_revoked"]]
    assert json.loads(make.all(Record)[0].receipt)["outcome"] == "quarantined"


def test_evidence_from_a_revoked_device_or_by_a_disabled_person_is_kept_apart(phone, make):
    with write() as session:
        session.execute(update(Device).values(revoked_at=NOON))
        session.execute(update(Person).values(disabled_at=NOON))
    assert outcomes(phone.sync(phone.observation())) == ["quarantined"]
    assert reasons(make) == [["disabled", "key_revoked"]]


def test_evidence_that_names_a_strange_chapter_is_kept_in_the_keys_own(phone, make):
    far = make.chapter()
    assert (
        outcomes(phone.sync(phone.observation(chapter=far.id), phone.observation(chapter="none")))
        == ["quarantined"] * 2
    )
    assert {(kept.chapter_id, tuple(kept.reasons)) for kept in make.all(Record)} == {
        (phone.chapter.id, ("wrong_chapter",))
    }


def test_a_key_writes_in_a_pod_below_and_wherever_its_person_belongs(phone, make):
    from fieldapp.accounts.models import Membership

    pod, far = make.chapter("Pod", phone.chapter), make.chapter("Far")
    make.keep(Membership(person_id=phone.person.id, chapter_id=far.id, role="volunteer", since=NOON))
    assert outcomes(phone.sync(phone.observation(chapter=pod.id), phone.observation(chapter=far.id))) == ["stored"] * 2
    assert {kept.chapter_id for kept in make.all(Record)} == {pod.id, far.id}


@pytest.mark.parametrize("day", ["2026-11-25/morning", "2025-11-21/night", "0001-01-01/night", "9999-12-31/night"])
def test_a_wild_clock_is_kept_apart(phone, make, day):
    assert outcomes(phone.sync(phone.observation(day_part=day))) == ["quarantined"]
    assert reasons(make) == [["wrong_clock"]]


@pytest.mark.parametrize("day", ["2026-11-24/morning", "2026-11-23/night", "2025-12-01/evening"])
def test_an_old_outbox_or_a_zone_far_east_is_no_wild_clock(phone, day):
    assert outcomes(phone.sync(phone.observation(day_part=day))) == ["stored"]


def test_a_place_that_the_chapter_cannot_see_is_unknown_and_the_record_is_kept(phone, make):
    pod, far = make.chapter("Pod", phone.chapter), make.chapter()
    own, below, foreign = (make.place(chapter).id for chapter in (phone.chapter, pod, far))
    results = phone.sync(*(phone.observation(place=place) for place in (own, below, foreign, "nowhere")))
    assert outcomes(results) == ["stored", "stored", "quarantined", "quarantined"]
    assert {kept.place_id: kept.reasons for kept in make.all(Record)} == {
        own: [],
        below: [],
        foreign: ["unknown_place"],
        "nowhere": ["unknown_place"],
    }


def test_a_box_of_nobody_or_of_another_chapter_is_unknown(phone, make):
    far = make.box(make.chapter())
    phone.sync(
        phone.observation(sealed={"nobodys": {"/notes": "x"}}), phone.observation(sealed={far.id: {"/notes": "x"}})
    )
    assert reasons(make) == [["unknown_box"], ["unknown_box"]]


def test_a_file_that_no_box_could_open_is_kept_apart(phone, make, monkeypatch):
    box = make.box(phone.chapter)
    for data in (b"", b"not age", b"age-encryption.org/v1\n-> X25519 abc\nabc\n--- abc\nxx"):
        monkeypatch.setattr(phone, "seal", lambda *_, data=data: data)
        assert outcomes(phone.sync(phone.observation(sealed={box.id: {"/notes": "x"}}))) == ["quarantined"]
    assert reasons(make) == [["box_mismatch"]] * 3


def test_an_amendment_is_tied_to_its_record_and_one_by_another_key_is_flagged(phone, make):
    other = make.phone(make.person(phone.chapter))
    seen = phone.observation()
    assert outcomes(phone.sync(seen, phone.amendment(seen))) == ["stored", "stored"]
    assert outcomes(other.sync(other.amendment(seen))) == ["stored"]
    amendments = {kept.key: kept for kept in make.all(Record) if kept.kind == "amendment"}
    assert {kept.amends for kept in amendments.values()} == {seen["digest"]}
    assert [amendments[one.key].flags for one in (phone, other)] == [[], ["other_key"]]


def test_an_amendment_before_its_record_waits_and_is_let_in_when_that_arrives(phone, make):
    seen = phone.observation()
    other = make.phone(make.person(phone.chapter))
    assert outcomes(phone.sync(phone.amendment(seen), other.amendment(seen))) == ["quarantined", "quarantined"]
    assert reasons(make) == [["unknown_amended"], ["unknown_amended"]]
    assert outcomes(phone.sync(seen)) == ["stored"]
    assert [(kept.reasons, kept.in_quarantine) for kept in make.all(Record)] == [([], False)] * 3
    assert sorted(kept.flags for kept in make.all(Record)) == [[], [], ["other_key"]]


def test_an_amendment_of_another_chapters_record_is_kept_apart(phone, make):
    far = make.phone(make.person(make.chapter()))
    seen = phone.observation()
    phone.sync(seen)
    assert outcomes(far.sync(far.amendment(seen))) == ["quarantined"]


def test_a_domains_checks_put_evidence_into_quarantine_in_one_call_for_the_whole_batch(phone, make, monkeypatch):
    calls: list[int] = []

    def check_many(arrived: Any, now: int) -> list[list[str]]:
        calls.append(len(arrived))
        return [["unknown_form"] if record.opened["/type"] == "odd" else [] for record, _ in arrived]

    monkeypatch.setitem(registry._kinds, "observation", Kind("observation", evidence=True, check_many=check_many))
    results = phone.sync(phone.observation(), phone.observation(open={"/type": "odd"}), phone.observation())
    assert outcomes(results) == ["stored", "quarantined", "stored"]
    assert calls == [3]


def test_evidence_is_kept_even_when_what_a_domain_does_with_it_fails(phone, make, monkeypatch):
    def apply(*_: Any) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setitem(registry._kinds, "observation", Kind("observation", evidence=True, apply=apply))
    assert outcomes(phone.sync(phone.observation())) == ["stored"]
    assert len(make.all(Record)) == 1


def test_when_a_bulk_step_fails_each_record_stands_for_itself(phone, make, monkeypatch):
    from fieldapp.records.services import keep

    row = keep._row
    bad = phone.observation()

    def spoiled(one: Any, *rest: Any) -> dict[str, Any]:
        made = row(one, *rest)
        return {**made, "body": None} if one.record.digest == bad["digest"] else made

    monkeypatch.setattr(keep, "_row", spoiled)
    assert outcomes(phone.sync(phone.observation(), bad, phone.observation())) == ["stored", "later", "stored"]
    assert len(make.all(Record)) == 2
