"""Who is on duty, and when somebody may be woken."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import Json, at
from fieldapp.core.db import Base


class Duty(Base):
    """A coordinator on duty in a chapter until a moment."""

    __tablename__ = "duties"
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    chapter_id: Mapped[str] = mapped_column(ForeignKey("chapters.id"), primary_key=True, index=True)
    until: Mapped[int] = at()


class Quiet(Base):
    """A person's quiet hours, minutes of the day in their chapter's zone: messages wait for their end, alerts never.

    ``urgent``: urgent messages come through all the same. ``choices``: which kinds of asks this person takes, by name (true or false); what
    is not named is as usual. Who has no row has the usual hours.
    """

    __tablename__ = "quiet_hours"
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    from_minute: Mapped[int] = mapped_column(default=21 * 60)
    until_minute: Mapped[int] = mapped_column(default=8 * 60)
    urgent: Mapped[bool] = mapped_column(default=False)
    choices: Mapped[dict[str, bool]] = mapped_column(Json, default=dict, server_default="{}")
