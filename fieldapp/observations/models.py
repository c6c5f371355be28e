"""Every form definition that was ever in use, by its hash: old versions stay readable for ever."""

from __future__ import annotations

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import at
from fieldapp.core.db import Base


class FormVersion(Base):
    """A form definition, verbatim canonical text."""

    __tablename__ = "form_versions"
    hash: Mapped[str] = mapped_column(String(43), primary_key=True)
    ref: Mapped[str] = mapped_column(String(60), index=True)  # name@version
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[int] = at()
