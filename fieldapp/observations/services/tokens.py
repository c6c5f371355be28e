"""The media token: a device key's word that one upload may be appended to and asked about (docs/protocol.md 13). No session, no expiry."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fieldapp.accounts.services.devices import KeyView, find_key
from fieldapp.core import p256
from fieldapp.core.canonical import CanonicalError, b64u, parse, unb64u
from fieldapp.core.errors import N_, DomainError
from fieldapp.core.protocol import DOMAIN_MEDIA, VERSION
from fieldapp.records import body as bodies
from fieldapp.records.services import arrivals, epochs

ID = bodies.SALT  # b64u of 16 bytes, too
LONGEST = 2_000  # characters of the header
MEMBERS = {"chapter", "key", "log", "media", "type", "v"}
_HEADER = re.compile(r"\AFieldapp ([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{86})\Z")


@dataclass(frozen=True)
class Bearer:
    """Who may append to one upload: the key, the chapter that the item is kept in, and what a person should know of it."""

    media: str
    key: KeyView
    chapter_id: str
    flags: tuple[str, ...]


class BadToken(DomainError):
    """Not a token for this upload; the item stays on the phone."""

    status = 401

    def __init__(self, code: str = "bad_token") -> None:
        super().__init__(
            code,
            N_("The server does not know who sends this."),
            safe=N_("What was recorded stays on this phone."),
            do=N_("Sign in once more; then it is tried again by itself."),
        )


def bearer(header: str, media: str | None, now: int) -> Bearer:
    """Who sent this ``Authorization`` header, for the upload ``media`` (None: whichever it names); ``now`` is ms UTC.

    A revoked key and a disabled person are flagged, never refused: it is evidence. Raises BadToken (``bad_token``, ``unknown_key``,
    ``unknown_log``).
    """
    said, text, sig = _read(header)
    if media is not None and said["media"] != media:
        raise BadToken()
    key = find_key(said["key"])
    if key is None:
        raise BadToken("unknown_key")
    if not p256.verifies(p256.public_key(key.x, key.y), sig, DOMAIN_MEDIA, text):
        raise BadToken()
    if not epochs.accepts(said["log"], epochs.standing(now)):
        raise BadToken("unknown_log")
    flags = []
    if key.disabled:
        flags.append("disabled")
    if key.revoked_at is not None and key.revoked_at <= now:
        flags.append("key_revoked")
    chapter = said["chapter"]
    if not arrivals.writes_in(key, chapter):
        flags.append("wrong_chapter")
        chapter = key.chapter_id
    return Bearer(said["media"], key, chapter, tuple(flags))


def carried(token: object, media: object, now: int) -> Bearer:
    """Whose item of a rescue file this is: ``token`` is the text and its signature, as kept with the item. Raises BadToken."""
    if not isinstance(media, str) or not isinstance(token, dict) or not isinstance(token.get("text"), str):
        raise BadToken()
    text = b64u(token["text"].encode(errors="replace"))  # half a surrogate pair is in no token
    return bearer(f"Fieldapp {text}.{token.get('sig')}", media, now)


def _read(header: str) -> tuple[dict[str, str], str, str]:
    found = _HEADER.match(header) if len(header) <= LONGEST else None
    if not found:
        raise BadToken()
    try:
        text = unb64u(found[1]).decode()
        said = parse(text)
    except (CanonicalError, ValueError) as error:
        raise BadToken() from error
    if not isinstance(said, dict) or said.keys() != MEMBERS or type(said["v"]) is not int:
        raise BadToken()
    patterns = {"chapter": bodies.ID, "key": bodies.HASH, "media": ID}
    shaped = all(isinstance(said[name], str) and pattern.match(said[name]) for name, pattern in patterns.items())
    if not shaped or (said["v"], said["type"]) != (VERSION, "media") or not bodies.is_log(said["log"]):
        raise BadToken()
    return said, text, found[2]
