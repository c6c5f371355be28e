"""Pages and endpoints of signing in and of people, one file a subject."""

from __future__ import annotations

from fieldapp.accounts.routes import chapters, device, invites, me, partners, people, recovery, sign
from fieldapp.accounts.routes.base import blueprint

__all__ = ["blueprint", "chapters", "device", "invites", "me", "partners", "people", "recovery", "sign"]
