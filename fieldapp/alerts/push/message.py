"""What a push says: an opaque id and generic words, always the same size, encrypted to the browser (RFC 8291)."""

from __future__ import annotations

import hashlib
import json

from pywebpush import WebPusher

from fieldapp.core.canonical import b64u

SIZE = 640  # bytes of every plaintext: length says nothing
WORDS = {"en": "1 new message", "es": "1 mensaje nuevo"}
TITLE = "Fieldapp"
TODAY = "/#/today"


def plaintext(notice_id: str, lang: str, public_url: str, *, today: bool = False, proof: str = "") -> bytes:
    """The message: for our service worker, and in the declarative form that browsers show without one.

    ``today``: the tap opens the app's Today, where a message waits, and not the page of an alert. ``proof``: what the browser says to the
    server when it shows this push. Browsers that show it by themselves may let the worker have it first (``mutable``): it can say so, and
    knows the name that this phone shows; what the worker does not do, the browser still does, and the page that it opens says it then.
    """
    body = WORDS.get(lang, WORDS["en"])
    seen = f"~{proof}" if proof else ""
    told = {"notice": notice_id} | ({"open": "today"} if today else {}) | ({"proof": proof} if proof else {})
    shown = {
        "title": TITLE,
        "body": body,
        "lang": lang,
        "navigate": public_url + (TODAY if today else f"/notice#{notice_id}{seen}"),
        "data": told,
    }
    said = {
        "v": 1,
        **told,
        "web_push": 8030,
        "mutable": True,
        "notification": shown,
    }
    text = json.dumps(said, ensure_ascii=False)
    data = text.encode()
    return data + b" " * (-len(data) % SIZE)


def encrypted(p256dh: str, auth: str, data: bytes) -> bytes:
    """The body of the push: ``aes128gcm`` under a fresh key. Raises when the subscription's keys are no keys."""
    subscription = {"endpoint": "https://not.used", "keys": {"p256dh": p256dh, "auth": auth}}
    return bytes(WebPusher(subscription).encode(data, "aes128gcm")["body"])


def topic(subscription_id: str, about: str) -> str:
    """The same for all pushes about one thing to one phone: a push service keeps only the newest. Not linkable by others."""
    return b64u(hashlib.sha256(f"{subscription_id}/{about}".encode()).digest())[:32]
