"""The pages of training, one file a subject."""

from __future__ import annotations

from fieldapp.training.routes import conduct, courses, here, people, quiz, sessions, shown
from fieldapp.training.routes.base import api, blueprint

__all__ = ["api", "blueprint", "conduct", "courses", "here", "people", "quiz", "sessions", "shown"]
