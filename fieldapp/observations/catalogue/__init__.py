"""The form catalogue: one JSON file per form version beside this module, never edited once released.

docs/forms.md says what each member of a definition means. Everything here is read once per process and shared:
treat what you get as read-only.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import rfc8785

Definition = dict[str, Any]

_HERE = Path(__file__).parent
#: The order in which the forms are offered; one that is not named here comes after, by id.
_ORDER = ("session", "master", "individual", "bond", "ice_courthouse", "salute", "bail")


@cache
def definitions() -> Mapping[str, Definition]:
    """Every version of every form that was ever released, by reference such as `master@1`."""
    found = (json.loads(path.read_text("utf-8")) for path in sorted(_HERE.glob("*@*.json")))
    return {form_ref(defn): defn for defn in found}


@cache
def shared_lists() -> Mapping[str, list[dict[str, Any]]]:
    """The lists that are the same everywhere (`languages@1`, `countries@1`), by name; older versions stay."""
    return {path.stem: json.loads(path.read_text("utf-8")) for path in sorted((_HERE / "lists").glob("*@*.json"))}


def form_ref(defn: Definition) -> str:
    """The reference that a record's `form` carries: `id@version`."""
    return f"{defn['id']}@{defn['version']}"


def definition(ref: str | None) -> Definition | None:
    """The definition of `master@1` and the like; None where this server has never had it."""
    return definitions().get(ref or "")


def form_hash(defn: Definition) -> str:
    """b64u(SHA-256(canonical definition)): what a record's `form_hash` says."""
    return base64.urlsafe_b64encode(hashlib.sha256(rfc8785.dumps(defn)).digest()).rstrip(b"=").decode()


@cache
def _hashes() -> Mapping[str, str]:
    return {ref: form_hash(defn) for ref, defn in definitions().items()}


def form_hash_of(defn: Definition) -> str:
    """``form_hash`` of a definition of the catalogue, worked out once per process."""
    return _hashes()[form_ref(defn)]


@cache
def _by_hash() -> Mapping[str, Definition]:
    return {form_hash(defn): defn for defn in definitions().values()}


def definition_by_hash(digest: str) -> Definition | None:
    """The definition with this hash, whatever its age; None where there is none."""
    return _by_hash().get(digest)


@cache
def current_forms() -> tuple[Definition, ...]:
    """The newest version of each form, in the order in which they are offered."""
    newest: dict[str, Definition] = {}
    for defn in definitions().values():
        if defn["version"] > newest.get(defn["id"], {"version": 0})["version"]:
            newest[defn["id"]] = defn
    order = {form: place for place, form in enumerate(_ORDER)}
    return tuple(sorted(newest.values(), key=lambda defn: (order.get(defn["id"], len(order)), defn["id"])))


@cache
def for_phones() -> dict[str, Any]:
    """What the snapshot carries: `forms` (current), `form_hashes` by reference, and the `lists` they name."""
    forms = current_forms()
    named = {name for defn in forms for name in _sources(defn["fields"]) if "@" in name}
    return {
        "forms": list(forms),
        "form_hashes": {form_ref(defn): form_hash(defn) for defn in forms},
        "lists": {name: shared_lists()[name] for name in sorted(named)},
    }


def _sources(fields: list[dict[str, Any]]) -> set[str]:
    here = {field["source"] for field in fields if "source" in field}
    return here.union(*(_sources(field["columns"]) for field in fields if "columns" in field))
