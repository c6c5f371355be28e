"""A phone's recordings for tests: sealed in frames, sent by tus with real tokens.

item = Recording(phone, b"...", recipient)      # or Recording.of_bytes(phone, data): any ciphertext
item.post(body=item.data)                       # the whole item in one request
item.begin(); item.patch(0, item.data[:5]); item.head(); item.receipt()
phone.observation(change={"media": [item.said]})
"""

from __future__ import annotations

import secrets
from typing import Any

from flask import has_app_context

from fieldapp.core import p256
from fieldapp.core.canonical import b64u, dumps
from fieldapp.core.db import db
from fieldapp.core.protocol import DOMAIN_MEDIA
from tests import age
from tests.phone import HERE, Phone

STREAM = "application/offset+octet-stream"
PATH = "/api/v1/media"


def frames(recipient: str, plain: bytes, size: int = 1_048_576) -> bytes:
    """The sealed media of docs/protocol.md 13."""
    pieces = [plain[at : at + size] for at in range(0, len(plain), size)]
    sealed = [age.seal(recipient, piece) for piece in pieces]
    return b"".join(len(one).to_bytes(4, "big") + one for one in sealed)


class Recording:
    """One item of a phone; ``data`` is its ciphertext."""

    def __init__(self, phone: Phone, data: bytes, kind: str = "image/sealed", media: str = "") -> None:
        self.phone = phone
        self.data = data
        self.kind = kind
        self.id = media or b64u(secrets.token_bytes(16))
        self.sha256 = p256.sha256(data)
        self.chapter = phone.chapter.id

    @property
    def said(self) -> dict[str, Any]:
        """What a record's body says of it."""
        return {"sha256": self.sha256, "size": len(self.data), "type": self.kind}

    def token(self, **change: Any) -> str:
        """The header that lets this upload go on; ``change`` overrides members (None removes one) before it is signed."""
        made = {"chapter": self.chapter, "key": self.phone.key, "log": self.phone.log(), "media": self.id}
        made |= {"type": "media", "v": 1} | change
        text = dumps({name: value for name, value in made.items() if value is not None})
        return f"Fieldapp {b64u(text.encode())}.{p256.sign(self.phone.private, DOMAIN_MEDIA, text)}"

    def ask(self, method: str, path: str = "", *, token: str | None = None, data: Any = None, **headers: str) -> Any:
        """Any request about it; ``headers`` with underscores for hyphens, "" leaves one out."""
        sent = {"Tus_Resumable": "1.0.0", "Authorization": self.token() if token is None else token, **headers}
        told = {name.replace("_", "-"): value for name, value in sent.items() if value != ""}
        with self.phone.app.app_context():
            client = self.phone.app.test_client()
            answer = client.open(path or f"{PATH}/{self.id}", method=method, base_url=HERE, headers=told, data=data)
            answer.get_data()
        if has_app_context():  # not so in a test's own thread
            db.session.rollback()
            db.session.expire_all()
        return answer

    def post(self, body: bytes | None = None, **headers: str) -> Any:
        """Begin; with ``body`` its first bytes ride along."""
        usual = {"Upload_Length": str(len(self.data))} | ({"Content_Type": STREAM} if body is not None else {})
        return self.ask("POST", PATH, data=body, **{**usual, **headers})

    def patch(self, offset: int, body: bytes, **headers: str) -> Any:
        """Go on."""
        return self.ask("PATCH", data=body, **{"Upload_Offset": str(offset), "Content_Type": STREAM, **headers})

    def head(self, **headers: str) -> Any:
        """Where it stands."""
        return self.ask("HEAD", **headers)

    def receipt(self, **headers: str) -> Any:
        """The receipt."""
        return self.ask("GET", f"{PATH}/{self.id}/receipt", **headers)

    def send(self, piece: int = 4_194_304) -> dict[str, str]:
        """All of it, in pieces; gives the receipt."""
        assert self.post().status_code == 201
        for at in range(0, len(self.data), piece):
            answer = self.patch(at, self.data[at : at + piece])
            assert answer.status_code == 204, answer.text
        return dict(self.receipt().get_json()["receipt"])
