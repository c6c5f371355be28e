"""An answer in words a person reads. The same words, over the same vectors, as static/js/lib/forms/say.js."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from .catalogue import shared_lists
from .paths import NOT_LISTED, Place, locate

Definition = dict[str, Any]
Field = dict[str, Any]
Lists = Mapping[str, list[dict[str, Any]]]

#: What every form says alike, by id: the odd answers, yes and no, and the names of system paths.
COMMON: dict[str, dict[str, str]] = {
    "not_said": {"en": "Not said", "es": "No se dijo"},
    "could_not_hear": {"en": "Could not hear", "es": "No se oyó"},
    "unsure": {"en": "Unsure", "es": "No sé"},
    "yes": {"en": "Yes", "es": "Sí"},
    "no": {"en": "No", "es": "No"},
    "could_not_tell": {"en": "Could not tell", "es": "No se pudo saber"},
    NOT_LISTED: {"en": "Not in the list", "es": "No está en la lista"},
    "exact": {"en": "exact", "es": "exacta"},
    "about": {"en": "about", "es": "aproximada"},
    "retracted": {"en": "Taken back", "es": "Retirado"},
    "observed_at": {"en": "Observed at", "es": "Hora de lo observado"},
    "captured_at": {"en": "Saved at, by the phone's clock", "es": "Guardado a las, según el teléfono"},
    "clock": {"en": "Phone and server clocks", "es": "Relojes del teléfono y del servidor"},
    "not_before": {"en": "Not before this checkpoint", "es": "No antes de este punto de control"},
    "seq": {"en": "Number in this key's sequence", "es": "Número en la serie de esta llave"},
    "order": {"en": "Order in the session", "es": "Turno en la sesión"},
    "session": {"en": "Court session", "es": "Sesión"},
    "position": {"en": "Exact position", "es": "Posición exacta"},
    "timeline": {"en": "Timeline", "es": "Cronología"},
    "paper": {"en": "Typed in from paper: sheet, line", "es": "Pasado de papel: hoja, línea"},
}


class Said(NamedTuple):
    """A question and its answer in words. An answer that the form does not know stands as it was sent."""

    question: str
    answer: str


def labels(
    defn: Definition, lang: str, path: str, value: Any, *, lists: Lists | None = None, zone: str = "UTC"
) -> Said:
    """Readable text for one path and value. `lists` are a place's own (`judges`, `courtrooms`); times are shown in
    `zone` (IANA), with its name."""
    place = locate(defn, path)
    if place is None:
        return Said(path, _plain(value))
    if place.field is None:
        return Said(_common(place.system or "", lang), _say_system(defn, place, value, lang, zone))
    field = place.column or place.field
    question = place.field["label"][lang]
    if place.column is not None:
        question += f": {place.column['label'][lang]}"
    return Said(question, say_value(field, value, lang, lists=lists, zone=zone))


def say_value(field: Field, value: Any, lang: str, *, lists: Lists | None = None, zone: str = "UTC") -> str:
    """One answer of one field (or column) in words."""
    if value is None:
        return _common("retracted", lang)
    kind = field["type"]
    if kind in ("one", "ynu", "band", "pick", "many"):
        chosen = value if isinstance(value, list) else [value]
        return ", ".join(_option(field, one, lang, lists) for one in chosen)
    if kind == "flag":
        return _common("yes" if value is True else "no", lang)
    if kind == "money" and isinstance(value, int):
        return f"${value // 100:,}.{value % 100:02d}"
    if kind == "time":
        return _moment(value, lang, zone)
    return _position(value) if kind == "pin" else _plain(value)


def _option(field: Field, value: Any, lang: str, lists: Lists | None) -> str:
    if not isinstance(value, str):
        return _plain(value)
    source = field.get("source", "")
    offered = [*field.get("options", ()), *shared_lists().get(source, ()), *(lists or {}).get(source, ())]
    for option in offered:
        if option["id"] == value:
            label = option["label"]
            return str(label[lang] if isinstance(label, dict) else label)
    return _common(value, lang)


def _say_system(defn: Definition, place: Place, value: Any, lang: str, zone: str) -> str:
    if value is None:
        return "-"
    if place.system == "timeline" and isinstance(value, dict):
        chip = _chip(defn, value.get("chip"), lang)
        return f"{_clock(value.get('at'), zone)} {chip}"
    if place.system == "observed_at":
        return _moment(value, lang, zone)
    if place.system == "captured_at":
        return _clock(value, zone)
    if place.system == "clock" and isinstance(value, dict):
        return f"{_clock(value.get('phone'), zone)} / {_clock(value.get('server'), zone)}"
    if place.system == "paper" and isinstance(value, dict):
        return f"{_plain(value.get('serial'))}, {_plain(value.get('line'))}"
    return _position(value) if place.system == "position" else _plain(value)


def _chip(defn: Definition, chip: Any, lang: str) -> str:
    known = (one["label"][lang] for one in defn.get("chips", ()) if one["id"] == chip)
    return next(known, _plain(chip))


def _moment(value: Any, lang: str, zone: str) -> str:
    if not isinstance(value, dict):
        return _plain(value)
    return f"{_clock(value.get('at'), zone)} ({_common('exact' if value.get('exact') else 'about', lang)})"


def _clock(at: Any, zone: str) -> str:
    """`2026-11-23 14:05 America/New_York`: a time always says its zone."""
    try:
        local = datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(zone))
    except (TypeError, ValueError, OverflowError, OSError):
        return _plain(at)
    return f"{local:%Y-%m-%d %H:%M} {zone}"


def _position(value: Any) -> str:
    try:
        return f"{value['lat'] / 1e6:.6f}, {value['lon'] / 1e6:.6f} (±{value['accuracy']} m)"
    except (TypeError, KeyError):
        return _plain(value)


def _common(key: str, lang: str) -> str:
    return COMMON[key][lang] if key in COMMON else key


def _plain(value: Any) -> str:
    if value is None:
        return "-"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
