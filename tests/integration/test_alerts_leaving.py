"""What ends with belonging, and what ends by itself: alerts of people who left, and positions that nobody closed."""

from __future__ import annotations

from sqlalchemy import delete

from fieldapp.accounts.models import Membership
from fieldapp.alerts.models import Alert
from fieldapp.core import jobs
from fieldapp.core.clock import DAY
from fieldapp.core.db import write

SAID = {"/what": "need_help", "/raised_at": 0, "/position": {"lat": 40_715_300, "lon": -74_003_700, "accuracy": 9}}


def alert(phone, clock):
    """An alert, raised now."""
    return phone.operation("alert", open={**SAID, "/raised_at": clock.now()})


def test_who_left_the_chapter_raises_no_alert_there_but_what_they_saw_is_kept(make, clock):
    chapter = make.chapter()
    person = make.person(chapter)
    phone = make.phone(person)
    with write() as session:
        session.execute(delete(Membership).where(Membership.person_id == person.id))
    raised, seen = phone.sync(alert(phone, clock), phone.observation())
    assert raised["outcome"] == "not_applied/wrong_chapter"
    assert seen["outcome"] == "stored"
    assert make.all(Alert) == []


def test_an_exact_position_goes_after_a_week_even_if_nobody_closes_the_alert(make, clock):
    phone = make.phone(make.person(make.chapter()))
    phone.sync(alert(phone, clock))
    assert make.all(Alert)[0].lat is not None
    clock.advance(8 * DAY)
    while jobs.run_due(clock.now()):
        pass
    assert make.all(Alert)[0].lat is None
