"""The rules of places."""

from __future__ import annotations

from fieldapp.places.services.listing import snapshot

__all__ = ["snapshot"]
