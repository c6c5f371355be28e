"""Endpoints that belong to no domain."""

from __future__ import annotations

from tests.access.rows import EVERYONE, Row

ROWS = [Row("static", params={"filename": "css/tokens.css"}, may=EVERYONE)]
