"""The desk's pages of shifts, one file a subject."""

from __future__ import annotations

from fieldapp.shifts.routes import (
    asking,
    bulk,
    care,
    closures,
    feed,
    files,
    form,
    messages,
    moves,
    partner_asks,
    roster,
    rotas,
    series,
    week,
)
from fieldapp.shifts.routes.base import blueprint

__all__ = [
    "asking",
    "blueprint",
    "bulk",
    "care",
    "closures",
    "feed",
    "files",
    "form",
    "messages",
    "moves",
    "partner_asks",
    "roster",
    "rotas",
    "series",
    "week",
]
