"""A phone for tests: real keys, real signatures, real commitments with decoys; what it sends is what an installed app sends.

    phone = make.phone(person, chapter)
    seen = phone.observation(place=place.id, open={"/type": "master"}, sealed={box.id: {"/notes": "…"}})
    results = phone.sync(seen)                      # the answer's results, as JSON
    phone.envelope("claim", shift=shift.id, void_after=...)

Every builder returns an envelope (a dict). ``change`` makes a broken one: ``phone.observation(change={"lang": "fr"})`` is signed all the
same, so that only the member is wrong.
"""

from __future__ import annotations

import json
import secrets
import uuid
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask

from fieldapp.accounts.models import Chapter, Device, DeviceKey, Person
from fieldapp.alerts.models import DispatchBox
from fieldapp.core import p256
from fieldapp.core.canonical import b64u, dumps
from fieldapp.core.clock import HOUR, Clock, day_part
from fieldapp.core.db import db, write
from fieldapp.core.ids import new_id
from fieldapp.core.protocol import COMMITMENT_MULTIPLE, DOMAIN_RECORD, EVIDENCE_KINDS, PAD_MIN_BYTES
from fieldapp.observations.catalogue import definition, form_hash
from fieldapp.records.models import Box
from fieldapp.records.services import epochs
from tests import age

HERE = "https://localhost"
FORM = "session@1"
ANSWERS = {"/type": "master"}  # what its form asks for at least


