"""A deadlock that the database breaks: what was asked is done again, or answered later; never lost."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from fieldapp.records.models import Record, Tombstone
from fieldapp.shifts.models import Claim
from fieldapp.shifts.services import claims
from tests.integration.door.answers import outcomes


@pytest.fixture
def broken_off(monkeypatch):
    """Taking a seat fails as by a deadlock, as often as said."""

    def say(times):
        real, left = claims._move_taken, [times]

        def fail_first(*given, **named):
            if left[0]:
                left[0] -= 1
                raise OperationalError("UPDATE", {}, psycopg.errors.DeadlockDetected("deadlock detected"))
            return real(*given, **named)

        monkeypatch.setattr(claims, "_move_taken", fail_first)

    return say


@pytest.fixture
def shift(phone, make):
    return make.shift(make.place(phone.chapter))


def test_an_operation_in_a_deadlock_is_done_again_and_the_evidence_beside_it_is_kept(phone, make, shift, broken_off):
    broken_off(2)
    assert outcomes(phone.sync(phone.observation(), phone.operation("claim", shift=shift.id))) == ["stored", "stored"]
    assert (len(make.all(Record)), len(make.all(Tombstone)), len(make.all(Claim))) == (1, 1, 1)


def test_after_many_deadlocks_the_phone_is_asked_to_come_again_and_nothing_is_half_done(phone, make, shift, broken_off):
    asked = [phone.observation(), phone.operation("claim", shift=shift.id)]
    broken_off(4)
    answer = phone.post({"v": 1, "records": asked})
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (503, "unavailable")
    assert not make.all(Record) and not make.all(Tombstone) and not make.all(Claim)
    assert outcomes(phone.sync(*asked)) == ["stored", "stored"]


def test_a_form_in_a_deadlock_is_done_again(make, sign_in, shift, phone, broken_off):
    boss = sign_in(make.person(phone.chapter, "coordinator"))
    broken_off(1)
    answer = boss.post(f"/shifts/{shift.id}/add", data={"person_id": phone.person.id})
    assert answer.status_code in (200, 302, 303), answer.text
    assert [one.person_id for one in make.all(Claim)] == [phone.person.id]


def test_a_form_in_deadlock_after_deadlock_says_that_nothing_was_changed(make, sign_in, shift, phone, broken_off):
    boss = sign_in(make.person(phone.chapter, "coordinator"))
    broken_off(3)
    answer = boss.post(f"/shifts/{shift.id}/add", data={"person_id": phone.person.id})
    assert answer.status_code == 503
    assert not make.all(Claim)
