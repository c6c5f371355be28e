"""Places where people observe: courthouses, offices, neighbourhoods; their lists of judges and courtrooms."""

from __future__ import annotations

from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import Index, Select, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fieldapp.core.actor import Actor
from fieldapp.core.columns import Json, at, key, maybe_at, ref
from fieldapp.core.db import Base


class Place(Base):
    """A place of a chapter. ``zone`` is IANA; ``geom`` a point, ``area`` a neighbourhood, both WGS84."""

    __tablename__ = "places"
    id: Mapped[str] = key()
    chapter_id: Mapped[str] = ref("chapters.id")
    source_id: Mapped[str | None] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(30))  # immigration_court, ice_office, courthouse, neighbourhood, other
    name: Mapped[str] = mapped_column(String(160))
    address: Mapped[str] = mapped_column(String(300), default="")
    city: Mapped[str] = mapped_column(String(80), default="")
    state: Mapped[str] = mapped_column(String(40), default="")
    zone: Mapped[str] = mapped_column(String(60))
    geom: Mapped[WKBElement | None] = mapped_column(Geometry("POINT", srid=4326, spatial_index=True))
    area: Mapped[WKBElement | None] = mapped_column(Geometry("POLYGON", srid=4326, spatial_index=True))
    precision: Mapped[str] = mapped_column(String(20), default="exact")  # exact, zip_centroid
    device_rules: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)  # {"phones": code, "note": {"en","es"}}
    meeting_spot: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[int] = at()
    closed_at: Mapped[int | None] = maybe_at()
    picks: Mapped[list[PlacePick]] = relationship(cascade="all, delete-orphan", order_by="PlacePick.label")
    __table_args__ = (UniqueConstraint("chapter_id", "source_id"),)

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Place]:
        """Places of the actor's chapters and the pods below them, and, to read only, of the chapters above."""
        return select(cls).where(cls.chapter_id.in_(actor.chapters | actor.above))


class PlacePick(Base):
    """One entry of a place's own list: a judge or a courtroom. Records keep its id, so it is renamed or retired, never removed."""

    __tablename__ = "place_picks"
    id: Mapped[str] = key()
    place_id: Mapped[str] = ref("places.id")
    list: Mapped[str] = mapped_column(String(20))  # judges, courtrooms
    label: Mapped[str] = mapped_column(String(80))
    retired_at: Mapped[int | None] = maybe_at()
    formerly: Mapped[Any] = mapped_column(
        Json, default=lambda: []
    )  # ("list" is a column here) [{"label", "until": ms UTC}], oldest first
    __table_args__ = (UniqueConstraint("place_id", "list", "label"),)


class PlaceImport(Base):
    """A checked file between "what it will do" and "do it": only its person finds it, and only for an hour."""

    __tablename__ = "place_imports"
    id: Mapped[str] = key()
    chapter_id: Mapped[str] = ref("chapters.id")
    person_id: Mapped[str] = ref("people.id")
    filename: Mapped[str] = mapped_column(String(120))
    rows: Mapped[Any] = mapped_column(Json)  # what fieldapp.places.importers.Parsed says
    created_at: Mapped[int] = at()
    expires_at: Mapped[int] = at()
    __table_args__ = (Index("ix_place_imports_expires_at", "expires_at"),)
