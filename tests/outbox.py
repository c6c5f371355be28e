"""The phone's real outbox (static/js/outbox) in Node, led from a Python test; what it sends goes to the application under test.

outbox = Outbox(app, clock)
outbox.sign_in(sign_in(person))          # takes the snapshot's keys and boxes, registers signing keys
outbox.save("observation", place=place.id, answers=[...])
outbox.drain()
outbox.states()                          # ["received", ...], newest first
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask

from fieldapp.core.clock import Clock, day_part
from fieldapp.core.db import db
from tests.people import HERE, Page

SCRIPT = Path(__file__).parent / "sync" / "bridge.mjs"
Answer = tuple[int, dict[str, str], str]


class Outbox:
    """One phone. ``fault`` may turn the server's answer into another before the phone hears it."""

    def __init__(self, app: Flask, clock: Clock) -> None:
        self.app = app
        self.clock = clock
        self.sent = 0
        self.fault: Callable[[Answer], Answer] | None = None
        self.node = subprocess.Popen(["node", str(SCRIPT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def close(self) -> None:
        """End the phone."""
        assert self.node.stdin and self.node.stdout
        self.node.stdin.close()
        self.node.wait(20)
        self.node.stdout.close()

    def sign_in(self, page: Page, *, register: bool = True) -> Any:
        """What the phone does with a snapshot: believes the server, pins boxes, registers keys. Returns what it rejected."""
        found = page.get("/api/v1/field").get_json()
        me, public = found["personal"]["me"], found["public"]
        person = {"id": me["id"], "chapter": me["chapter"], "parents": public["above"]}
        rejected = self.do("signIn", person=person, server=public["server"], boxes=public["boxes"])
        if register:
            self.register(page, me["field_name"])
        return rejected["rejected"]

    def register(self, page: Page, field_name: str = "Finch") -> None:
        """Tell the server of this phone's keys, where it has any to tell of."""
        offer = self.do("offer", called={"name": "Phone", "fieldName": field_name})
        if offer is not None:
            answer = page.post("/api/v1/device", json=offer)
            assert answer.status_code == 200, answer.text
            self.do("registered", answer=answer.get_json())

    def save(self, kind: str, **members: Any) -> str:
        """Save a record; returns its id."""
        writing = {
            "kind": kind,
            "lang": "en",
            "purpose": "monitoring",
            "day_part": day_part(self.clock.now(), "America/New_York"),
            **members,
        }
        return str(self.do("save", writing=writing)["id"])

    def drain(self) -> None:
        """Send what can be sent now, as if a person had tapped it."""
        self.do("drain", eager=True)

    def states(self) -> list[str]:
        """The state of each record, newest first, with its code where it has one."""
        found = [one["status"] for one in self.do("list")]
        return [f"{one['state']}/{one['code']}" if one["code"] else one["state"] for one in found]

    def do(self, what: str, **parts: Any) -> Any:
        """One command; requests that the outbox makes meanwhile are answered by the application."""
        self._say({"do": what, "now": self.clock.now(), **parts})
        while True:
            assert self.node.stdout
            heard = json.loads(self.node.stdout.readline())
            if "done" in heard:
                return heard["done"]
            status, headers, text = self._answer(heard)
            self._say({"status": status, "headers": headers, "text": text})

    def _answer(self, asked: dict[str, str]) -> Answer:
        self.sent += 1
        with self.app.app_context():
            client = self.app.test_client()
            found = client.post(asked["ask"], data=asked["body"], content_type="application/json", base_url=HERE)
        db.session.rollback()
        db.session.expire_all()
        answer = (found.status_code, dict(found.headers), found.text)
        return self.fault(answer) if self.fault else answer

    def _say(self, what: dict[str, Any]) -> None:
        assert self.node.stdin
        self.node.stdin.write(json.dumps(what) + "\n")
        self.node.stdin.flush()
