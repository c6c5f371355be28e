"""The installation's own keys: root (taken away after init), receipt key, log key, VAPID key.

They are made once, under ``data_dir/keys`` (files 0600, folder 0700), or mounted: ``FIELDAPP_RECEIPT_KEY_FILE``, ``FIELDAPP_LOG_KEY_FILE``,
``FIELDAPP_VAPID_KEY_FILE`` (PEM), ``FIELDAPP_HAND_IN_KEY_FILE`` (age identities, one a line, the one in use first) and
``FIELDAPP_SERVER_CERTIFICATES_FILE`` (what is public: the root and its certificates).
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from fieldapp.core import age, p256
from fieldapp.core.canonical import b64u, dumps
from fieldapp.core.errors import ConfigError
from fieldapp.core.protocol import DOMAIN_HAND_IN, DOMAIN_SERVER_KEY, VERSION

ROOT_FILE = "root-key-TAKE-THIS-AWAY.txt"
_NAMES = {"receipt": "RECEIPT_KEY", "log": "LOG_KEY", "vapid": "VAPID_KEY", "certificates": "SERVER_CERTIFICATES"}
_HAND_IN = "HAND_IN_KEY"
_HAND_IN_TEXT = "# What phones seal rescue files to. A line added above the first one is used from then on; older ones still open.\n"
_ROOT_TEXT = """Fieldapp: the root key of this installation
===========================================
Print this, or copy it to a stick that is kept with the recovery sheet, then delete this file from the server.
Phones pin this key. It is needed only to certify a new receipt key (fieldapp new-receipt-key --root FILE), and after a theft of
the server it is the only way to tell phones which server is ours.

