"""The installation's own keys: made once, readable by us alone, certified by a root that is taken away."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from fieldapp.core import p256
from fieldapp.core.errors import ConfigError
from fieldapp.core.protocol import DOMAIN_SERVER_KEY
from fieldapp.records import serverkeys, work
from fieldapp.records.models import Leaf
from tests.conftest import NOON


def certified(ring: serverkeys.KeyRing) -> list[str]:
    """Thumbprints of the keys that the root's certificates name, as a phone finds them."""
    root = p256.public_key(ring.root["x"], ring.root["y"])
    said = [
        json.loads(one["text"])
        for one in ring.certificates
        if p256.verifies(root, one["sig"], DOMAIN_SERVER_KEY, one["text"])
    ]
    return [p256.thumbprint(one["key"]["x"], one["key"]["y"]) for one in said]


def test_keys_are_made_once_and_only_we_can_read_them(tmp_path: Path):
    waiting = serverkeys.make(tmp_path, NOON)
    ring = serverkeys.ring(tmp_path)
    assert serverkeys.make(tmp_path, NOON + 1) is None
    assert serverkeys.ready(tmp_path, NOON + 1) is ring
    assert waiting is not None
    assert "PRIVATE KEY" in waiting.read_text()
    assert {
        path.stat().st_mode & 0o777 for path in [waiting, *(tmp_path / "keys").glob("*.*")] if path.name != ".lock"
    } == {0o600}
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    assert certified(ring) == [ring.receipt_thumbprint]
    root = p256.thumbprint(ring.root["x"], ring.root["y"])
    assert json.loads(ring.certificates[0]["text"])["root"] == root


def test_the_root_key_is_nowhere_but_in_the_file_that_is_taken_away(tmp_path: Path):
    waiting = serverkeys.make(tmp_path, NOON)
    assert waiting is not None
    secret = "".join(waiting.read_text().splitlines()[-4:-1])
    waiting.unlink()
    assert serverkeys.ring(tmp_path).root
    assert not any(secret[50:90] in path.read_text() for path in tmp_path.rglob("*") if path.is_file())


def test_processes_that_start_together_make_one_set_of_keys(tmp_path: Path):
    together = threading.Barrier(6)
    made: list[Path | None] = []

    def start() -> None:
        together.wait(30)
        made.append(serverkeys.make(tmp_path, NOON))

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len([one for one in made if one]) == 1
    assert certified(serverkeys.ring(tmp_path)) == [serverkeys.ring(tmp_path).receipt_thumbprint]


def test_a_new_receipt_key_is_certified_by_the_root_and_the_old_one_stays_certified(tmp_path: Path):
    waiting = serverkeys.make(tmp_path, NOON)
    assert waiting is not None
    old = serverkeys.ring(tmp_path).receipt_thumbprint
    new = serverkeys.new_receipt_key(tmp_path, waiting, NOON + 1)
    assert new != old
    assert certified(serverkeys.ring(tmp_path)) == [old, new]


def test_another_installations_root_certifies_nothing_here(tmp_path: Path):
    serverkeys.make(tmp_path / "ours", NOON)
    theirs = serverkeys.make(tmp_path / "theirs", NOON)
    assert theirs is not None
    before = serverkeys.ring(tmp_path / "ours").receipt_thumbprint
    with pytest.raises(ConfigError, match="another installation"):
        serverkeys.new_receipt_key(tmp_path / "ours", theirs, NOON)
    serverkeys.ring.cache_clear()
    assert serverkeys.ring(tmp_path / "ours").receipt_thumbprint == before


@pytest.mark.parametrize("text", [b"a shopping list", b"\xff\xfe\x00", b"-----BEGIN PRIVATE KEY-----\nnone\n"])
def test_a_file_that_is_no_root_key_is_refused_in_words(tmp_path: Path, text: bytes):
    serverkeys.make(tmp_path / "ours", NOON)
    (tmp_path / "other.txt").write_bytes(text)
    with pytest.raises(ConfigError, match="holds no root key"):
        serverkeys.new_receipt_key(tmp_path / "ours", tmp_path / "other.txt", NOON)


def test_mounted_keys_are_used_instead_of_those_in_the_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    serverkeys.make(tmp_path / "secrets", NOON)
    mounted = serverkeys.ring(tmp_path / "secrets")
    for name, file in (("RECEIPT_KEY", "receipt.pem"), ("LOG_KEY", "log.pem"), ("VAPID_KEY", "vapid.pem")):
        monkeypatch.setenv(f"FIELDAPP_{name}_FILE", str(tmp_path / "secrets" / "keys" / file))
    monkeypatch.setenv("FIELDAPP_SERVER_CERTIFICATES_FILE", str(tmp_path / "secrets" / "keys" / "certificates.json"))
    ring = serverkeys.ready(tmp_path / "data", NOON)
    assert (ring.receipt_thumbprint, ring.log_public) == (mounted.receipt_thumbprint, mounted.log_public)
    assert not (tmp_path / "data").exists()


def test_without_keys_the_error_says_what_to_run(tmp_path: Path):
    with pytest.raises(ConfigError, match="fieldapp init"):
        serverkeys.ring(tmp_path)


def test_the_console_replaces_the_receipt_key(app: Any, tmp_path: Path):
    waiting = serverkeys.make(tmp_path, NOON)
    told = app.test_cli_runner().invoke(args=["new-receipt-key", "--root", str(waiting)])
    assert (told.exit_code, "Restart the server" in told.output) == (0, True), told.output


class OneTurn:
    """A bell that stops the loop after its first pause."""

    def __init__(self) -> None:
        self.stopping = False

    def wait(self, seconds: float) -> None:
        assert seconds == work.PACE
        self.stopping = True


def test_the_workers_loop_sequences_what_waits(app, make):
    phone = make.phone(make.person(make.chapter()))
    phone.sync(phone.observation(), phone.observation())
    work.keep_log(app, OneTurn())
    assert len(make.all(Leaf)) == 2
