"""The alert board, answers from it, duty; the notice door and push subscriptions."""

from __future__ import annotations

from typing import Any

from tests.access.rows import EVERYONE, SIGNED_IN, Row

BOARD = {"coordinator"}


def things(world: Any) -> dict[str, str]:
    """An open alert of this chapter."""
    return {"alert": fresh(world)}


def fresh(world: Any) -> str:
    """A new alert of this chapter, raised by nobody who is asked here."""
    chapter = world.chapters["here"]
    return str(phone_of(world.make, world.make.person(chapter), chapter).raise_alert().id)


def phone_of(*arguments: Any) -> Any:
    """tests.phones, asked for late: it needs the application."""
    from tests.phones import phone_of as make

    return make(*arguments)


def turn_of_another(world: Any) -> str:
    """Hours on the dispatchers' rota of this chapter, held by somebody who is not asked here."""
    from fieldapp.shifts.models import Rota, RotaTurn

    chapter, now = world.chapters["here"], world.clock.now()
    rota = world.make.keep(Rota(chapter_id=chapter.id, kind="dispatcher", created_at=now))
    holder = world.make.person(chapter, "coordinator")
    turn = RotaTurn(rota_id=rota.id, day="2026-11-23", starts_at=now - 1, ends_at=now + 3_600_000, person_id=holder.id)
    return str(world.make.keep(turn).id)


ROWS = [
    Row("alerts.index", may=BOARD),
    Row("alerts.one", params={"alert_id": "@alert"}, may=BOARD, of="here"),
    Row("alerts.live", may=BOARD),
    Row("alerts.wall", may=BOARD),
    Row("alerts.got_it", "POST", {"alert_id": fresh}, may=BOARD, of="here"),
    Row("alerts.take_over", "POST", {"alert_id": fresh}, may=BOARD, of="here"),
    Row("alerts.over", "POST", {"alert_id": fresh}, may=BOARD, of="here"),
    Row("alerts.mine", may=SIGNED_IN),
    Row(
        "alerts.take_back", "POST", {"alert_id": fresh}, may=set(), of="here", denied=404
    ),  # nobody takes back another's
    Row("alerts.set_duty", "POST", may=BOARD),
    Row(
        "alerts.have_duty", "POST", {"turn_id": turn_of_another}, may=set(), of="here", denied=404
    ),  # only who holds it
    Row("alerts.notice_page", may=EVERYONE),
    Row("alerts.notice_door", "POST", may=EVERYONE, json={"text": "{}", "sig": ""}),
    Row("alerts.put_push", "PUT", may=SIGNED_IN, json={}),
    Row("alerts.delete_push", "DELETE", may=SIGNED_IN, json={}),
    Row("alerts.reach", may=BOARD),
    Row("alerts.own_push", may=SIGNED_IN),
    Row("alerts.test_push", "POST", may=SIGNED_IN, json={}),
    Row("alerts.push_shown", "POST", may=EVERYONE, json={"proof": ""}),
]
