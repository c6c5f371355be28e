"""Pages and endpoints of guides: what everybody reads, what phones fetch, and the desk where it is written."""

from __future__ import annotations

from fieldapp.guides.routes import desk, reading
from fieldapp.guides.routes.base import blueprint

__all__ = ["blueprint", "desk", "reading"]
