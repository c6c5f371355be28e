"""Alembic on both databases: one chain, native ALTER only.

Batch mode stays off: it silently corrupts SpatiaLite (geometry_columns is left pointing at a temporary table).
"""

from __future__ import annotations

from typing import Any

from alembic import context
from geoalchemy2 import alembic_helpers
from sqlalchemy import text

from fieldapp.core.columns import Json
from fieldapp.core.db import Base, create_spatial_metadata, write

LOCK = 7_411_002  # any number, the same in every process: migrations run one at a time


def include_object(thing: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:
    """Only our own tables: SpatiaLite and PostGIS keep theirs in the same schema."""
    if kind == "table" and name not in Base.metadata.tables:
        return False
    return bool(alembic_helpers.include_object(thing, name, kind, reflected, compare_to))


def render_item(kind: str, thing: Any, autogen: Any) -> Any:
    """Our JSON is text; geometry columns as GeoAlchemy2 writes them."""
    if isinstance(thing, Json):
        return "sa.Text()"
    return alembic_helpers.render_item(kind, thing, autogen)


def run() -> None:
    """Run the migrations inside the write gate, in one transaction for each version."""
    with write() as session:
        connection = session.connection()
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": LOCK})
        create_spatial_metadata(connection)
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            include_object=include_object,
            process_revision_directives=alembic_helpers.writer,
            render_item=render_item,
            compare_type=True,
            render_as_batch=False,
        )
        context.run_migrations()


run()