"""


@dataclass(frozen=True)
class KeyRing:
    """The keys a process works with. ``certificates`` are {"text", "sig"}, newest last."""

    receipt: ec.EllipticCurvePrivateKey
    receipt_thumbprint: str
    root: p256.Jwk
    certificates: tuple[dict[str, str], ...]
    log: ed25519.Ed25519PrivateKey
    vapid: ec.EllipticCurvePrivateKey

    @property
    def log_public(self) -> str:
        """The log's Ed25519 public key, b64u of 32 bytes."""
        return b64u(self.log.public_key().public_bytes_raw())

    @property
    def vapid_public(self) -> str:
        """The application server key of web push: b64u of the uncompressed point (RFC 8292)."""
        form = (serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
        return b64u(self.vapid.public_key().public_bytes(*form))


@lru_cache(maxsize=64)
def ring(data_dir: Path) -> KeyRing:
    """The installation's keys, read once per process. Raises ConfigError when ``make`` has not run and nothing is mounted."""
    files = {name: _path(data_dir, name) for name in _NAMES}
    missing = [str(path) for path in files.values() if not path.exists()]
    if missing:
        raise ConfigError(f"server keys are missing: {', '.join(missing)}. Run: fieldapp init")
    public = json.loads(files["certificates"].read_text(encoding="utf-8"))
    receipt = cast(ec.EllipticCurvePrivateKey, _load(files["receipt"]))
    made = KeyRing(
        receipt=receipt,
        receipt_thumbprint=p256.thumbprint_of(receipt.public_key()),
        root=public["root"],
        certificates=tuple(public["certificates"]),
        log=cast(ed25519.Ed25519PrivateKey, _load(files["log"])),
        vapid=cast(ec.EllipticCurvePrivateKey, _load(files["vapid"])),
    )
    if not any(json.loads(one["text"])["key"] == p256.jwk_of(receipt.public_key()) for one in made.certificates):
        raise ConfigError("the receipt key is not certified: run fieldapp new-receipt-key --root FILE")
    return made


def ready(data_dir: Path, now: int) -> KeyRing:
    """``ring``, made first where this installation has no keys yet (ms UTC)."""
    if not _path(data_dir, "certificates").exists():
        make(data_dir, now)
    return ring(data_dir)


def make(data_dir: Path, now: int) -> Path | None:
    """Make every key of a new installation; returns where the root key waits to be taken away, None when there were keys already."""
    with _alone(data_dir):
        if _path(data_dir, "certificates").exists():
            return None
        root = ec.generate_private_key(ec.SECP256R1())
        receipt = ec.generate_private_key(ec.SECP256R1())
        taken_away = data_dir / ROOT_FILE
        _write(taken_away, _ROOT_TEXT + _pem(root))
        _write(_path(data_dir, "receipt"), _pem(receipt))
        _write(_path(data_dir, "log"), _pem(ed25519.Ed25519PrivateKey.generate()))
        _write(_path(data_dir, "vapid"), _pem(ec.generate_private_key(ec.SECP256R1())))
        _write_hand_in(data_dir)
        # Last: whoever sees it finds the rest.
        _write_public(data_dir, p256.jwk_of(root.public_key()), [certify(root, receipt.public_key(), now)])
        return taken_away


def new_receipt_key(data_dir: Path, root_file: Path, now: int) -> str:
    """Replace the receipt key by a new one certified by the root in ``root_file``; returns its thumbprint.

    Old certificates stay: receipts made before verify for ever. Raises ConfigError when it is another installation's root, or none.
    """
    text = root_file.read_text(encoding="utf-8", errors="replace")  # any file may be named
    try:
        root = serialization.load_pem_private_key(text[text.index("-----BEGIN") :].encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ConfigError(
            "that file holds no root key. Name the one that init wrote, and that was taken away."
        ) from error
    if not isinstance(root, ec.EllipticCurvePrivateKey):
        raise ConfigError("that file holds no P-256 key")
    with _alone(data_dir):
        public = json.loads(_path(data_dir, "certificates").read_text(encoding="utf-8"))
        if p256.jwk_of(root.public_key()) != public["root"]:
            raise ConfigError("that is the root key of another installation")
        receipt = ec.generate_private_key(ec.SECP256R1())
        certificates = [*public["certificates"], certify(root, receipt.public_key(), now)]
        _write_public(data_dir, public["root"], certificates)
        _write(_path(data_dir, "receipt"), _pem(receipt))
    ring.cache_clear()
    hand_in_certificate.cache_clear()
    return ring(data_dir).receipt_thumbprint


@lru_cache(maxsize=64)
def hand_in(data_dir: Path) -> tuple[age.Identity, ...]:
    """The identities that open rescue files (docs/protocol.md 14), the one in use first; read once per process.

    An installation that is older than rescue files gets one here. None where keys are mounted and this one is not (each machine would
    make its own), or the folder cannot be written: then phones are offered no rescue file.
    """
    path = _hand_in_path(data_dir)
    if not path.exists():
        if os.environ.get("FIELDAPP_SERVER_CERTIFICATES_FILE"):
            return ()
        try:
            with _alone(data_dir):
                if not path.exists():
                    _write_hand_in(data_dir)
        except OSError:
            return ()
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    try:
        return tuple(age.Identity.from_text(line) for line in lines if line and not line.startswith("#"))
    except ValueError as error:
        raise ConfigError(f"{path} holds a line that is no age identity (AGE-SECRET-KEY-PQ-1...)") from error


@lru_cache(maxsize=64)
def hand_in_certificate(data_dir: Path) -> dict[str, str] | None:
    """What phones are told of the hand-in key: signed by the receipt key, which the root certifies. None where there is no such key."""
    identities, keys = hand_in(data_dir), ring(data_dir)
    if not identities:
        return None
    said = {
        "recipient": identities[0].recipient,
        "server_key": keys.receipt_thumbprint,
        "type": "hand_in",
        "v": VERSION,
    }
    text = dumps(said)
    return {"text": text, "sig": p256.sign(keys.receipt, DOMAIN_HAND_IN, text)}


def certify(root: ec.EllipticCurvePrivateKey, key: ec.EllipticCurvePublicKey, now: int) -> dict[str, str]:
    """A certificate of the root for a server key (docs/protocol.md 4), valid from ``now`` (ms UTC)."""
    thumb = p256.thumbprint_of(root.public_key())
    said = {"key": p256.jwk_of(key), "not_before": now, "root": thumb, "type": "server_key", "v": VERSION}
    text = dumps(said)
    return {"text": text, "sig": p256.sign(root, DOMAIN_SERVER_KEY, text)}


def _path(data_dir: Path, name: str) -> Path:
    mounted = os.environ.get(f"FIELDAPP_{_NAMES[name]}_FILE")
    ending = "json" if name == "certificates" else "pem"
    return Path(mounted) if mounted else data_dir / "keys" / f"{name}.{ending}"


def _hand_in_path(data_dir: Path) -> Path:
    mounted = os.environ.get(f"FIELDAPP_{_HAND_IN}_FILE")
    return Path(mounted) if mounted else data_dir / "keys" / "hand-in.txt"


def _write_hand_in(data_dir: Path) -> None:
    _write(_hand_in_path(data_dir), f"{_HAND_IN_TEXT}{age.Identity.generate().text}\n")


def _load(path: Path) -> Any:
    return serialization.load_pem_private_key(path.read_bytes(), None)


def _pem(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> str:
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return key.private_bytes(*form).decode("ascii")


def _write_public(data_dir: Path, root: p256.Jwk, certificates: list[dict[str, str]]) -> None:
    _write(_path(data_dir, "certificates"), json.dumps({"root": root, "certificates": certificates}, indent=1))


def _write(path: Path, text: str) -> None:
    """Write a file that only we can read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(path.name + ".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(path)


@contextmanager
def _alone(data_dir: Path) -> Iterator[None]:
    """Two processes that start at once must not both make keys."""
    folder = data_dir / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
