"""Signing in, one's own page, people, chapters."""

from __future__ import annotations

from fieldapp.accounts.models import Device, LoginSession, Passkey
from fieldapp.accounts.services import sessions
from fieldapp.core.ids import token_hash
from tests.access.rows import EVERYONE, SIGNED_IN, Row
from tests.access.world import World

NONE: frozenset[str] = frozenset()
MINE = "here-trainee"


def things(world: World) -> dict[str, str]:
    """What a volunteer of this chapter owns."""
    person, now = world.people[MINE], world.clock.now()
    passkey = world.make.keep(
        Passkey(person_id=person.id, credential_id="x", public_key=b"x", name="Phone", transports=[], created_at=now)
    )
    token = sessions.begin(person, now, label="Another browser")
    (other,) = [row for row in world.make.all(LoginSession) if row.token_hash == token_hash(token)]
    device = world.make.keep(Device(person_id=person.id, name="Phone", created_at=now))
    return {"passkey": passkey.id, "session": other.id, "device": device.id}


ROWS = [
    Row("accounts.sign_in", may=EVERYONE),
    Row("accounts.enrol", may=EVERYONE),
    Row("accounts.csrf", may=EVERYONE),
    Row("accounts.enrol_begin", "POST", may=EVERYONE, json={}),
    Row("accounts.enrol_finish", "POST", may=EVERYONE, json={}),
    Row("accounts.sign_in_begin", "POST", may=EVERYONE, json={}),
    Row("accounts.sign_in_finish", "POST", may=EVERYONE, json={}),
    Row("accounts.language", "POST", may=EVERYONE),
    Row("accounts.start", may=SIGNED_IN),
    Row("accounts.step_up_begin", "POST", may=SIGNED_IN, json={}),
    Row("accounts.step_up_finish", "POST", may=SIGNED_IN, json={}),
    Row("accounts.me", may=SIGNED_IN),
    Row("accounts.passkey_begin", "POST", may=SIGNED_IN, json={}),
    Row("accounts.passkey_finish", "POST", may=SIGNED_IN, json={}),
    Row("accounts.passkey_rename", "POST", {"passkey_id": "@passkey"}, may=NONE, also={MINE}, denied=404),
    Row("accounts.passkey_remove", "POST", {"passkey_id": "@passkey"}, may=NONE, also={MINE}, denied=404),
    Row("accounts.session_end", "POST", {"session_id": "@session"}, may={"admin"}, also={MINE}, of="here"),
    Row("accounts.device", "POST", may=SIGNED_IN, json={}),
    Row(
        "accounts.device_revoke",
        "POST",
        {"device_id": "@device"},
        may={"coordinator", "admin"},
        also={MINE},
        of="here",
    ),
    Row("accounts.sign_out", "POST", may=SIGNED_IN, json={}, fresh=True),
    Row("accounts.sign_out_page", "POST", may=SIGNED_IN, fresh=True),
]
