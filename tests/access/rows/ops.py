"""What the person who runs an installation watches."""

from __future__ import annotations

from tests.access.rows import EVERYONE, Row

ROWS = [Row("ops.healthz", may=EVERYONE)]
