"""Signing in, one's own page, people, chapters."""

from __future__ import annotations

from fieldapp.accounts.models import Device, LoginSession, Passkey, Recovery
from fieldapp.accounts.services import invites, sessions
from fieldapp.core.db import write
from fieldapp.core.ids import token_hash
from tests.access.rows import EVERYONE, SIGNED_IN, Row
from tests.access.world import World

OWN_PAGE = SIGNED_IN | {"partner"}  # keys, sessions and language are everybody's own
NONE: frozenset[str] = frozenset()
DESK = frozenset({"coordinator", "admin"})
PEOPLE = DESK | {"legal"}  # counsel see counsel: only they can let each other back in
MINE = "here-trainee"
NOT_THEIRS = {f"{where}-partner": 404 for where in ("here", "parent", "pod", "another")}  # they may see their own
ABOUT = {"person_id": "@here-certified"}


def things(world: World) -> dict[str, str]:
    """What a volunteer of this chapter owns; invites and requests that wait."""
    person, now = world.people[MINE], world.clock.now()
    passkey = world.make.keep(
        Passkey(person_id=person.id, credential_id="x", public_key=b"x", name="Phone", transports=[], created_at=now)
    )
    token = sessions.begin(person, now, label="Another browser")
    (other,) = [row for row in world.make.all(LoginSession) if row.token_hash == token_hash(token)]
    device = world.make.keep(Device(person_id=person.id, name="Phone", created_at=now))
    with write() as session:
        open_invite = invites.make(session, world.chapters["here"].id, ["volunteer"], now).invite
    return {"passkey": passkey.id, "session": other.id, "device": device.id, "invite": open_invite.id}


def new_recovery(world: World) -> str:
    """A request about this chapter's lapsed volunteer; every answer ends it, so each asker gets one of their own."""
    now = world.clock.now()
    made = Recovery(
        person_id=world.people["here-lapsed"].id,
        chapter_id=world.chapters["here"].id,
        asked_by=world.people["parent-trainer"].id,
        asked_at=now,
        ready_at=now,
    )
    return str(world.make.keep(made).id)


def new_person(world: World) -> str:
    """A volunteer of this chapter who may be disabled, or recovered."""
    return str(world.make.person(world.chapters["here"]).id)


def new_invite(world: World) -> str:
    """An open invite into this chapter."""
    with write() as session:
        return invites.make(session, world.chapters["here"].id, ["volunteer"], world.clock.now()).invite.id


ROWS = [
    Row("accounts.sign_in", may=EVERYONE),
    Row("accounts.enrol", may=EVERYONE),
    Row("accounts.lost", may=EVERYONE),
    Row("accounts.csrf", may=EVERYONE),
    Row("accounts.enrol_begin", "POST", may=EVERYONE, json={}),
    Row("accounts.enrol_finish", "POST", may=EVERYONE, json={}),
    Row("accounts.sign_in_begin", "POST", may=EVERYONE, json={}),
    Row("accounts.sign_in_finish", "POST", may=EVERYONE, json={}),
    Row("accounts.language", "POST", may=EVERYONE),
    Row("accounts.start", may=OWN_PAGE),
    Row("accounts.step_up_begin", "POST", may=OWN_PAGE, json={}),
    Row("accounts.step_up_finish", "POST", may=OWN_PAGE, json={}),
    Row("accounts.words_page", may=SIGNED_IN),
    Row("accounts.words_choose", "POST", may=SIGNED_IN, data={"safe": "mango", "duress": "harbor"}),
    Row("accounts.words_forget", "POST", may=SIGNED_IN),
    Row("accounts.me", may=OWN_PAGE),
    Row("accounts.language_put", "PUT", may=OWN_PAGE, json={}),
    Row("accounts.passkey_begin", "POST", may=OWN_PAGE, json={}),
    Row("accounts.passkey_finish", "POST", may=OWN_PAGE, json={}),
    Row(
        "accounts.passkey_rename",
        "POST",
        {"passkey_id": "@passkey"},
        may=NONE,
        also={MINE},
        denied=404,
        statuses=NOT_THEIRS,
    ),
    Row(
        "accounts.passkey_remove",
        "POST",
        {"passkey_id": "@passkey"},
        may=NONE,
        also={MINE},
        denied=404,
        statuses=NOT_THEIRS,
    ),
    Row(
        "accounts.session_end",
        "POST",
        {"session_id": "@session"},
        may={"admin"},
        also={MINE},
        of="here",
        statuses=NOT_THEIRS,
    ),
    Row("accounts.invites_page", may=DESK),
    Row("accounts.people_page", may=PEOPLE),
    Row("accounts.person", params=ABOUT, may=DESK, of="here"),
    Row("accounts.role_give", "POST", ABOUT, may=DESK, of="here", data={"chapter": "@here", "role": "trainer"}),
    Row("accounts.role_take", "POST", ABOUT, may=DESK, of="here", data={"chapter": "@here", "role": "trainer"}),
    Row("accounts.person_disable", "POST", {"person_id": new_person}, may=DESK, of="here"),
    Row("accounts.person_enable", "POST", ABOUT, may=DESK, of="here"),
    Row("accounts.invite", "POST", may=DESK, of="here", data={"chapter": "@here", "role": "volunteer"}),
    Row("accounts.invite_renew", "POST", {"invite_id": new_invite}, may=DESK, of="here"),
    Row("accounts.invite_end", "POST", {"invite_id": new_invite}, may=DESK, of="here"),
    Row("accounts.invite_state", params={"invite_id": "@invite"}, may=DESK, of="here"),
    Row("accounts.recovery_ask", "POST", {"person_id": new_person}, may={"coordinator"}, of="here"),
    Row("accounts.recovery_agree", "POST", {"recovery_id": new_recovery}, may={"coordinator"}, of="here"),
    Row("accounts.recovery_link", "POST", {"recovery_id": new_recovery}, may={"coordinator"}, of="here"),
    Row(
        "accounts.recovery_end",
        "POST",
        {"recovery_id": new_recovery},
        may={"coordinator"},
        also={"here-lapsed"},
        of="here",
    ),
    Row("accounts.chapters_page", may={"admin"}),
    Row("accounts.chapter_create", "POST", may={"admin"}, of="here", data={"parent": "@here"}),
    Row("accounts.chapter", params={"chapter_id": "@here"}, may={"admin"}, of="here"),
    Row("accounts.chapter_edit", "POST", {"chapter_id": "@here"}, may={"admin"}, of="here"),
    Row("accounts.device", "POST", may=SIGNED_IN, json={}),
    Row(
        "accounts.device_revoke",
        "POST",
        {"device_id": "@device"},
        may={"coordinator", "admin"},
        also={MINE},
        of="here",
    ),
    Row("accounts.sign_out", "POST", may=OWN_PAGE, json={}, fresh=True),
    Row("accounts.sign_out_page", "POST", may=OWN_PAGE, fresh=True),
]
