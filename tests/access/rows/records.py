"""The door for records: open to anybody, as the signature is the authority."""

from __future__ import annotations

from tests.access.rows import EVERYONE, Row

ROWS = [
    Row("records.sync", "POST", may=EVERYONE, json={"v": 1, "records": [{}]}),
]
