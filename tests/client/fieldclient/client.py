"""The client: one person's phone. It enrols, reads the snapshot, writes records and lets go of them for a receipt alone."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import requests

from . import age, forms, keys, media, records
from .canonical import Fault, b64u, canonical, parse, sha256, unb64u
from .passkey import Passkey
from .proofs import Checkpoint, check_checkpoint, check_media_receipt, check_receipt, follow_boxes
from .validate import problems
from .wire import Wire

RECEIPTED = ("stored", "duplicate", "quarantined", "not_applied")
KEPT = ("conflict", "refused", "later")


@dataclass
class Outcome:
    """What became of one record. `let_go`: its receipt is there and proves it."""

    record: records.Record
    outcome: str
    let_go: bool
    receipt: dict[str, Any] | None
    result: dict[str, Any]


@dataclass
class Client(Wire):
    """One installation of the client, for one person at one server."""

    app: str = "second-client 1"
    welcome: dict[str, Any] = field(default_factory=dict)
    device: str = ""
    own_keys: list[keys.SigningKey] = field(default_factory=list)
    etag: str = ""
    snapshot: dict[str, Any] = field(default_factory=dict)
    pinned: list[dict[str, Any]] = field(default_factory=list)
    clock: int | None = None
    backed_up: int | None = None
    checkpoint: str | None = None
    seq: int = 0
    outbox: dict[str, records.Record] = field(default_factory=dict)
    passkey: Passkey = field(default_factory=Passkey)

    # --- who this is (protocol 9)

    def _welcomed(self, welcome: dict[str, Any]) -> None:
        if self.welcome and self.welcome["root"] != welcome["root"]:
            raise Fault("unknown_server_key", "another root than the pinned one")
        self.welcome, self.csrf = welcome, ""  # a new session asks for a token of its own

    def enrol(self, link: str, name: str, lang: str = "en") -> None:
        """Joins by an invite link, with a new passkey."""
        token = link.split("#", 1)[1].strip()
        begun = self.post("/api/v1/enrol/begin", {"token": token, "field_name": name, "lang": lang})
        credential = self.passkey.register(begun["options"], self.base)
        made = {"ceremony": begun["ceremony"], "credential": credential, "passkey_name": "Software"}
        self._welcomed(self.post("/api/v1/enrol/finish", made))

    def sign_in(self) -> None:
        """A new session with the passkey."""
        self._welcomed(self._ceremony("/api/v1/sign-in"))

    def step_up(self) -> int:
        """The passkey once more; until when that holds."""
        return int(self._ceremony("/api/v1/step-up")["until"])

    def _ceremony(self, path: str) -> Any:
        begun = self.post(f"{path}/begin", {})
        answer = {"ceremony": begun["ceremony"], "credential": self.passkey.answer(begun["options"])}
        return self.post(f"{path}/finish", answer)

    def sign_out(self) -> None:
        """Ends the session."""
        self.post("/api/v1/sign-out", {})
        self.cookies, self.csrf = {}, ""

    @staticmethod
    def fresh_key() -> keys.SigningKey:
        """A device key that no server knows yet."""
        return keys.SigningKey.new()

    def register(self, *fresh: keys.SigningKey, registered_at: int) -> list[str]:
        """Registers device keys, each with its proof, and its witness where the chapter has a box. The last one signs."""
        body = {"name": "Second client", "keys": [self._introduced(one, registered_at) for one in fresh]}
        answer = self.post("/api/v1/device", {**body, **({"device": self.device} if self.device else {})})
        self.device = answer["device"]
        self.own_keys += [one for one in fresh if one not in self.own_keys]
        return list(answer["keys"])

    def _introduced(self, key: keys.SigningKey, registered_at: int) -> dict[str, Any]:
        person = self.welcome["person"]
        proof = key.sign(keys.DEVICE_KEY, canonical({"key": key.thumbprint, "person": person["id"], "v": 1}))
        out = {"jwk": key.jwk, "proof": proof}
        if box := self.box:
            members = {
                "field_name": person["field_name"],
                "key": key.thumbprint,
                "person": person["id"],
                "registered_at": registered_at,
                "v": 1,
            }
            out["witness"] = b64u(age.encrypt(box["recipient"], records.padded(canonical(members))))
        return out

    # --- the snapshot (protocol 10, docs/snapshot.md)

    def refresh(self) -> bool:
        """Reads the snapshot; False where it has not changed."""
        answer = self.call("GET", "/api/v1/field", headers={"If-None-Match": self.etag} if self.etag else {})
        if answer.status_code == 304:
            self._heard(answer)
            return False
        found = parse(answer.text)
        server = found["public"]["server"]
        if server["root"] != self.welcome["root"]:
            raise Fault("unknown_server_key", "another root than the pinned one")
        self._pin(found["public"])
        self.welcome = {**self.welcome, **server}  # a new receipt key, or a new epoch with a new log
        self._heard(answer)
        self.etag, self.snapshot = answer.headers["ETag"], found
        return True

    def _pin(self, public: dict[str, Any]) -> None:
        chapters = [self.welcome["chapter"], *public["above"]]
        self.pinned = follow_boxes(self.pinned, public["boxes"], chapters)

    @property
    def box(self) -> dict[str, Any] | None:
        """The newest manifest of the nearest chain: the box that is sealed to."""
        return parse(self.pinned[-1]["text"]) if self.pinned else None

    def _heard(self, answer: requests.Response) -> None:
        self.clock = int(answer.headers["Fieldapp-Time"])
        if "Fieldapp-Backed-Up-Through" in answer.headers:
            self.backed_up = int(answer.headers["Fieldapp-Backed-Up-Through"])
        if "Fieldapp-Checkpoint" in answer.headers:
            text = unb64u(answer.headers["Fieldapp-Checkpoint"]).decode()
            new, known = self.verified(text), self.checkpoint
            if known and known.startswith(f"{new.origin}\n") and new.size < self.verified(known).size:
                raise Fault("broken_chain", "a log that shrank")
            self.checkpoint = text

    def verified(self, text: str) -> Checkpoint:
        """A checkpoint of the log that this client knows, or a Fault."""
        return check_checkpoint(self.welcome["log"], self.welcome["log_key"], text)

    # --- writing (protocol 2)

    def form(self, form_id: str) -> dict[str, Any]:
        """The newest definition of a form."""
        return next(one for one in self.snapshot["public"]["forms"] if one["id"] == form_id)

    def day_part(self, at: int) -> str:
        """The local date of the chapter and the part of its day."""
        local = dt.datetime.fromtimestamp(at / 1000, ZoneInfo(self.snapshot["public"]["chapter"]["zone"]))
        names = ["night"] * 4 + ["morning"] * 8 + ["afternoon"] * 5 + ["evening"] * 5 + ["night"] * 2
        return f"{local.date()}/{names[local.hour]}"

    def _common(self, day_part: str) -> dict[str, Any]:
        return {
            "log": self.welcome["log"],
            "chapter": self.welcome["chapter"],
            "app": self.app,
            "lang": self.welcome["person"]["lang"],
            "purpose": self.snapshot["public"]["chapter"]["purpose"],
            "day_part": day_part,
        }

    def _system(self, at: int) -> dict[str, Any]:
        self.seq += 1
        clock = None if self.clock is None else {"phone": at, "server": self.clock}
        return {
            "observed_at": {"at": at, "exact": False},
            "captured_at": at,
            "clock": clock,
            "not_before": self.checkpoint,
            "seq": self.seq,
        }

    def _write(
        self, members: dict[str, Any], cells: list[forms.Cell], items: tuple[media.Item, ...] = ()
    ) -> records.Record:
        definition, lists = self.form(members["form"].partition("@")[0]), self.snapshot["public"]["lists"]
        amendment = members["kind"] == "amendment"
        if wrong := problems(definition, cells, lists, complete=True, amendment=amendment):
            raise Fault("answers_invalid", str(wrong))
        opened = [records.disclose(cell["path"], cell["value"]) for cell in cells if cell["box"] is None]
        sealed = [records.disclose(cell["path"], cell["value"]) for cell in cells if cell["box"]]
        sealed += [records.disclose(f"/_/media/{one.said['sha256']}", one.details) for one in items]
        members = {**members, "media": sorted((one.said for one in items), key=lambda said: str(said["sha256"]))}
        box = self.box
        if box is None:
            raise Fault("unknown_box", "no box to seal to: evidence waits")
        return self.keep(records.build(self.own_keys[-1], members, opened, {box["box"]: (box["recipient"], sealed)}))

    def keep(self, record: records.Record) -> records.Record:
        """Into the outbox, until a receipt takes it out."""
        self.outbox[record.envelope["digest"]] = record
        return record

    def photo(self, plain: bytes, *, at: int) -> media.Item:
        """A photo, sealed as it is taken (protocol 13)."""
        box = self.box
        if box is None:
            raise Fault("unknown_box", "no box to seal to: nothing is taken")
        log, chapter = self.welcome["log"], self.welcome["chapter"]
        key, to = self.own_keys[-1], box["recipient"]
        return media.record(key, log, chapter, to, plain, mime="image/jpeg", name="photo.jpg", at=at)

    def believes(self, item: media.Item, receipt: Any) -> int:
        """When the server received the item; a Fault for anything but a receipt that lets go of it."""
        certificates = self.welcome["server_keys"]
        return check_media_receipt(self.welcome["root"], certificates, item.id, item.said, receipt)

    def observe(
        self, form_id: str, answers: dict[str, Any], *, at: int, items: tuple[media.Item, ...] = (), **where: str
    ) -> records.Record:
        """An observation: open answers in the open, others sealed to legal. `where`: `place` or `cell`, and `shift`."""
        definition = self.form(form_id)
        form = f"{definition['id']}@{definition['version']}"
        if self.snapshot["public"]["form_hashes"][form] != sha256(canonical(definition)):
            raise Fault("form_mismatch")
        members = {
            **self._common(self.day_part(at)),
            "kind": "observation",
            "form": form,
            "form_hash": sha256(canonical(definition)),
            **where,
        }
        return self._write(members, forms.split(definition, answers, self._system(at)), items)

    def amend(
        self, original: records.Record, before: dict[str, Any], after: dict[str, Any], *, at: int
    ) -> records.Record:
        """An amendment: the patch from one set of answers to the other."""
        kept = ("form", "form_hash", "place", "cell", "shift")
        members = {name: original.body[name] for name in kept if name in original.body}
        cells = forms.patch(self.form(original.body["form"].partition("@")[0]), before, after)
        system = [
            {"path": f"/_/{name}", "value": value, "box": "legal"}
            for name, value in self._system(at).items()
            if name != "observed_at"
        ]
        common = self._common(original.body["day_part"])
        return self._write({**common, "kind": "amendment", **members, "amends": original.amended_by}, cells + system)

    def operate(
        self, kind: str, payload: dict[str, Any], *, at: int, void_after: int, **members: str
    ) -> records.Record:
        """An operation; `payload` by path without its slash."""
        opened = [records.disclose(f"/{name}", value) for name, value in payload.items()]
        body = {**self._common(self.day_part(at)), "kind": kind, "void_after": void_after, **members}
        return self.keep(records.build(self.own_keys[-1], body, opened))

    # --- syncing (protocol 3 and 4)

    def sync(self, *written: records.Record) -> list[Outcome]:
        """Offers records (all of the outbox by default). A record leaves the outbox only for a receipt that proves it."""
        offered = list(written) or list(self.outbox.values())
        answer = self.call(
            "POST", "/api/v1/sync", {"v": 1, "records": [one.envelope for one in offered]}, session=False
        )
        outcomes = self.settle(offered, answer.text)
        self._heard(answer)
        for one in outcomes:
            if one.let_go:
                self.outbox.pop(one.record.envelope["digest"], None)
        return outcomes

    def settle(self, offered: list[records.Record], text: str) -> list[Outcome]:
        """What an answer says of the records offered. Anything else is a Fault, and nothing is let go."""
        said = parse(text)
        results = said.get("results") if isinstance(said, dict) and said.get("v") == 1 else None
        if (
            not isinstance(results, list)
            or len(results) != len(offered)
            or not all(isinstance(one, dict) for one in results)
        ):
            raise Fault("bad_shape", "a captive portal")
        return [self._settled(record, result) for record, result in zip(offered, results, strict=True)]

    def _settled(self, record: records.Record, result: dict[str, Any]) -> Outcome:
        outcome = str(result.get("outcome"))
        family = outcome.partition("/")[0]
        if family not in RECEIPTED + KEPT:
            raise Fault("bad_shape", "an outcome nobody knows")
        if family in KEPT:
            return Outcome(record, outcome, False, None, result)
        said = check_receipt(self.welcome["root"], self.welcome["server_keys"], record.proof, result.get("receipt"))
        if family != "duplicate" and said["outcome"] != outcome:
            raise Fault("bad_shape", "the receipt says another outcome")
        return Outcome(record, outcome, True, said, result)

    # --- the notice door (protocol 11)

    def ask(self, **about: str) -> dict[str, Any]:
        """What a notice (`notice=`), or an alert that this person raised (`alert=`), is about. No session."""
        text = canonical(
            {"key": self.own_keys[-1].thumbprint, "nonce": b64u(os.urandom(16)), "type": "notice", "v": 1, **about}
        )
        body = {"text": text, "sig": self.own_keys[-1].sign(keys.NOTICE, text)}
        found: dict[str, Any] = self.call("POST", "/api/v1/notice", body, session=False).json()
        return found
