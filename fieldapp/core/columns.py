"""Column types that every domain shares."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import BigInteger, Dialect, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from fieldapp.core.ids import new_id


class Json(TypeDecorator[Any]):
    """JSON kept as text on both databases. Never used for what was signed."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Python to text."""
        return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Text to Python."""
        return None if value is None else json.loads(value)


def key() -> Mapped[str]:
    """An opaque primary key minted by the server."""
    return mapped_column(String(40), primary_key=True, default=new_id)


def ref(target: str, *, index: bool = True, ondelete: str | None = None) -> Mapped[str]:
    """A foreign key that must be set; ``target`` is ``table.column``."""
    return mapped_column(String(43), ForeignKey(target, ondelete=ondelete), index=index)


def maybe_ref(target: str, *, index: bool = True, ondelete: str | None = None) -> Mapped[str | None]:
    """A foreign key that may be empty."""
    return mapped_column(String(43), ForeignKey(target, ondelete=ondelete), index=index)


def at() -> Mapped[int]:
    """A moment, ms UTC."""
    return mapped_column(BigInteger)


def maybe_at(*, index: bool = False) -> Mapped[int | None]:
    """A moment that may not have come, ms UTC."""
    return mapped_column(BigInteger, index=index)
