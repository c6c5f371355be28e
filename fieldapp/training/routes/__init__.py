"""The pages of training, one file a subject."""

from __future__ import annotations

from fieldapp.training.routes import conduct, courses, here, people, quiz, sessions
from fieldapp.training.routes.base import blueprint

__all__ = ["blueprint", "conduct", "courses", "here", "people", "quiz", "sessions"]
