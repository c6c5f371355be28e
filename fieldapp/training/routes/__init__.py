"""The pages of training, one file a subject."""

from __future__ import annotations

from fieldapp.training.routes import courses, here, people, sessions
from fieldapp.training.routes.base import blueprint

__all__ = ["blueprint", "courses", "here", "people", "sessions"]
