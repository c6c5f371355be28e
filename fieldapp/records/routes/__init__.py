"""The door for records, and the boxes that a legal partner keeps."""

from __future__ import annotations

from fieldapp.records.routes import boxes, handin, sync  # noqa: F401 - their views must be attached
from fieldapp.records.routes.base import blueprint

__all__ = ["blueprint"]
