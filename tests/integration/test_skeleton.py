"""The house stands: the gate is closed, a session opens it."""

from __future__ import annotations

import traceback

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from fieldapp.accounts.models import Person
from fieldapp.core.clock import DAY
from fieldapp.core.db import write


def test_a_person_without_a_session_is_asked_to_sign_in(sign_in):
    answer = sign_in.nobody().get("/me")
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in")


def test_a_session_ends_by_itself_when_its_time_is_over(make, sign_in, clock):
    page = sign_in(make.person(make.chapter()))
    assert page.get("/me").status_code == 200
    clock.advance(DAY)
    assert page.get("/me").status_code == 302


def test_a_write_without_a_csrf_token_is_refused(make, sign_in):
    page = sign_in(make.person(make.chapter()))
    answer = page.client.post("/api/v1/sign-out", base_url="https://localhost", json={})
    assert answer.status_code in {400, 404, 405}


def test_another_chapters_place_and_a_shift_can_be_kept_on_this_database(make):
    place = make.place(make.chapter())
    assert make.shift(place).taken == 0


def test_an_error_of_the_database_never_says_what_was_to_be_written(make):
    finch = make.person(make.chapter(), field_name="Finch")
    values = {"id": "another", "field_name": "Somebody", "lang": "en", "version": 1, "created_at": 1}
    with pytest.raises(IntegrityError) as failed, write() as session:
        session.execute(insert(Person).values(user_handle=finch.user_handle, **values))
    logged = "".join(traceback.format_exception(failed.value))
    assert "unique" in logged.lower()
    assert finch.user_handle not in logged
    assert "Somebody" not in logged
