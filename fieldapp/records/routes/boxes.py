"""Boxes: counsel's browser makes and extends them; the server keeps and checks (docs/protocol.md 8.1)."""

from __future__ import annotations

from typing import Any

from flask import jsonify
from flask.typing import ResponseReturnValue

from fieldapp.core.actor import LEGAL
from fieldapp.core.canonical import b64u
from fieldapp.records.manifests import INTAKE
from fieldapp.records.routes.base import blueprint, json_object
from fieldapp.records.services import boxes, holders, holding, witnesses
from fieldapp.web.gate import actor, now


@blueprint.get("/api/v1/boxes")
def list_boxes() -> ResponseReturnValue:
    """The chapters whose counsel this is, each with its box's manifests and its counsel."""
    return jsonify(chapters=_boxes(LEGAL), intake=_boxes(INTAKE))


@blueprint.post("/api/v1/boxes")
def create_box() -> ResponseReturnValue:
    """A chapter's box: manifest version 1 and its grants."""
    said = json_object()
    box = boxes.create(actor(), str(said.get("chapter")), said.get("manifest"), said.get("grants"), now())
    return jsonify(box=box.id), 201


@blueprint.post("/api/v1/boxes/<box_id>/manifests")
def extend_box(box_id: str) -> ResponseReturnValue:
    """The next manifest of a box, and a grant for each holder that it admits."""
    said = json_object()
    manifest = boxes.extend(actor(), box_id, said.get("manifest"), said.get("grants"), now())
    return jsonify(box=box_id, version=manifest.version), 201


@blueprint.post("/api/v1/boxes/<box_id>/witness")
def witness_box(box_id: str) -> ResponseReturnValue:
    """A holder of the box above stands for this one."""
    witnesses.confirm(actor(), box_id, json_object().get("witness"), now())
    return jsonify(box=box_id), 201


@blueprint.get("/api/v1/boxes/holder")
def own_holders() -> ResponseReturnValue:
    """This person's holders, wrapped, and the grants to open with them."""
    found = holders.own(actor(), now())
    mine = [
        {
            "id": holder.id,
            "recipient": holder.recipient,
            "sign": {"crv": "P-256", "kty": "EC", "x": holder.sign_x, "y": holder.sign_y},
            "wrapped": holder.wrapped,
            "grants": [_grant(one) for one in grants],
        }
        for holder, grants in found["holders"]
    ]
    return jsonify(holders=mine, recovery=[_grant(one) for one in found["recovery"]])


@blueprint.post("/api/v1/boxes/holder")
def create_holder() -> ResponseReturnValue:
    """A new holder of this person's."""
    return jsonify(holder=holders.create(actor(), json_object(), now()).id), 201


@blueprint.post("/api/v1/boxes/holder/<holder_id>/wrappings")
def add_wrapping(holder_id: str) -> ResponseReturnValue:
    """Wrap a holder once more."""
    return jsonify(wrapped=holders.add_wrapping(actor(), holder_id, json_object().get("wrapping"), now())), 201


@blueprint.delete("/api/v1/boxes/holder/<holder_id>/wrappings/<wrapping_id>")
def remove_wrapping(holder_id: str, wrapping_id: str) -> ResponseReturnValue:
    """Take one wrapping away."""
    return jsonify(wrapped=holders.remove_wrapping(actor(), holder_id, wrapping_id, now()))


def _boxes(purpose: str) -> list[dict[str, Any]]:
    asked = witnesses.asked(actor(), purpose)
    return [{**one, "above": _above(asked.get(one["id"]))} for one in holding.overview(actor(), purpose)]


def _above(one: witnesses.Asked | None) -> dict[str, Any] | None:
    return {"box": one.above, "chapter": one.chapter, "confirmed": one.confirmed} if one else None


def _grant(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "sealed": b64u(one["sealed"])}
