"""Rescue files as docs/protocol.md 14 has them, written without the product's code."""

from __future__ import annotations

import json
from typing import Any

from tests import age

MAGIC = b"fieldapp-rescue/1\n"


def plain(envelopes: list[Any], *, media: list[bytes] | None = None, end: bool = True) -> bytes:
    """The plaintext of a rescue file. An envelope that is bytes stands there as it is."""
    parts = [MAGIC]
    for one in envelopes:
        text = one if isinstance(one, bytes) else json.dumps(one).encode()
        parts += [json.dumps({"type": "record", "size": len(text)}).encode() + b"\n", text]
    for blob in media or []:
        parts += [json.dumps({"type": "media", "size": len(blob)}).encode() + b"\n", blob]
    if end:
        parts.append(json.dumps({"type": "end", "entries": len(envelopes) + len(media or [])}).encode() + b"\n")
    return b"".join(parts)


def sealed(recipient: str, envelopes: list[Any], **more: Any) -> bytes:
    """A rescue file for an installation's hand-in recipient."""
    return age.seal(recipient, plain(envelopes, **more))
