"""Real processes under SIGKILL in the middle of syncs: nothing that was acknowledged is lost, nothing is there twice."""

from __future__ import annotations

import http.client
import json
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from fieldapp import create_app
from fieldapp.config import from_environment
from fieldapp.core import p256
from fieldapp.core.clock import Clock
from fieldapp.core.db import db
from fieldapp.core.protocol import DOMAIN_RECEIPT
from fieldapp.records import serverkeys, tree
from fieldapp.records.crypto import raw_leaf_hash
from fieldapp.records.models import Checkpoint, Record, Tombstone
from fieldapp.records.services import log
from tests.conftest import empty
from tests.factories import Factory
from tests.phone import Phone
from tests.served import Server, exchange

CLIENTS = 3


@pytest.fixture
def server(database: str, tmp_path: Path) -> Iterator[Server]:
    """The served product on an otherwise empty database."""
    made = Server(tmp_path, database)
    yield made
    made.stop(signal.SIGKILL)


@pytest.fixture
def app(server: Server) -> Iterator[Flask]:
    """The same installation, seen from here."""
    made = create_app(from_environment(server.env))
    with made.app_context():
        if db.engine.dialect.name == "postgresql":
            empty()
        yield made
        db.session.remove()
        db.engine.dispose()


class Sender(threading.Thread):
    """One phone that sends until everything has a receipt; it lets go only for a receipt that proves its own record."""

    def __init__(self, port: int, public: Any, envelopes: list[dict[str, Any]], heard: threading.Condition) -> None:
        super().__init__(daemon=True)
        self.port = port
        self.public = public
        self.waiting = {one["digest"]: one for one in envelopes}
        self.receipts: dict[str, dict[str, str]] = {}
        self.heard = heard

    def run(self) -> None:
        while self.waiting:
            batch = list(self.waiting.values())[:3]
            body = json.dumps({"v": 1, "records": batch}).encode()
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
                status, answer = exchange(connection, "POST", "/api/v1/sync", body)
                connection.close()
            except (OSError, http.client.HTTPException):
                with self.heard:
                    self.heard.wait(0.05)  # the server is away: try again
                continue
            if status == 200:
                self._let_go(json.loads(answer)["results"])

    def _let_go(self, results: list[dict[str, Any]]) -> None:
        for one in results:
            receipt = one.get("receipt")
            if receipt and json.loads(receipt["text"])["digest"] == one["digest"]:
                assert p256.verifies(self.public, receipt["sig"], DOMAIN_RECEIPT, receipt["text"])
                with self.heard:
                    self.receipts[one["digest"]] = receipt
                    self.waiting.pop(one["digest"], None)
                    self.heard.notify_all()


def storm(server: Server, app: Flask, kills: int, each: int) -> None:
    """Send from several phones and kill everything ``kills`` times, each time after a further share has arrived."""
    make = Factory(Clock())
    chapter = make.chapter()
    phones = [Phone(app, make.clock, make.person(chapter), chapter).register() for _ in range(CLIENTS)]
    senders = []
    heard = threading.Condition()
    public = serverkeys.ready(server_home(app), make.clock.now()).receipt.public_key()
    for phone in phones:
        written = [phone.observation() for _ in range(each)]
        written[each // 2] = phone.operation("alert_cancel", open={"/alert": "none"})
        senders.append(Sender(server.port, public, written, heard))
    server.start()
    for sender in senders:
        sender.start()
    for number in range(kills):
        share = (number + 1) * CLIENTS * each // (kills + 1)
        with heard:
            assert heard.wait_for(lambda share=share: arrived(senders) >= share, timeout=60)
        server.stop(signal.SIGKILL)
        stored = kept()
        with heard:
            assert all(stored[digest] == receipt for sender in senders for digest, receipt in sender.receipts.items())
        server.start()
    for sender in senders:
        sender.join(60)
    server.stop()
    assert not any(sender.waiting for sender in senders)
    everything = {digest: receipt for sender in senders for digest, receipt in sender.receipts.items()}
    assert kept() == everything
    assert len(everything) == CLIENTS * each
    log_is_whole(make)


def server_home(app: Flask) -> Path:
    home: Path = app.config["SETTINGS"].data_dir
    return home


def arrived(senders: list[Sender]) -> int:
    return sum(len(sender.receipts) for sender in senders)


def kept() -> dict[str, dict[str, str]]:
    """Digest to receipt of all that is stored; a digest that is stored twice fails here."""
    db.session.rollback()
    found: dict[str, dict[str, str]] = {}
    for model in (Record, Tombstone):
        for digest, text, sig in db.session.execute(select(model.digest, model.receipt, model.receipt_sig)):
            assert digest not in found
            found[digest] = {"text": text, "sig": sig}
    return found


def log_is_whole(make: Factory) -> None:
    """What the killed sequencer left is continued: every record once, and the newest root is the root of them all."""
    while log.sequence(make.clock.now()):
        pass
    records = sorted(make.all(Record), key=lambda one: one.leaf_index)
    assert [one.leaf_index for one in records] == list(range(len(records)))
    frontier, size = tree.append([], 0, [raw_leaf_hash(one.body) for one in records])
    head = max(make.all(Checkpoint), key=lambda one: one.size)
    assert (head.size, head.frontier) == (size, [p256.b64u(one) for one in frontier])


def test_nothing_acknowledged_is_lost_when_the_server_is_killed_in_the_middle(server, app):
    storm(server, app, kills=2, each=40)


@pytest.mark.long
def test_a_storm_of_kills(server, app):
    storm(server, app, kills=25, each=600)
