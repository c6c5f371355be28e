"""Little is kept: who invited whom goes after a week, who held a key a month after its last shift (LEGAL)."""

from __future__ import annotations

import pytest

from fieldapp.accounts.models import Ceremony, DeviceKey, Invite, LoginSession, Recovery
from fieldapp.accounts.services import device_keys, devices, forgetting
from fieldapp.core.clock import DAY, HOUR
from fieldapp.core.db import write
from tests.integration.test_people_devices import Key, register


@pytest.fixture
def finch(make):
    """A volunteer."""
    return make.person(make.chapter())


def use(key, now):
    with write() as session:
        device_keys.mark_used(session, {key.thumbprint}, now)


def test_who_invited_whom_is_forgotten_after_a_week_and_the_invite_a_week_after_its_end(make, sign_in, clock, finch):
    juniper = make.person(finch.memberships[0].chapter, "coordinator")
    sign_in(juniper).post("/people/invites", {"chapter": finch.memberships[0].chapter_id, "role": "volunteer"})
    clock.advance(7 * DAY - HOUR)
    forgetting.forget(clock.now())
    assert [row.created_by for row in make.all(Invite)] == [juniper.id]
    clock.advance(HOUR)
    forgetting.forget(clock.now())
    assert [row.created_by for row in make.all(Invite)] == [None]
    clock.advance(7 * DAY)
    forgetting.forget(clock.now())
    assert make.all(Invite) == []


def test_a_key_that_a_later_one_replaced_a_month_ago_is_nobodys_any_more(make, sign_in, clock, finch):
    page, first, second = sign_in(finch), Key(), Key()
    register(page, first.offer(finch), second.offer(finch))
    use(first, clock.now())
    clock.advance(5 * DAY)
    use(second, clock.now())
    clock.advance(30 * DAY - 1)
    forgetting.forget(clock.now())
    assert devices.find_key(first.thumbprint).person_id == finch.id
    clock.advance(1)
    forgetting.forget(clock.now())
    view = devices.find_key(first.thumbprint)
    assert (view.person_id, view.device_id, view.x) == (None, "", first.jwk["x"])
    assert devices.find_key(second.thumbprint).person_id == finch.id


def test_a_revoked_devices_keys_are_unlinked_after_a_month(make, sign_in, clock, finch):
    page, key = sign_in(finch), Key()
    device = register(page, key.offer(finch)).get_json()["device"]
    page.post(f"/devices/{device}/revoke")
    clock.advance(30 * DAY)
    forgetting.forget(clock.now())
    (row,) = make.all(DeviceKey)
    assert (row.person_id, row.device_id) == (None, None)
    assert devices.find_key(key.thumbprint).revoked_at is not None


def test_a_key_whose_holder_was_forgotten_may_be_offered_again_by_whoever_holds_it(make, sign_in, clock, finch):
    first, second = Key(), Key()
    device = register(sign_in(finch), first.offer(finch), second.offer(finch)).get_json()["device"]
    use(first, clock.now())
    use(second, clock.now() + 1)
    clock.advance(31 * DAY)
    forgetting.forget(clock.now())
    assert register(sign_in(finch), first.offer(finch), device=device).status_code == 200
    assert devices.find_key(first.thumbprint).person_id is None


def test_sessions_ceremonies_and_recoveries_go_when_they_are_over(make, sign_in, clock, finch):
    page = sign_in(finch)
    page.post("/api/v1/sign-in/begin", json={})
    juniper = make.person(finch.memberships[0].chapter, "coordinator")
    sign_in(juniper).post(f"/people/{finch.id}/recovery")
    clock.advance(HOUR)
    forgetting.forget(clock.now())
    assert make.all(Ceremony) == []
    assert len(make.all(LoginSession)) == 2
    clock.advance(30 * DAY)
    forgetting.forget(clock.now())
    assert make.all(LoginSession) == []
    assert make.all(Recovery) == []
