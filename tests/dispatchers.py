"""The dispatch box as browsers make it, grant it and open it: real age files, real signatures; the server sees what it would see.

desk = Reading(finch)              # a coordinator's device with a reading key
desk.told(page)                    # the server knows its public half
box = open_box(page, desk)         # today's box, granted to everybody who may need it
desk.reads(answer)                 # what an answer of the server says, opened with this device's own key
"""

from __future__ import annotations

import json
from typing import Any

from fieldapp.core.canonical import b64u, dumps, unb64u
from fieldapp.core.ids import new_id
from tests import age
from tests.phones import Phone

WHERE = "by the loading dock, north side"
PLATE = "TEST 0000"
SAID = {"/details": {"where": WHERE, "plate": PLATE}}


class Reading:
    """One device with its reading key, whose private half stays here."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone
        self.device = phone.inner.device_id
        self.identity = age.Identity.generate()

    def told(self, page: Any) -> Reading:
        """The server is told the public half, signed in as the phone's person."""
        said = {"device": self.device, "recipient": self.identity.recipient}
        assert page.send("PUT", "/api/v1/dispatch/reader", json=said).status_code == 200
        return self

    def key_of(self, grants: list[dict[str, str]], box: str) -> age.Identity | None:
        """The private key of a box, from this device's own grant."""
        mine = [g for g in grants if g["device"] == self.device and g.get("box", box) == box]
        return age.Identity(age.unbech32(self.identity.open(unb64u(mine[0]["sealed"])).decode())) if mine else None

    def reads(self, answer: dict[str, Any]) -> list[Any]:
        """What every part says that this device can open."""
        said = []
        for one in answer["details"]:
            key = self.key_of(answer["grants"], one["box"])
            if key is not None:
                said += [value for _, _, value in json.loads(key.open(unb64u(one["sealed"])))]
        return said


def first(reading: Reading, chapter: str, recipient: str, now: int, **more: Any) -> dict[str, str]:
    """A manifest of a day's box, signed with the device's key."""
    jwk = {name: reading.phone.inner.jwk[name] for name in ("crv", "kty", "x", "y")}
    holder = {"holder": reading.device, "recipient": reading.identity.recipient, "sign": jwk}
    said = {
        "box": new_id(),
        "chapter": chapter,
        "created_at": now,
        "holders": [holder],
        "previous": None,
        "purpose": "dispatch",
        "recipient": recipient,
        "successor": None,
        "type": "box_manifest",
        "v": 1,
        "version": 1,
        **more,
    }
    text = dumps(said)
    return {"text": text, "sig": reading.phone.sign("fieldapp/box-manifest/v1", text)}


def sealed_to(readers: list[dict[str, str]], key: age.Identity) -> list[dict[str, str]]:
    """A box's private key for each of these devices."""
    return [{"device": r["device"], "sealed": b64u(age.seal(r["recipient"], key.secret.encode()))} for r in readers]


def open_box(page: Any, reading: Reading) -> str:
    """Today's box, made by a coordinator's browser as the product's does; its id."""
    duties = page.get("/api/v1/dispatch").get_json()
    assert duties["due"]
    key = age.Identity.generate()
    manifest = first(reading, duties["chapter"], key.recipient, reading.phone.inner.clock.now())
    sent = page.post("/api/v1/dispatch/boxes", json={"manifest": manifest, "grants": sealed_to(duties["readers"], key)})
    assert sent.status_code == 201, sent.text
    return str(sent.get_json()["box"])


def grant_missing(page: Any, reading: Reading) -> list[str]:
    """Every box in use is granted to whoever lacks it, by a browser that can open it; whom it was granted to."""
    granted = []
    for box in page.get("/api/v1/dispatch").get_json()["boxes"]:
        key = reading.key_of(box["own"], box["id"])
        if key is None or not box["missing"]:
            continue
        sent = page.post(f"/api/v1/dispatch/boxes/{box['id']}/grants", json={"grants": sealed_to(box["missing"], key)})
        assert sent.status_code == 201, sent.text
        granted += [one["device"] for one in box["missing"]]
    return granted


def details(phone: Phone, record_id: str, box: str, **more: Any) -> str:
    """The raiser's phone seals details of an alert; the outcome."""
    envelope = phone.inner.operation("alert_details", **{"open": {"/alert": record_id}, "sealed": {box: SAID}, **more})
    return str(phone.inner.sync(envelope)[0]["outcome"])
