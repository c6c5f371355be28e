"""Several passkeys for one person: added, named, removed, never the last (DESIGN 5)."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest

from fieldapp.accounts.models import Passkey
from fieldapp.core.canonical import b64u
from fieldapp.core.clock import MINUTE
from tests.authenticator import Authenticator
from tests.enrol import enrol, invite, step_up
from tests.enrol import sign_in as sign_in_with


@pytest.fixture
def phone():
    """The first passkey's device."""
    return Authenticator()


@pytest.fixture
def finch(make, clock, sign_in, phone):
    """A volunteer's browser."""
    page = sign_in.nobody()
    assert enrol(page, invite(make.chapter(), clock), phone).status_code == 200
    return page


def add(page, device, name="Blue phone"):
    begun = page.post("/api/v1/passkeys/begin", json={})
    if begun.status_code != 200:
        return begun
    told = begun.get_json()
    answer = {"ceremony": told["ceremony"], "credential": device.create(told["options"]), "name": name}
    return page.post("/api/v1/passkeys/finish", json=answer)


def known(make):
    return {row.name: row for row in make.all(Passkey)}


def test_a_second_passkey_signs_in_too_and_its_last_use_is_kept(make, clock, sign_in, finch):
    other = Authenticator()
    assert add(finch, other).status_code == 201
    assert known(make)["Blue phone"].last_used_at is None
    clock.advance(MINUTE)
    assert sign_in_with(sign_in.nobody(), other).status_code == 200
    assert known(make)["Blue phone"].last_used_at == clock.now()


def test_the_browser_is_told_which_passkeys_exist_so_that_one_device_holds_one(make, finch, phone):
    options = finch.post("/api/v1/passkeys/begin", json={}).get_json()["options"]
    assert [one["id"] for one in options["excludeCredentials"]] == [b64u(phone.passkeys[0].id)]
    assert options["user"]["id"] == phone.passkeys[0].handle


def test_adding_and_removing_need_a_fresh_proof(make, clock, finch, phone):
    add(finch, Authenticator())
    clock.advance(6 * MINUTE)
    assert add(finch, Authenticator(), "Third").status_code == 403
    assert finch.post(f"/me/passkeys/{known(make)['Blue phone'].id}/remove").status_code == 403
    step_up(finch, phone)
    assert add(finch, Authenticator(), "Third").status_code == 201
    assert finch.post(f"/me/passkeys/{known(make)['Third'].id}/remove").status_code == 302


def test_a_removed_passkey_signs_in_no_more_and_the_page_signals_those_left(make, sign_in, finch, phone):
    other = Authenticator()
    add(finch, other)
    finch.post(f"/me/passkeys/{known(make)['My phone'].id}/remove")
    assert sign_in_with(sign_in.nobody(), phone).status_code == 400
    shown = finch.get("/me").get_data(as_text=True)
    told = json.loads(unescape(re.search(r"data-signal='([^']+)'", shown).group(1)))
    assert told == {
        "rpId": "localhost",
        "userId": phone.passkeys[0].handle,
        "allAcceptedCredentialIds": [b64u(other.passkeys[0].id)],
    }


def test_the_last_passkey_stays(make, finch):
    (only,) = make.all(Passkey)
    assert finch.post(f"/me/passkeys/{only.id}/remove").status_code == 409
    assert len(make.all(Passkey)) == 1


def test_a_passkey_can_be_renamed_in_one_line(make, finch):
    (only,) = make.all(Passkey)
    assert finch.post(f"/me/passkeys/{only.id}/name", {"name": "  Old   phone "}).status_code == 302
    assert finch.post(f"/me/passkeys/{only.id}/name", {"name": ""}).status_code == 422
    assert list(known(make)) == ["Old phone"]


def test_a_passkey_that_another_person_holds_cannot_be_added(make, clock, sign_in, finch, phone):
    heron, theirs = sign_in.nobody(), Authenticator()
    enrol(heron, invite(make.chapter(), clock), theirs, name="Heron")
    told = heron.post("/api/v1/passkeys/begin", json={}).get_json()
    forged = Authenticator()
    credential = forged.create(told["options"])
    forged.passkeys[0].id = phone.passkeys[0].id
    copied = forged.create_again(told["options"])
    assert credential["id"] != copied["id"]
    answer = heron.post("/api/v1/passkeys/finish", json={"ceremony": told["ceremony"], "credential": copied})
    assert answer.status_code == 400
    assert len(make.all(Passkey)) == 2


def test_a_person_has_twelve_at_most(make, finch):
    for number in range(11):
        assert add(finch, Authenticator(), f"Key {number}").status_code == 201
    assert add(finch, Authenticator(), "One more").status_code == 409
