"""Counsel's browser for tests: a holder with real keys, box manifests really signed, grants really sealed.

lee = Counsel(make.person(chapter, "legal")); box = make.box(chapter, lee)
lee.open_box(grant)                       # the box's identity, as an unsealing session gets it
"""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from fieldapp.accounts.models import Person
from fieldapp.core import p256
from fieldapp.core.canonical import b64u, dumps, loads
from fieldapp.core.ids import new_id
from fieldapp.core.protocol import DOMAIN_BOX_MANIFEST, DOMAIN_BOX_WITNESS
from tests import age


class Counsel:
    """A legal partner with a holder of their own. ``holder`` is its id, once the server gave one."""

    def __init__(self, person: Person | None = None, private: Any = None, identity: age.Identity | None = None) -> None:
        self.person = person
        self.identity = identity or age.Identity.generate()
        self.private = private or ec.generate_private_key(ec.SECP256R1())
        self.jwk = p256.jwk_of(self.private.public_key())
        self.holder = ""

    def new_holder(self) -> dict[str, Any]:
        """What POST /api/v1/boxes/holder takes."""
        wrapping = {"method": "passphrase", "data": b64u(b"wrapped by a passphrase of seven words")}
        return {"recipient": self.identity.recipient, "sign": self.jwk, "wrapped": [wrapping]}

    @property
    def line(self) -> dict[str, Any]:
        """This holder in a manifest."""
        return {"holder": self.holder, "recipient": self.identity.recipient, "sign": self.jwk}

    def sign(self, said: dict[str, Any]) -> dict[str, str]:
        """A manifest, signed."""
        text = dumps(said)
        return {"text": text, "sig": p256.sign(self.private, DOMAIN_BOX_MANIFEST, text)}

    def witness(self, manifest: dict[str, str]) -> str:
        """This holder stands for a box: over the text of its first manifest."""
        return p256.sign(self.private, DOMAIN_BOX_WITNESS, manifest["text"])

    def open_box(self, grant: bytes) -> age.Identity:
        """The box's identity out of a grant to this holder."""
        return age.Identity(age.unbech32(self.identity.open(grant).decode()))


class BoxKit:
    """A box in the making: its identity, its recovery key, its newest manifest."""

    def __init__(self, chapter_id: str, box_id: str = "") -> None:
        self.chapter_id = chapter_id
        self.id = box_id or new_id()
        self.identity = age.Identity.generate()
        self.recovery = age.Identity.generate()
        self.newest: dict[str, str] = {}

    def first(self, by: Counsel, now: int, **change: Any) -> dict[str, Any]:
        """What POST /api/v1/boxes takes."""
        spare = {"holder": "recovery", "recipient": self.recovery.recipient, "sign": None}
        said = {
            "v": 1,
            "type": "box_manifest",
            "box": self.id,
            "chapter": self.chapter_id,
            "purpose": "legal",
            "version": 1,
            "recipient": self.identity.recipient,
            "holders": sorted([by.line, spare], key=lambda one: str(one["holder"])),
            "previous": None,
            "successor": None,
            "created_at": now,
        }
        self.newest = by.sign({**said, **change})
        grants = [self.grant(by.holder, by.identity), self.grant("recovery", self.recovery)]
        return {"chapter": self.chapter_id, "manifest": self.newest, "grants": grants}

    def admit(self, by: Counsel, fresh: Counsel, **change: Any) -> dict[str, Any]:
        """What POST /api/v1/boxes/<box>/manifests takes to admit ``fresh``."""
        lines = [*loads(self.newest["text"])["holders"], fresh.line]
        made = self.next(by, holders=sorted(lines, key=lambda one: str(one["holder"])), **change)
        return {**made, "grants": [self.grant(fresh.holder, fresh.identity)]}

    def next(self, by: Counsel, **change: Any) -> dict[str, Any]:
        """The next manifest with some members changed."""
        before = loads(self.newest["text"])
        said = {**before, "version": before["version"] + 1, "previous": p256.sha256(self.newest["text"]), **change}
        return {"manifest": by.sign(said), "grants": []}

    def grant(self, holder: str, to: age.Identity) -> dict[str, str]:
        """The box's key sealed to one holder."""
        return {"holder": holder, "sealed": b64u(age.seal(to.recipient, self.identity.secret.encode()))}
