"""Invite → field name → passkey → session; signing in; and what a stranger tries (DESIGN 5)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from fieldapp import create_app
from fieldapp.accounts.models import Ceremony, LoginSession, Passkey, Person
from fieldapp.config import from_environment
from fieldapp.core.canonical import b64u
from fieldapp.core.clock import DAY, MINUTE, FixedClock
from fieldapp.core.db import write
from tests.authenticator import Authenticator
from tests.conftest import settings_for
from tests.enrol import enrol, invite, sign_in, step_up
from tests.factories import Factory
from tests.people import Browser, Page

Nobody = Callable[[], Page]


@pytest.fixture
def nobody(sign_in: Browser) -> Nobody:
    """A browser that is not signed in."""
    return sign_in.nobody


@pytest.fixture
def device() -> Authenticator:
    """A phone that holds passkeys."""
    return Authenticator()


@pytest.fixture
def finch(make: Factory, clock: FixedClock, nobody: Nobody, device: Authenticator) -> Page:
    """The browser of a volunteer who enrolled just now."""
    page = nobody()
    assert enrol(page, invite(make.chapter("North"), clock), device).status_code == 200
    return page


def code(answer):
    return answer.get_json()["error"]["code"]


def test_an_invited_person_enrols_with_a_field_name_and_a_passkey_and_is_signed_in(make, clock, nobody, device):
    chapter = make.chapter("North")
    page = nobody()
    answer = enrol(page, invite(chapter, clock, "trainer"), device, name="  Gray   Finch ", lang="es")
    welcome = answer.get_json()
    assert welcome["person"]["field_name"] == "Gray Finch"
    assert welcome["person"]["lang"] == "es"
    assert welcome["chapter"] == chapter.id
    assert "Gray Finch" in page.get("/me").get_data(as_text=True)
    (person,) = make.all(Person)
    assert [m.role for m in person.memberships] == ["trainer"]


def test_options_ask_for_a_discoverable_verified_passkey_without_attestation_and_with_prf(make, clock, nobody):
    token = invite(make.chapter(), clock)
    answer = nobody().post("/api/v1/enrol/begin", json={"token": token, "field_name": "Finch", "lang": "en"})
    options = answer.get_json()["options"]
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["attestation"] == "none"
    assert options["extensions"]["prf"] == {}
    assert options["rp"]["id"] == "localhost"


def test_an_invite_works_once(make, clock, nobody, device):
    token = invite(make.chapter(), clock)
    assert enrol(nobody(), token, device).status_code == 200
    second = enrol(nobody(), token, Authenticator(), name="Heron")
    assert second.status_code == 410
    assert code(second) == "invite_used"
    assert len(make.all(Person)) == 1


def test_two_who_began_with_one_invite_cannot_both_finish(make, clock, nobody):
    token = invite(make.chapter(), clock)
    begun = []
    for name in ("Finch", "Heron"):
        page = nobody()
        told = page.post("/api/v1/enrol/begin", json={"token": token, "field_name": name, "lang": "en"}).get_json()
        begun.append((page, told))
    statuses = [
        page.post(
            "/api/v1/enrol/finish",
            json={"ceremony": told["ceremony"], "credential": Authenticator().create(told["options"])},
        ).status_code
        for page, told in begun
    ]
    assert statuses == [200, 410]
    assert len(make.all(Person)) == 1
    assert len(make.all(Passkey)) == 1


def test_an_invite_ends_after_seven_days(make, clock, nobody, device):
    token = invite(make.chapter(), clock)
    clock.advance(7 * DAY)
    assert code(enrol(nobody(), token, device)) == "invite_expired"


@pytest.mark.parametrize("token", ["", "no-such-token", "x" * 5000, None, 7, ["a"], {"a": 1}])
def test_an_unknown_token_is_told_so(make, nobody, device, token):
    answer = enrol(nobody(), token, device)
    assert answer.status_code == 410
    assert code(answer) == "invite_unknown"


@pytest.mark.parametrize(
    "name", ["", "   ", "x" * 41, "a\nb\x07", "me@example.org", "212 555 0142", None, 5, ["Finch"], "\u202eFinch"]
)
def test_a_field_name_is_short_printable_and_no_address(make, clock, nobody, device, name):
    answer = enrol(nobody(), invite(make.chapter(), clock), device, name=name)
    assert answer.status_code == 422
    assert "field_name" in answer.get_json()["error"]["fields"]


def test_a_name_that_another_of_the_chapter_has_is_refused(make, clock, nobody, device):
    chapter = make.chapter()
    make.person(chapter, field_name="Finch")
    assert enrol(nobody(), invite(chapter, clock), device, name="fINCH").status_code == 422


def test_a_person_signs_in_again_with_the_passkey(finch, nobody, device):
    page = nobody()
    assert page.get("/me").status_code == 302
    answer = sign_in(page, device)
    assert answer.status_code == 200
    assert answer.get_json()["person"]["field_name"] == "Finch"
    assert page.get("/me").status_code == 200


def test_signing_out_ends_the_session_on_the_server_too(finch, make):
    assert finch.post("/api/v1/sign-out", json={}).status_code == 200
    assert finch.get("/me").status_code == 302
    assert all(row.ended_at for row in make.all(LoginSession))


def test_signing_in_over_another_session_ends_it(finch, make, clock, device):
    sign_in(finch, device)
    assert sorted(row.ended_at is None for row in make.all(LoginSession)) == [False, True]


def test_a_disabled_person_cannot_sign_in(finch, make, clock, nobody, device):
    (person,) = make.all(Person)
    with write() as session:
        session.get_one(Person, person.id).disabled_at = clock.now()
    assert code(sign_in(nobody(), device)) == "passkey_unknown"
    assert finch.get("/me").status_code == 302


LIES = {
    "another origin": {"origin": "http://evil.example"},
    "a subdomain": {"origin": "http://a.localhost"},
    "a frame of another site": {"client_data": {"crossOrigin": True}},
    "a truthy crossOrigin": {"client_data": {"crossOrigin": "false"}},
    "a top origin": {"client_data": {"topOrigin": "http://evil.example"}},
    "no user verification": {"verified": False},
    "the other ceremony's type": {"client_data": {"type": "payment.get"}},
    "another challenge": {"client_data": {"challenge": b64u(b"x" * 64)}},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_a_passkey_answer_that_lies_is_refused_at_sign_in(finch, nobody, device, lie):
    for name, value in lie.items():
        setattr(device, name, value)
    page = nobody()
    answer = sign_in(page, device)
    assert answer.status_code == 400
    assert code(answer) == "passkey_refused"
    assert page.get("/me").status_code == 302


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_a_passkey_answer_that_lies_is_refused_at_enrolment_and_the_invite_stays_good(make, clock, nobody, lie):
    token = invite(make.chapter(), clock)
    answer = enrol(nobody(), token, Authenticator(**lie))
    assert answer.status_code == 400
    assert make.all(Person) == []
    assert enrol(nobody(), token, Authenticator()).status_code == 200


def test_the_user_handle_must_be_the_accounts(finch, nobody, device):
    assert code(sign_in(nobody(), device, handle=b64u(b"somebody else"))) == "passkey_refused"


def test_a_challenge_is_used_once_even_when_the_answer_was_wrong(finch, nobody, device):
    page = nobody()
    told = page.post("/api/v1/sign-in/begin", json={}).get_json()
    device.verified = False
    wrong = {"ceremony": told["ceremony"], "credential": device.get(told["options"])}
    assert code(page.post("/api/v1/sign-in/finish", json=wrong)) == "passkey_refused"
    device.verified = True
    right = {"ceremony": told["ceremony"], "credential": device.get(told["options"])}
    assert code(page.post("/api/v1/sign-in/finish", json=right)) == "ceremony_over"


def test_an_answer_replayed_is_refused(finch, nobody, device):
    page = nobody()
    told = page.post("/api/v1/sign-in/begin", json={}).get_json()
    answer = {"ceremony": told["ceremony"], "credential": device.get(told["options"])}
    assert page.post("/api/v1/sign-in/finish", json=answer).status_code == 200
    assert code(nobody().post("/api/v1/sign-in/finish", json=answer)) == "ceremony_over"


def test_an_old_answer_does_not_fit_a_new_challenge(finch, nobody, device):
    page = nobody()
    old = device.get(page.post("/api/v1/sign-in/begin", json={}).get_json()["options"])
    new = page.post("/api/v1/sign-in/begin", json={}).get_json()
    answer = page.post("/api/v1/sign-in/finish", json={"ceremony": new["ceremony"], "credential": old})
    assert code(answer) == "passkey_refused"


def test_a_challenge_lasts_five_minutes_and_its_row_is_swept(finch, make, clock, nobody, device):
    page = nobody()
    told = page.post("/api/v1/sign-in/begin", json={}).get_json()
    clock.advance(5 * MINUTE)
    answer = {"ceremony": told["ceremony"], "credential": device.get(told["options"])}
    assert code(page.post("/api/v1/sign-in/finish", json=answer)) == "ceremony_over"
    page.post("/api/v1/sign-in/begin", json={})
    assert len(make.all(Ceremony)) == 1


def test_a_ceremony_of_one_kind_does_not_finish_another(make, clock, nobody, device, finch):
    told = finch.post("/api/v1/step-up/begin", json={}).get_json()
    answer = {"ceremony": told["ceremony"], "credential": device.get(told["options"])}
    assert code(nobody().post("/api/v1/sign-in/finish", json=answer)) == "ceremony_over"


def test_what_prf_made_is_never_taken(finch, nobody, device):
    page = nobody()
    told = page.post("/api/v1/sign-in/begin", json={}).get_json()
    credential = device.get(told["options"])
    credential["clientExtensionResults"] = {"prf": {"results": {"first": "c2VjcmV0"}}}
    answer = page.post("/api/v1/sign-in/finish", json={"ceremony": told["ceremony"], "credential": credential})
    assert code(answer) == "prf_sent"


def test_a_cloned_authenticator_whose_count_went_back_is_refused(finch, nobody, device):
    device.counts = True
    assert sign_in(nobody(), device).status_code == 200
    device.passkeys[-1].count = 0
    assert code(sign_in(nobody(), device)) == "passkey_refused"


def test_step_up_takes_only_the_persons_own_passkey(finch, make, clock, nobody, device):
    heron, other = nobody(), Authenticator()
    enrol(heron, invite(make.chapter(), clock), other, name="Heron")
    clock.advance(6 * MINUTE)
    assert code(step_up(finch, other)) == "passkey_refused"
    assert step_up(finch, device).get_json()["until"] == clock.now() + 5 * MINUTE


def test_step_up_of_one_person_cannot_be_finished_by_another(finch, make, clock, nobody, device):
    heron, other = nobody(), Authenticator()
    enrol(heron, invite(make.chapter(), clock), other, name="Heron")
    told = finch.post("/api/v1/step-up/begin", json={}).get_json()
    answer = {"ceremony": told["ceremony"], "credential": device.get(told["options"])}
    assert code(heron.post("/api/v1/step-up/finish", json=answer)) == "ceremony_over"


def test_a_token_from_before_a_sign_in_or_a_sign_out_is_worth_nothing_after_it(make, clock, nobody, device):
    page = nobody()
    tokens = [page.csrf()]
    enrol(page, invite(make.chapter("North"), clock), device)
    tokens.append(page.csrf())
    assert sign_in(page, device).status_code == 200
    tokens.append(page.csrf())
    page.post("/api/v1/sign-out", json={})
    tokens.append(page.csrf())
    sign_in(page, device)
    for old in tokens:
        answer = page.send("POST", "/api/v1/step-up/begin", json={}, headers={"X-CSRFToken": old})
        assert (answer.status_code, code(answer)) == (400, "csrf")
        assert answer.get_json()["error"]["do"] == "Load the page again and repeat the last step."
    assert page.post("/api/v1/step-up/begin", json={}).status_code == 200


def test_a_form_in_a_tab_from_before_a_sign_in_says_what_to_do(make, clock, nobody, device):
    page = nobody()
    enrol(page, invite(make.chapter("North"), clock), device)
    old = page.csrf()
    sign_in(page, device)
    answer = page.client.post("/language", base_url="https://localhost", data={"csrf_token": old, "lang": "es"})
    assert answer.status_code == 400
    assert "Load the page again and repeat the last step." in answer.get_data(as_text=True)


BODIES = ["", "{", "[]", "7", '"x"', '{"a":1,"a":2}', '{"a":1.5}', '{"a":"\\u0000"}', '{"a":"\\ud800"}', "\xff", "null"]
DOORS = ["enrol/begin", "enrol/finish", "sign-in/begin", "sign-in/finish"]


@pytest.mark.parametrize("door", DOORS)
def test_no_door_breaks_on_what_is_not_json_as_we_know_it(nobody, door):
    page = nobody()
    for text in BODIES:
        answer = page.client.post(
            f"/api/v1/{door}",
            base_url="https://localhost",
            data=text.encode("latin-1"),
            content_type="application/json",
            headers={"X-CSRFToken": page.csrf()},
        )
        assert answer.status_code == 400, text
        assert set(answer.get_json()["error"]) == {"code", "message", "safe", "do"}


CREDENTIALS = [None, 7, "x", [], {}, {"id": 5}, {"id": "x"}, {"id": "x", "response": 5}, {"id": "x", "response": {}}]


@pytest.mark.parametrize("door", ["enrol", "sign-in"])
@pytest.mark.parametrize("credential", CREDENTIALS, ids=repr)
def test_a_credential_of_no_shape_is_refused_and_never_a_fault(make, clock, nobody, door, credential):
    page = nobody()
    asked = {"token": invite(make.chapter(), clock), "field_name": "Finch", "lang": "en"} if door == "enrol" else {}
    told = page.post(f"/api/v1/{door}/begin", json=asked).get_json()
    answer = page.post(f"/api/v1/{door}/finish", json={"ceremony": told["ceremony"], "credential": credential})
    assert answer.status_code == 400


def test_a_write_from_another_site_is_refused(nobody):
    answer = nobody().post("/api/v1/sign-in/begin", json={}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_too_many_tries_from_one_address_are_slowed_down(app: Flask, nobody):
    app.config["RATELIMIT_ENABLED"] = True
    page = nobody()
    statuses = {page.post("/api/v1/sign-in/begin", json={}).status_code for _ in range(95)}
    assert statuses == {200, 429}


def test_behind_a_proxy_one_address_cannot_use_up_the_share_of_all_others(database, clock, tmp_path, app: Flask):
    behind = create_app(settings_for(tmp_path, database, proxies=1), clock).test_client()

    def asked(address: str) -> int:
        return behind.post("/api/v1/notice", json={}, headers={"X-Forwarded-For": address}).status_code

    assert {asked("198.51.100.7") for _ in range(605)} == {400, 429}
    assert asked("198.51.100.8") == 400
    assert asked("198.51.100.8, 198.51.100.7") == 429  # only what our own proxy added counts


def test_whoever_is_public_stands_behind_a_proxy(tmp_path):
    env = {"FIELDAPP_DATA_DIR": str(tmp_path), "FIELDAPP_PUBLIC_URL": "https://watch.example"}
    assert from_environment(env).proxies == 1
    assert from_environment({**env, "FIELDAPP_PROXIES": "2"}).proxies == 2


@pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_after_signing_in_nobody_is_led_to_another_site(finch, path):
    answer = finch.get("/sign-in", query_string={"next": path})
    assert answer.status_code == 302
    assert answer.location in {"/start", "/"}


def test_the_language_can_be_chosen_without_signing_in(nobody):
    page = nobody()
    assert 'lang="en"' in page.get("/sign-in").get_data(as_text=True)
    page.post("/language", {"lang": "es", "next": "/sign-in"})
    assert 'lang="es"' in page.get("/sign-in").get_data(as_text=True)
    assert page.post("/language", {"lang": "xx"}).status_code == 422


@pytest.mark.parametrize("path", ["/favicon.ico", "/nothing/here"])
def test_an_answer_that_there_is_nothing_begins_no_session_that_could_take_the_place_of_a_sign_in(nobody, path):
    answer = nobody().get(path, headers={"Accept": "image/*,*/*"})
    assert (answer.status_code, answer.headers.getlist("Set-Cookie")) == (404, [])
