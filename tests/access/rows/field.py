"""The page of the field app and the snapshot."""

from __future__ import annotations

from tests.access.rows import EVERYONE, Row

ROWS = [
    Row("field.home", may=EVERYONE),
    Row("field.worker", may=EVERYONE, built=True),
    Row("field.removed", may=EVERYONE),
    Row("field.manifest", may=EVERYONE),
    Row("field.field"),
]
