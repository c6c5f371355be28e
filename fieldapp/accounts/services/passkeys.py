"""Passkeys: WebAuthn options and what must hold of an answer (Web Authentication Level 3, sections 7.1 and 7.2)."""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass
from typing import Any

import webauthn
from sqlalchemy import select
from webauthn.helpers import generate_challenge, options_to_json_dict
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from fieldapp.accounts.models import Passkey, Person
from fieldapp.core.canonical import b64u, unb64u
from fieldapp.core.db import db
from fieldapp.core.errors import N_, DomainError
from fieldapp.core.ids import new_id

TIMEOUT = 300_000  # ms; as long as a ceremony lasts
LONGEST = 1400  # base64url of the longest credential id
TRANSPORTS = {item.value for item in AuthenticatorTransport}


@dataclass(frozen=True)
class Rp:
    """The relying party: our host name, and the one origin that answers may come from."""

    id: str
    origin: str


@dataclass(frozen=True)
class Fresh:
    """A new credential whose answer was verified."""

    credential_id: str
    public_key: bytes
    sign_count: int
    transports: list[str]


class PasskeyRefused(DomainError):
    """The answer of the browser or the security key does not prove what it must."""

    status = 400

    def __init__(self, code: str = "passkey_refused") -> None:
        super().__init__(
            code,
            N_("This passkey could not be checked."),
            safe=N_("Nothing was changed."),
            do=N_("Try again. If it stays, use another passkey or ask a coordinator to let you back in."),
        )


def row(fresh: Fresh, name: str, now: int) -> Passkey:
    """A new credential as it is kept; whose it is, the caller says."""
    return Passkey(
        id=new_id(),
        credential_id=fresh.credential_id,
        public_key=fresh.public_key,
        sign_count=fresh.sign_count,
        name=name,
        transports=fresh.transports,
        created_at=now,
        last_used_at=now,
    )


def creation_options(rp: Rp, field_name: str, handle: str, known: list[Passkey]) -> tuple[bytes, dict[str, Any]]:
    """Challenge and PublicKeyCredentialCreationOptionsJSON: discoverable, user verified, no attestation, PRF wanted."""
    options = webauthn.generate_registration_options(
        rp_id=rp.id,
        rp_name="Fieldapp",
        user_name=field_name,
        user_id=unb64u(handle),
        challenge=generate_challenge(),
        timeout=TIMEOUT,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[_descriptor(passkey) for passkey in known],
    )
    made = options_to_json_dict(options)
    made["extensions"] = {"credProps": True, "prf": {}}
    return options.challenge, made


def request_options(rp: Rp, known: list[Passkey]) -> tuple[bytes, dict[str, Any]]:
    """Challenge and PublicKeyCredentialRequestOptionsJSON; without ``known`` any discoverable passkey of ours answers."""
    options = webauthn.generate_authentication_options(
        rp_id=rp.id,
        challenge=generate_challenge(),
        timeout=TIMEOUT,
        allow_credentials=[_descriptor(passkey) for passkey in known],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options.challenge, options_to_json_dict(options)


def verify_new(rp: Rp, challenge: bytes, credential: Any) -> Fresh:
    """The verified new credential. Raises PasskeyRefused."""
    _refuse_secrets(credential)
    try:
        _refuse_cross_origin(credential)
        found = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=rp.id,
            expected_origin=rp.origin,
            require_user_verification=True,
        )
    except Exception as error:  # the library lets parsers' own errors through
        raise PasskeyRefused() from error
    credential_id = b64u(found.credential_id)
    if len(credential_id) > LONGEST:
        raise PasskeyRefused()
    told = credential["response"].get("transports")
    transports = sorted(TRANSPORTS & {t for t in told if isinstance(t, str)}) if isinstance(told, list) else []
    return Fresh(credential_id, found.credential_public_key, found.sign_count, transports)


def verify_known(rp: Rp, challenge: bytes, credential: Any, *, handle_needed: bool) -> tuple[Passkey, Person, int]:
    """The passkey that answered, its person, the new signature count. Raises PasskeyRefused, also for the disabled."""
    _refuse_secrets(credential)
    passkey, person = _owner(credential)
    try:
        _refuse_cross_origin(credential)
        _check_handle(credential, person, needed=handle_needed)
        found = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=rp.id,
            expected_origin=rp.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except Exception as error:
        raise PasskeyRefused() from error
    return passkey, person, found.new_sign_count


def _owner(credential: Any) -> tuple[Passkey, Person]:
    """Whose credential this claims to be; nothing is proved yet."""
    named = credential.get("id") if isinstance(credential, dict) else None
    if not isinstance(named, str) or len(named) > LONGEST:
        raise PasskeyRefused()
    row = db.session.execute(
        select(Passkey, Person).join(Person, Person.id == Passkey.person_id).where(Passkey.credential_id == named)
    ).first()
    if row is None or row[1].disabled_at is not None:
        raise PasskeyRefused("passkey_unknown")
    return row[0], row[1]


def _check_handle(credential: dict[str, Any], person: Person, *, needed: bool) -> None:
    """The user handle that the authenticator keeps must be this account's (7.2 step 6)."""
    handle = credential["response"].get("userHandle")
    if handle is None and not needed:
        return
    if not isinstance(handle, str) or not hmac.compare_digest(unb64u(handle), unb64u(person.user_handle)):
        raise PasskeyRefused()


def _refuse_cross_origin(credential: dict[str, Any]) -> None:
    """We are never framed: ``crossOrigin`` is false or absent, ``topOrigin`` absent."""
    told = json.loads(unb64u(credential["response"]["clientDataJSON"]))
    if told.get("crossOrigin", False) is not False or "topOrigin" in told:
        raise PasskeyRefused()


def _refuse_secrets(credential: Any) -> None:
    """A client that sends what its PRF made has a fault that must be loud, not kept."""
    results = credential.get("clientExtensionResults") if isinstance(credential, dict) else None
    prf = results.get("prf") if isinstance(results, dict) else None
    if isinstance(prf, dict) and "results" in prf:
        raise PasskeyRefused("prf_sent")


def _descriptor(passkey: Passkey) -> PublicKeyCredentialDescriptor:
    transports = [AuthenticatorTransport(name) for name in passkey.transports]
    return PublicKeyCredentialDescriptor(id=unb64u(passkey.credential_id), transports=transports or None)
