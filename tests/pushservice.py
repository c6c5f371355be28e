"""A push service on this machine (RFC 8030): checks VAPID (RFC 8292) by itself and opens messages (RFC 8291) by its own means.

Nothing here uses the libraries that the product sends with: a mistake in them is found, not shared.
"""

from __future__ import annotations

import base64
import json
import secrets
import socket
import sys
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CUT = 0  # in place of a status: the connection is cut
POINT = (serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def b64u(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64u(text: str) -> bytes:
    """The bytes of base64url."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def hkdf(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    """HKDF-SHA-256 (RFC 5869)."""
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def decrypt(private: ec.EllipticCurvePrivateKey, auth: bytes, body: bytes) -> bytes:
    """Open an ``aes128gcm`` push message of one record (RFC 8188 and 8291)."""
    salt, record_size, id_length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
    sender, cipher = body[21 : 21 + id_length], body[21 + id_length :]
    assert record_size >= len(cipher), "more than one record"
    mine = private.public_key().public_bytes(*POINT)
    shared = private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
    secret = hkdf(auth, shared, b"WebPush: info\0" + mine + sender, 32)
    key = hkdf(salt, secret, b"Content-Encoding: aes128gcm\0", 16)
    nonce = hkdf(salt, secret, b"Content-Encoding: nonce\0", 12)
    padded = AESGCM(key).decrypt(nonce, cipher, None)
    data, mark = padded.rstrip(b"\0")[:-1], padded.rstrip(b"\0")[-1:]
    assert mark == b"\x02", "not the last record"
    return data


def check_vapid(header: str, origin: str, vapid: str = "") -> dict[str, Any]:
    """A VAPID token's claims (RFC 8292); raises when it is not signed, not for this origin, not by the key ``vapid``, or not valid now."""
    scheme, _, rest = header.partition(" ")
    assert scheme == "vapid", scheme
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    head, claims, signature = parts["t"].split(".")
    assert json.loads(unb64u(head)) == {"typ": "JWT", "alg": "ES256"}
    assert not vapid or parts["k"] == vapid, "another server's key"
    raw = unb64u(signature)
    der = utils.encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unb64u(parts["k"]))
    key.verify(der, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    said = dict(json.loads(unb64u(claims)))
    assert said["aud"] == origin, f"made out to {said['aud']}"
    assert 0 < said["exp"] - time.time() <= 86_400, "exp"
    assert urlsplit(said["sub"]).scheme in {"mailto", "https"}, "sub"
    return said


@dataclass
class Message:
    """A push as it arrived, opened."""

    headers: dict[str, str]
    body: bytes
    text: bytes
    claims: dict[str, Any]
    at: float

    @property
    def json(self) -> dict[str, Any]:
        """What it says."""
        return dict(json.loads(self.text))


@dataclass
class Browser:
    """A subscribed browser. ``answers``: statuses for the next pushes, then 201; ``hang``: how long each waits."""

    service: PushService
    path: str
    private: ec.EllipticCurvePrivateKey
    auth: bytes
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    hang: float = 0
    got: list[Message] = field(default_factory=list)
    tries: int = 0

    @property
    def endpoint(self) -> str:
        """Where pushes go."""
        return self.service.origin + self.path

    @property
    def subscription(self) -> dict[str, Any]:
        """PushSubscription.toJSON()."""
        p256dh = b64u(self.private.public_key().public_bytes(*POINT))
        keys = {"p256dh": p256dh, "auth": b64u(self.auth)}
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": keys}

    def answer(self, status: int, **headers: str) -> None:
        """Answer one push with this status."""
        self.answers.append((status, {name.replace("_", "-"): value for name, value in headers.items()}))


class Server(ThreadingHTTPServer):
    """Quiet about workers that were killed in mid-send: that is what some tests are about."""

    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Only what is not a lost connection is a fault."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class PushService:
    """``with PushService() as service: browser = service.subscribe(vapid_public)``."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.browsers: dict[str, Browser] = {}
        self.faults: list[str] = []
        self.vapid = ""
        self.closing = threading.Event()
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                service.take(self)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self) -> PushService:
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()

    def subscribe(self) -> Browser:
        """A new browser's subscription."""
        path = f"/push/{secrets.token_urlsafe(24)}"
        browser = Browser(self, path, ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(16))
        self.browsers[path] = browser
        return browser

    def wait_for(self, browser: Browser, number: int = 1, seconds: float = 20) -> list[Message]:
        """Wait until the browser got ``number`` messages; fails after ``seconds``."""
        with self.changed:
            done = self.changed.wait_for(lambda: len(browser.got) >= number or self.faults, seconds)
        assert not self.faults, self.faults
        assert done, f"{len(browser.got)} of {number} pushes came"
        return browser.got

    def wait_for_tries(self, browser: Browser, number: int = 1, seconds: float = 20) -> None:
        """Wait until ``number`` pushes were begun, answered or not."""
        with self.changed:
            assert self.changed.wait_for(lambda: browser.tries >= number, seconds), f"{browser.tries} of {number} tries"

    def take(self, request: BaseHTTPRequestHandler) -> None:
        """One push: hang, answer as told, or check, open and keep it."""
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        browser = self.browsers.get(request.path)
        if browser is None:
            return self.send(request, 404)
        with self.changed:
            browser.tries += 1
            self.changed.notify_all()
        if browser.hang and self.closing.wait(browser.hang):
            return None
        if browser.answers:
            status, headers = browser.answers.pop(0)
            return self.cut(request) if status == CUT else self.send(request, status, headers)
        try:
            message = self.open(browser, dict(request.headers), body)
        except (AssertionError, InvalidSignature, ValueError, KeyError) as error:
            self.faults.append(f"{type(error).__name__}: {error}")
            with self.changed:
                self.changed.notify_all()
            return self.send(request, 400)
        self.send(request, 201, {"Location": f"{self.origin}/message/{secrets.token_hex(8)}"})
        with self.changed:
            browser.got.append(message)
            self.changed.notify_all()
        return None

    def open(self, browser: Browser, headers: dict[str, str], body: bytes) -> Message:
        """Check everything that a real push service checks, then open the message as the browser would."""
        claims = self.check_vapid(headers["Authorization"])
        assert headers["Content-Encoding"] == "aes128gcm"
        assert 0 < int(headers["TTL"]) <= 2_419_200, "TTL"
        assert headers["Urgency"] in {"very-low", "low", "normal", "high"}, "Urgency"
        assert len(headers["Topic"]) <= 32 and unb64u(headers["Topic"]), "Topic"
        assert len(body) <= 4096, "a push service takes 4096 bytes"
        return Message(headers, body, decrypt(browser.private, browser.auth, body), claims, time.time())

    def check_vapid(self, header: str) -> dict[str, Any]:
        """The token's claims, for this service and the key it knows."""
        return check_vapid(header, self.origin, self.vapid)

    @staticmethod
    def cut(request: BaseHTTPRequestHandler) -> None:
        """Begin an answer and cut the connection in the middle of it."""
        request.wfile.write(b"HTTP/1.1 201 Crea")
        request.wfile.flush()
        request.close_connection = True
        request.connection.shutdown(socket.SHUT_RDWR)

    @staticmethod
    def send(request: BaseHTTPRequestHandler, status: int, headers: dict[str, str] | None = None) -> None:
        """Answer without a body."""
        request.send_response(status)
        for name, value in (headers or {}).items():
            request.send_header(name, value)
        request.send_header("Content-Length", "0")
        request.end_headers()
