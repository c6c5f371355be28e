"""What a place needs covered."""

from __future__ import annotations

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import key, ref
from fieldapp.core.db import Base


class Need(Base):
    """A weekly window that a place needs covered."""

    __tablename__ = "needs"
    id: Mapped[str] = key()
    place_id: Mapped[str] = ref("places.id")
    weekday: Mapped[int] = mapped_column()
    start_minute: Mapped[int] = mapped_column()
    end_minute: Mapped[int] = mapped_column()
    minimum: Mapped[int] = mapped_column(default=2)
    seats: Mapped[int] = mapped_column(default=4)
    created_at: Mapped[int] = mapped_column(BigInteger)
