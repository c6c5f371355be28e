"""Sealed media and their upload (protocol 13): frames of age files, a token, tus, and the receipt that lets go of an item."""

from __future__ import annotations

import base64
import hashlib
import os
from dataclasses import dataclass, field
from typing import Any

import requests

from . import age, keys
from .canonical import Fault, b64u, canonical, sha256
from .wire import Refused

FRAME = 1_048_576
STREAM = "application/offset+octet-stream"


@dataclass
class Item:
    """One photo, film or sound. ``data`` is its ciphertext, ``token`` the header that lets it be sent."""

    data: bytes
    token: str
    id: str
    type: str
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def said(self) -> dict[str, Any]:
        """What the record's body says of it."""
        return {"sha256": sha256(self.data), "size": len(self.data), "type": self.type}


def token(key: keys.SigningKey, log: str, chapter: str, media: str) -> str:
    """The header, signed when recording begins."""
    text = canonical({"chapter": chapter, "key": key.thumbprint, "log": log, "media": media, "type": "media", "v": 1})
    return f"Fieldapp {b64u(text.encode())}.{key.sign(keys.MEDIA, text)}"


def seal(recipient: str, plain: bytes) -> tuple[bytes, int]:
    """The row of frames, and how many."""
    pieces = [plain[at : at + FRAME] for at in range(0, len(plain), FRAME)]
    files = [age.encrypt(recipient, one) for one in pieces]
    return b"".join(len(one).to_bytes(4, "big") + one for one in files), len(files)


def unseal(identity: age.Identity, data: bytes) -> bytes:
    """The original, or a Fault."""
    plain, at = b"", 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        frame = data[at + 4 : at + 4 + size]
        if len(frame) != size or not size:
            raise Fault("bad_shape", "a frame that is cut")
        plain += age.decrypt(identity, frame)
        at += 4 + size
    return plain


def record(
    key: keys.SigningKey, log: str, chapter: str, recipient: str, plain: bytes, *, mime: str, name: str, at: int
) -> Item:
    """An item as a phone makes it."""
    media = b64u(os.urandom(16))
    data, frames = seal(recipient, plain)
    details = {
        "id": media,
        "name": name,
        "type": mime,
        "size": len(plain),
        "sha256": sha256(plain),
        "started_at": at,
        "ended_at": at,
        "source": "camera",
        "cut": False,
        "frames": frames,
    }
    return Item(data, token(key, log, chapter, media), media, f"{mime.partition('/')[0]}/sealed", details)


@dataclass
class Door:
    """The server's door for media."""

    base: str
    http: requests.Session = field(default_factory=requests.Session)

    def ask(self, method: str, path: str, item: Item, data: bytes = b"", **headers: str) -> requests.Response:
        """One request; raises Refused for an error, named by its header where there is no body."""
        told = {"Tus-Resumable": "1.0.0", "Authorization": item.token}
        told |= {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.http.request(method, f"{self.base}/api/v1/media{path}", data=data, headers=told, timeout=60)
        assert answer.headers["Tus-Resumable"] == "1.0.0"
        if answer.status_code >= 400:
            code = answer.headers["Fieldapp-Error"]
            error = answer.json()["error"] if answer.content else {"code": code, "message": ""}
            assert error["code"] == code
            raise Refused(answer.status_code, error)
        return answer

    def standing(self, item: Item) -> int:
        """How much is there; begins where there is nothing yet."""
        begun = self.ask("POST", "", item, Upload_Length=str(len(item.data)))
        return int(begun.headers["Upload-Offset"])

    def send(self, item: Item, piece: int = 4_194_304, pieces: int = -1) -> int:
        """Goes on with at most so many pieces; gives how much is there."""
        offset = self.standing(item)
        while offset < len(item.data) and pieces:
            body = item.data[offset : offset + piece]
            digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
            told = {"Upload_Offset": str(offset), "Content_Type": STREAM, "Upload_Checksum": f"sha256 {digest}"}
            offset = int(self.ask("PATCH", f"/{item.id}", item, body, **told).headers["Upload-Offset"])
            pieces -= 1
        return offset

    def receipt(self, item: Item) -> dict[str, str]:
        """The receipt as sent."""
        return dict(self.ask("GET", f"/{item.id}/receipt", item).json()["receipt"])
