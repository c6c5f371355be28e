"""Files of places, read and checked row by row: CSV and GeoJSON. A bad row never hurts the others."""

from __future__ import annotations

from fieldapp.core.errors import N_, Invalid
from fieldapp.places.importers import csv_file, geojson
from fieldapp.places.importers.row import Bad, Good, Parsed, check_duplicates

__all__ = ["MAX_BYTES", "Bad", "Good", "Parsed", "decode", "read"]
MAX_BYTES = 2_000_000
MAX_ROWS = 5_000


def read(data: bytes, filename: str) -> Parsed:
    """The rows of a file. Raises Invalid when the file as a whole cannot be read: size, encoding, columns, coordinates' system."""
    if len(data) > MAX_BYTES:
        raise Invalid(N_("The file is larger than 2 MB. Split it and import the parts."))
    text = decode(data)
    if not text.strip():
        raise Invalid(N_("The file is empty."))
    is_json = filename.lower().endswith((".json", ".geojson")) or text.lstrip()[:1] == "{"
    parsed = geojson.read(text) if is_json else csv_file.read(text)
    if len(parsed.good) + len(parsed.bad) > MAX_ROWS:
        raise Invalid(N_("The file has more than 5,000 rows. Split it and import the parts."))
    return check_duplicates(parsed)


def decode(data: bytes) -> str:
    """UTF-8, with or without a byte order mark; anything else gets one clear error that says where."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or data[:2000].count(0) > len(data[:2000]) // 5:
        raise Invalid(N_("The file is UTF-16, not UTF-8. Save it as “CSV UTF-8” and choose it again."))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Invalid(
            N_("The file is not UTF-8 (first seen in line %(line)s). Save it as “CSV UTF-8” and choose it again."),
            line=line,
        ) from None
