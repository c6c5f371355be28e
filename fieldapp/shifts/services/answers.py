"""What an answer does: a yes to an ask takes the seat by the same rules as everyone's, a no ends the asking for that shift."""

from __future__ import annotations

from sqlalchemy.orm import Session

from fieldapp.shifts.models import Message
from fieldapp.shifts.services import claims, swaps, waitlist  # noqa: F401 - each says what an answer to its messages does
from fieldapp.shifts.services.messages import answer, on

__all__ = ["answer"]


@on("ask")
def _asked(_: Session, message: Message, say: str, now: int) -> None:
    if say == "yes" and message.shift_id:
        claims.claim(message.person_id, message.shift_id, now)