class Phone:
    """An installed app with one registered key. ``key`` is its thumbprint."""

    def __init__(self, app: Flask, clock: Clock, person: Person | None, chapter: Chapter, private: Any = None) -> None:
        self.app = app
        self.clock = clock
        self.person = person
        self.chapter = chapter
        self.private = private or ec.generate_private_key(ec.SECP256R1())
        self.jwk = p256.jwk_of(self.private.public_key())
        self.key = p256.thumbprint_of(self.private.public_key())
        self.device_id = ""

    def register(self) -> Phone:
        """Write the rows that enrolling this phone's key leaves behind."""
        assert self.person is not None
        self.device_id = new_id()
        now = self.clock.now()
        with write() as session:
            session.add(Device(id=self.device_id, person_id=self.person.id, name="Test phone", created_at=now))
            session.flush()
            session.add(
                DeviceKey(
                    thumbprint=self.key,
                    device_id=self.device_id,
                    person_id=self.person.id,
                    chapter_id=self.chapter.id,
                    x=self.jwk["x"],
                    y=self.jwk["y"],
                    registered_at=now,
                )
            )
        return self

    def moved_to(self, app: Flask) -> Phone:
        """The same phone, talking to another server that answers under the same name."""
        moved = Phone(app, self.clock, self.person, self.chapter, self.private)
        moved.device_id = self.device_id
        return moved

    def observation(self, **more: Any) -> dict[str, Any]:
        """An observation."""
        return self.envelope("observation", **more)

    def amendment(self, of: dict[str, Any], patch: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
        """An amendment of an envelope made by any phone; ``patch`` maps paths to new values."""
        body = json.loads(of["body"])
        amends = {"digest": of["digest"], "id": body["id"]}
        return self.envelope("amendment", open=patch or {"/type": "individual"}, body={"amends": amends}, **more)

    def operation(self, kind: str, **more: Any) -> dict[str, Any]:
        """An operation; ``void_after`` is an hour ahead unless said."""
        return self.envelope(kind, **more)

    def envelope(
        self,
        kind: str,
        *,
        open: dict[str, Any] | None = None,
        sealed: dict[str, dict[str, Any]] | None = None,
        change: dict[str, Any] | None = None,
        body: dict[str, Any] | None = None,
        **members: Any,
    ) -> dict[str, Any]:
        """A signed envelope. ``members`` and ``body`` are members of the body (shift=…, place=…, id=…); ``sealed`` is box id to answers;
        ``change`` overrides the body's members last (None removes one)."""
        usual = ANSWERS if kind == "observation" else {}
        opened = [[_salt(), path, value] for path, value in (usual if open is None else open).items()]
        files, secret = {}, []
        for box, answers in (sealed or {}).items():
            triples = [[_salt(), path, value] for path, value in answers.items()]
            secret += triples
            files[box] = self.seal(box, triples)
        made = self._body(kind, opened, secret, files, {**members, **(body or {})})
        made |= change or {}
        for name, value in (change or {}).items():
            if value is None and name not in {"form", "form_hash"}:
                del made[name]
        return self.sign(dumps(made), opened, files)

    def sign(self, body: str, opened: list[Any] | None = None, files: dict[str, bytes] | None = None) -> dict[str, Any]:
        """An envelope around any body text."""
        return {
            "body": body,
            "digest": p256.sha256(body),
            "sig": p256.sign(self.private, DOMAIN_RECORD, body),
            "open": opened or [],
            "sealed": {box: b64u(data) for box, data in (files or {}).items()},
        }

    def _body(
        self, kind: str, opened: list[Any], secret: list[Any], files: dict[str, bytes], members: dict[str, Any]
    ) -> dict[str, Any]:
        now = self.clock.now()
        evidence = kind in EVIDENCE_KINDS
        made: dict[str, Any] = {
            "v": 1,
            "log": self.log(),
            "id": str(uuid.uuid4()),
            "kind": kind,
            "chapter": self.chapter.id,
            "key": self.key,
            "form": FORM if evidence else None,
            "form_hash": _form_hash() if evidence else None,
            "app": "test",
            "lang": "en",
            "purpose": "monitoring",
            "retention": "default",
            "day_part": day_part(now, "America/New_York"),
            "files": [{"box": b, "sha256": p256.sha256(files[b]), "size": len(files[b])} for b in sorted(files)],
            "media": [],
            "commitments": commitments([*opened, *secret]),
            "open": len(opened),
        }
        if not evidence:
            made["void_after"] = now + HOUR
        return made | {name: value for name, value in members.items() if value is not None}

    def seal(self, box: str, triples: list[Any]) -> bytes:
        """One padded age file for a box. For a box that the server does not know only its head is real: the door sees no more."""
        plain = dumps(triples).encode()
        size = max(PAD_MIN_BYTES, 1 << (len(plain) - 1).bit_length())
        with self.app.app_context():
            known = db.session.get(Box, box)
            daily = db.session.get(DispatchBox, box)
            recipient = known.recipient if known else json.loads(daily.text)["recipient"] if daily else None
        if recipient is None:
            return AGE_HEAD + secrets.token_bytes(16 + size + 16)
        return age.seal(recipient, plain.ljust(size))

    def log(self) -> str:
        """The log origin that this phone knows."""
        with self.app.app_context():
            return epochs.standing(self.clock.now()).origin

    def sync(self, *envelopes: Any) -> list[dict[str, Any]]:
        """Send, expect 200, and give the results."""
        answer = self.post({"v": 1, "records": list(envelopes)})
        assert answer.status_code == 200, answer.text
        return list(answer.get_json()["results"])

    def post(self, request: Any, **more: Any) -> Any:
        """Send anything to the door and give the whole answer."""
        with self.app.app_context():
            data = request if isinstance(request, bytes) else json.dumps(request).encode()
            sent = {"data": data, "content_type": "application/json", **more}
            answer = self.app.test_client().post("/api/v1/sync", base_url=HERE, **sent)
        db.session.rollback()
        db.session.expire_all()
        return answer


AGE_HEAD = b"age-encryption.org/v1\n-> mlkem768x25519 %s\n%s\n--- %s\n" % (b"A" * 1494, b"A" * 43, b"A" * 43)


def commitments(disclosures: list[Any]) -> list[str]:
    """A commitment for each disclosure and decoys up to the next multiple of 16, at least one."""
    made = [p256.sha256(dumps(one)) for one in disclosures]
    decoys = COMMITMENT_MULTIPLE - len(made) % COMMITMENT_MULTIPLE
    return sorted([*made, *(b64u(secrets.token_bytes(32)) for _ in range(decoys))])


@cache
def _form_hash() -> str:
    found = definition(FORM)
    assert found is not None
    return form_hash(found)


def _salt() -> str:
    return b64u(secrets.token_bytes(16))
