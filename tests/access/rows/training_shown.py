"""Everyone who is signed in may show their own certificate."""

from __future__ import annotations

from tests.access.rows import Row

ROWS = [Row("training_api.certificate")]
