"""Rescue files as docs/protocol.md 14 has them, written without the product's code for them."""

from __future__ import annotations

import json
from typing import Any

from fieldapp.core.canonical import unb64u
from tests import age
from tests.uploads import Recording

MAGIC = b"fieldapp-rescue/1\n"


def plain(envelopes: list[Any], *, media: list[Any] | None = None, end: bool = True) -> bytes:
    """The plaintext of a rescue file. An envelope that is bytes stands there as it is. Media are Recordings (tests/uploads.py), or tuples
    of a line (``size`` is added where it is missing) and bytes."""
    parts = [MAGIC]
    for one in envelopes:
        text = one if isinstance(one, bytes) else json.dumps(one).encode()
        parts += [json.dumps({"type": "record", "size": len(text)}).encode() + b"\n", text]
    for one in media or []:
        said, blob = one if isinstance(one, tuple) else (line(one), one.data)
        parts += [json.dumps({"type": "media", "size": len(blob)} | said).encode() + b"\n", blob]
    if end:
        parts.append(json.dumps({"type": "end", "entries": len(envelopes) + len(media or [])}).encode() + b"\n")
    return b"".join(parts)


def line(item: Recording, **change: Any) -> dict[str, Any]:
    """What a file says of an item; ``change`` overrides members."""
    text, sig = item.token().removeprefix("Fieldapp ").split(".")
    token = {"text": unb64u(text).decode(), "sig": sig}
    return {"media": item.id, "sha256": item.sha256, "token": token} | change


def sealed(recipient: str, envelopes: list[Any], **more: Any) -> bytes:
    """A rescue file for an installation's hand-in recipient."""
    return age.seal(recipient, plain(envelopes, **more))
