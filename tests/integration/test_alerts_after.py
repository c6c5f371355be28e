"""Afterwards: times against the chapter's targets, outcomes of a period, and a file that names nobody."""

from __future__ import annotations

import csv
import io

import pytest
from sqlalchemy import event

from fieldapp.alerts.services import after, answering, stages, verifying
from fieldapp.core.clock import DAY, MINUTE
from fieldapp.core.db import db
from tests.responders import YES, Courthouse


@pytest.fixture
def scene(make, clock) -> Courthouse:
    return Courthouse(make, clock)


@pytest.fixture
def finch(scene):
    return scene.coordinator("Finch")


def walked(scene, finch) -> str:
    """An alert that somebody has after 2 minutes, a pair sees after 4 more, and that is confirmed after 1 more and over after 10."""
    looker = scene.observer("Alder")
    alert = scene.report()
    scene.clock.advance(2 * MINUTE)
    verifying.ask_pair(scene.actor(finch), alert, scene.clock.now())
    scene.clock.advance(4 * MINUTE)
    looker.answer(scene.notice(looker, "look"), "ice")
    scene.clock.advance(MINUTE)
    stages.confirm(scene.actor(finch), alert, YES, scene.clock.now())
    scene.clock.advance(10 * MINUTE)
    answering.over(scene.actor(finch), alert, scene.clock.now())
    return alert


def test_each_step_is_measured_from_the_one_before_it_against_its_target(scene, finch):
    alert = scene.alert(walked(scene, finch))
    took = {step.name: (step.took or 0) // MINUTE for step in after.steps_of(alert)}
    assert took == {"arrived": 0, "got_it": 2, "asked": 0, "saw": 4, "decided": 5, "ended": 17}
    assert {step.name: step.met for step in after.steps_of(alert) if step.target} == {
        "got_it": True,
        "saw": True,
        "decided": True,
    }


def test_one_that_nobody_had_says_so(scene, finch):
    alert = scene.report()
    scene.clock.advance(5 * MINUTE)
    answering.over(scene.actor(finch), alert, scene.clock.now())
    (row,) = after.period(scene.actor(finch), 7, scene.clock.now()).rows
    step = row.step("got_it")
    assert step is not None
    assert (step.took, step.met) == (None, None)


def test_outcomes_are_counted_and_another_chapters_are_not(scene, finch):
    walked(scene, finch)
    stages.end_as(scene.actor(finch), scene.report("being_taken"), "not_ice", scene.clock.now())
    stranger = scene.coordinator("Stranger", scene.make.chapter("Another"))
    assert after.period(scene.actor(finch), 30, scene.clock.now()).outcomes == {"confirmed": 1, "not_ice": 1}
    assert after.period(scene.actor(stranger), 30, scene.clock.now()).rows == []


def test_only_what_ended_in_the_period_counts(scene, finch):
    walked(scene, finch)
    scene.clock.advance(8 * DAY)
    assert after.period(scene.actor(finch), 7, scene.clock.now()).rows == []
    assert len(after.period(scene.actor(finch), 30, scene.clock.now()).rows) == 1


def test_the_page_and_its_file_say_the_same_and_the_file_names_nobody(scene, finch, sign_in):
    walked(scene, finch)
    desk = sign_in(finch.person)
    page = desk.get("/alerts/past?days=7").text
    assert "2:00" in page
    assert "17:00" in page
    file = desk.get("/alerts/past.csv?days=7")
    assert file.mimetype == "text/csv"
    (row,) = csv.DictReader(io.StringIO(file.get_data().decode("utf-8-sig")))
    assert (row["outcome"], row["got_it_seconds"], row["ended_seconds"]) == ("confirmed", "120", "1020")
    assert not {"Finch", "Alder", "Reporter", scene.place.name} & set(row.values())


@pytest.mark.parametrize("days", ["", "x", "-1", "99999999999999999999", "7 days"])
def test_a_wild_period_is_the_usual_one(scene, finch, sign_in, days):
    assert sign_in(finch.person).get(f"/alerts/past?days={days}").status_code == 200


def test_many_alerts_cost_as_many_questions_as_one(scene, finch):
    actor = scene.actor(finch)

    def questions() -> int:
        seen: list[str] = []
        listener = lambda *said: seen.append(said[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", listener)
        after.period(actor, 7, scene.clock.now())
        event.remove(db.engine, "before_cursor_execute", listener)
        return len(seen)

    walked(scene, finch)
    one = questions()
    for _ in range(6):
        scene.clock.advance(15 * MINUTE)
        answering.over(actor, scene.report(), scene.clock.now())
    assert questions() == one
