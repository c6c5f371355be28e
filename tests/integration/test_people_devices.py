"""A device's keys are the right to write: registered with proof, rotated, revoked (DESIGN 2.5)."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from fieldapp.accounts.models import Device, DeviceKey, LoginSession
from fieldapp.accounts.services import device_keys, devices
from fieldapp.core import p256
from fieldapp.core.canonical import b64u, dumps
from fieldapp.core.db import write

WITNESS = b64u(b"age-encryption.org/v1\n-> X25519 x\n--- y\nsealed")


class Key:
    """A signing key as a phone makes it."""

    def __init__(self) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        numbers = self.private.public_key().public_numbers()
        self.jwk = {"crv": "P-256", "kty": "EC", "x": self._b64(numbers.x), "y": self._b64(numbers.y)}
        self.thumbprint = p256.thumbprint(self.jwk["x"], self.jwk["y"])

    def _b64(self, number: int) -> str:
        return b64u(number.to_bytes(32, "big"))

    def sign(self, domain: str, text: str) -> str:
        """r‖s over the domain line and the text."""
        der = self.private.sign(f"{domain}\n{text}".encode(), ec.ECDSA(hashes.SHA256()))
        return b64u(b"".join(n.to_bytes(32, "big") for n in decode_dss_signature(der)))

    def offer(self, person: Any, **more: Any) -> dict[str, Any]:
        """The key as it is registered for a person."""
        text = dumps({"key": self.thumbprint, "person": person.id, "v": 1})
        return {"jwk": self.jwk, "proof": self.sign("fieldapp/device-key/v1", text), **more}


@pytest.fixture
def finch(make):
    """A volunteer."""
    return make.person(make.chapter(), field_name="Finch")


def register(page, *keys, **more):
    return page.post("/api/v1/device", json={"name": "Phone", "keys": list(keys), **more})


def code(answer):
    return answer.get_json()["error"]["code"]


def test_a_phone_registers_keys_ahead_and_the_door_finds_them(make, sign_in, finch):
    keys = [Key() for _ in range(3)]
    answer = register(sign_in(finch), *(key.offer(finch) for key in keys))
    told = answer.get_json()
    assert told["keys"] == [key.thumbprint for key in keys]
    view = devices.find_key(keys[1].thumbprint)
    assert (view.person_id, view.device_id, view.revoked_at, view.disabled) == (finch.id, told["device"], None, False)
    assert (view.x, view.y) == (keys[1].jwk["x"], keys[1].jwk["y"])
    assert view.chapter_id == finch.memberships[0].chapter_id
    assert devices.find_key("x" * 43) is None


def test_more_keys_are_added_to_the_same_device_and_one_sent_twice_counts_once(make, sign_in, finch):
    page, first, second = sign_in(finch), Key(), Key()
    device = register(page, first.offer(finch)).get_json()["device"]
    again = register(page, first.offer(finch), second.offer(finch), device=device)
    assert again.get_json() == {"device": device, "keys": [first.thumbprint, second.thumbprint]}
    assert len(make.all(Device)) == 1
    assert len(make.all(DeviceKey)) == 2


def test_the_witness_may_come_later_and_then_stays(make, sign_in, finch):
    page, key = sign_in(finch), Key()
    device = register(page, key.offer(finch)).get_json()["device"]
    other = b64u(b"age-encryption.org/v1\nanother")
    for witness in (WITNESS, other):
        assert register(page, key.offer(finch, witness=witness), device=device).status_code == 200
    (row,) = make.all(DeviceKey)
    assert b64u(row.witness) == WITNESS


def test_a_key_must_be_proved_for_this_person(make, sign_in, finch):
    heron, key = make.person(make.chapter(), field_name="Heron"), Key()
    assert code(register(sign_in(heron), key.offer(finch))) == "bad_proof"
    forged = {**key.offer(finch), "proof": Key().offer(finch)["proof"]}
    assert code(register(sign_in(finch), forged)) == "bad_proof"
    assert make.all(DeviceKey) == []


def test_a_key_of_one_person_is_never_another_persons(make, sign_in, finch):
    heron, key = make.person(make.chapter(), field_name="Heron"), Key()
    register(sign_in(finch), key.offer(finch))
    assert code(register(sign_in(heron), key.offer(heron))) == "key_taken"


def test_another_persons_device_is_not_there(make, sign_in, finch):
    heron = make.person(finch.memberships[0].chapter, field_name="Heron")
    device = register(sign_in(finch), Key().offer(finch)).get_json()["device"]
    assert register(sign_in(heron), Key().offer(heron), device=device).status_code == 404


def test_thirty_two_keys_wait_at_most_and_the_oldest_that_never_wrote_makes_room(make, sign_in, finch, clock):
    page, keys = sign_in(finch), [Key() for _ in range(34)]
    device = register(page, keys[0].offer(finch)).get_json()["device"]
    with write() as session:
        device_keys.mark_used(session, {keys[0].thumbprint}, clock.now())
    for key in (keys[1], keys[2]):
        clock.advance(1000)
        register(page, key.offer(finch), device=device)
    clock.advance(1000)
    assert register(page, *(key.offer(finch) for key in keys[3:]), device=device).status_code == 200
    kept = {row.thumbprint for row in make.all(DeviceKey)}
    assert keys[1].thumbprint not in kept
    assert kept == {key.thumbprint for key in keys if key is not keys[1]}


def test_a_phone_that_never_got_the_first_answer_registers_the_same_keys_again(make, sign_in, finch):
    page, keys = sign_in(finch), [Key(), Key()]
    device = register(page, keys[0].offer(finch)).get_json()["device"]
    again = register(page, *(key.offer(finch) for key in keys)).get_json()
    assert again == {"device": device, "keys": [key.thumbprint for key in keys]}


def test_a_revoked_device_is_told_apart_and_its_session_ends(make, sign_in, finch, clock):
    page, key = sign_in(finch), Key()
    device = register(page, key.offer(finch)).get_json()["device"]
    assert page.get("/me").status_code == 200
    clock.advance(1000)
    assert sign_in(finch).post(f"/devices/{device}/revoke").status_code == 302
    assert devices.find_key(key.thumbprint).revoked_at == clock.now()
    assert page.get("/me").status_code == 302
    assert register(sign_in(finch), key.offer(finch), device=device).status_code == 404


def test_the_session_knows_its_device(make, sign_in, finch):
    device = register(sign_in(finch), Key().offer(finch)).get_json()["device"]
    assert [row.device_id for row in make.all(LoginSession)] == [device]


OFF_CURVE = {"crv": "P-256", "kty": "EC", "x": b64u(bytes(31) + b"\x01"), "y": b64u(bytes(31) + b"\x01")}
BAD = [
    None,
    [],
    "keys",
    [7],
    [{}],
    [{"jwk": {}, "proof": "x"}],
    [{"jwk": OFF_CURVE, "proof": "x"}],
    [{"jwk": {**Key().jwk, "d": "x"}, "proof": "x"}],
    [{"jwk": {**Key().jwk, "x": "AA"}, "proof": "x"}],
    [{"jwk": {**Key().jwk, "x": 5}, "proof": "x"}],
    [{"jwk": Key().jwk, "proof": "not b64 !"}],
    [{"jwk": Key().jwk, "proof": b64u(bytes(64))}],
    [{"jwk": Key().jwk, "proof": 7}],
    [{}] * 33,
]


@pytest.mark.parametrize("keys", BAD, ids=range(len(BAD)))
def test_keys_of_no_shape_are_refused_and_never_a_fault(sign_in, finch, keys):
    answer = sign_in(finch).post("/api/v1/device", json={"name": "Phone", "keys": keys})
    assert answer.status_code == 400


@pytest.mark.parametrize("witness", ["AAAA", 7, "!", b64u(b"age-encryption.org/v1\n" + bytes(20_000))])
def test_a_witness_is_an_age_file_of_modest_size(sign_in, finch, witness):
    assert register(sign_in(finch), Key().offer(finch, witness=witness)).status_code == 400


@pytest.mark.parametrize("device", ["nope", "x" * 41, 7, ["a"]])
def test_a_device_that_does_not_exist_is_refused(sign_in, finch, device):
    assert register(sign_in(finch), Key().offer(finch), device=device).status_code in {400, 404}
