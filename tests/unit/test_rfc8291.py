"""Messages are encrypted as RFC 8291 has it: its own example (section 5) opens, and what the product encrypts opens the same way."""

from __future__ import annotations

import secrets

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec

from fieldapp.alerts.push import message
from tests.pushservice import POINT, b64u, decrypt, unb64u

PLAIN = b"When I grow up, I want to be a watermelon"
AUTH = unb64u("BTBZMqHH6r4Tts7J_aSIgg")
PRIVATE = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
PUBLIC = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
    "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


@pytest.fixture
def receiver() -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(unb64u(PRIVATE), "big"), ec.SECP256R1())


def test_the_example_of_the_standard_opens(receiver):
    assert b64u(receiver.public_key().public_bytes(*POINT)) == PUBLIC
    assert decrypt(receiver, AUTH, unb64u(BODY)) == PLAIN


def test_what_the_product_encrypts_for_those_keys_opens_the_same_way_and_never_twice_alike(receiver):
    made = [message.encrypted(PUBLIC, b64u(AUTH), PLAIN) for _ in range(2)]
    assert [decrypt(receiver, AUTH, body) for body in made] == [PLAIN, PLAIN]
    assert made[0] != made[1]
    assert len(made[0]) == len(unb64u(BODY))


def test_a_changed_byte_or_another_secret_does_not_open(receiver):
    body = bytearray(message.encrypted(PUBLIC, b64u(AUTH), PLAIN))
    with pytest.raises(InvalidTag):
        decrypt(receiver, secrets.token_bytes(16), bytes(body))
    body[-1] ^= 1
    with pytest.raises(InvalidTag):
        decrypt(receiver, AUTH, bytes(body))
