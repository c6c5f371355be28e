"""The migrations make what the models say, on both databases, and every step goes up and down with data in the tables."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from geoalchemy2 import Geometry
from sqlalchemy import BigInteger, Connection, Integer, LargeBinary, MetaData, Table, inspect, select, text

from fieldapp import TOP, create_app
from fieldapp.core.clock import FixedClock
from fieldapp.core.db import Base, db, write
from tests.cluster import Cluster
from tests.conftest import NOON, settings_for


def revisions() -> list[str]:
    """Every revision, oldest first."""
    config = Config()
    config.set_main_option("script_location", str(TOP / "migrations"))
    return [step.revision for step in reversed(list(ScriptDirectory.from_config(config).walk_revisions()))]


@pytest.fixture(params=["spatialite", "postgis"])
def empty_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """``empty_app(name)`` is an application on a database without a single table."""
    made: list[Flask] = []

    def build(name: str) -> Flask:
        if request.param == "postgis":
            cluster: Cluster = request.getfixturevalue("cluster")
            url = cluster.create(f"m_{name}_{abs(hash(str(tmp_path))) % 10**9}")
        else:
            (tmp_path / name).mkdir()
            url = f"sqlite:///{tmp_path / name / 'fieldapp.db'}"
        made.append(create_app(settings_for(tmp_path, url), FixedClock(NOON)))
        return made[-1]

    yield build
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
    shutil.rmtree(tmp_path, ignore_errors=True)


def described(connection: Connection) -> dict[str, Any]:
    """What the database itself says of our tables: columns, keys, indexes and checks."""
    seen = inspect(connection)
    found: dict[str, Any] = {}
    for name in sorted(set(seen.get_table_names()) & set(Base.metadata.tables)):
        found[name] = {
            "columns": {c["name"]: (_type(c["type"]), c["nullable"]) for c in seen.get_columns(name)},
            "key": sorted(seen.get_pk_constraint(name)["constrained_columns"]),
            "foreign": sorted(
                (tuple(f["constrained_columns"]), f["referred_table"], str(f.get("options", {}).get("ondelete")))
                for f in seen.get_foreign_keys(name)
            ),
            "unique": sorted(tuple(u["column_names"]) for u in seen.get_unique_constraints(name)),
            "indexes": sorted((tuple(i["column_names"]), bool(i["unique"])) for i in seen.get_indexes(name)),
            "checks": sorted(re.sub(r"\s+", " ", str(c["sqltext"])) for c in seen.get_check_constraints(name)),
        }
    return found


def _type(kind: Any) -> str:
    return f"{kind.geometry_type} {kind.srid}" if isinstance(kind, Geometry) else str(kind)


def fill(connection: Connection) -> int:
    """One row in every table that has none yet, made from nothing but the tables' own descriptions."""
    known = MetaData()
    ours = [n for n in inspect(connection).get_table_names() if n in Base.metadata.tables]
    known.reflect(connection, only=ours)
    values: dict[str, dict[str, Any]] = {}
    for table in known.sorted_tables:
        if table.name in ours:
            values[table.name] = {c.name: _value(table, c, values) for c in table.columns if not _own(c)}
            if connection.execute(select(table).limit(1)).first() is None:  # rows of the step before are still there
                connection.execute(table.insert().values(values[table.name]))
    return len(values)


def _own(column: Any) -> bool:
    """The database numbers these itself; geometry and what may be empty stays empty."""
    numbered = column.primary_key and isinstance(column.type, Integer | BigInteger) and column.name == "pk"
    return numbered or (column.nullable and not column.foreign_keys) or isinstance(column.type, Geometry)


def _value(table: Table, column: Any, values: dict[str, dict[str, Any]]) -> Any:
    for key in column.foreign_keys:
        target = key.column.table.name
        if target == table.name:
            return None
        return values[target].get(key.column.name, 1)
    return _KNOWN.get((table.name, column.name), _plain(column))


def _plain(column: Any) -> Any:
    if isinstance(column.type, Integer | BigInteger):
        return 1
    if isinstance(column.type, LargeBinary):
        return b"1"
    if "BOOL" in str(column.type).upper():
        return False
    return "1"


# Columns whose CHECK admits only certain values.
_KNOWN: dict[tuple[str, str], Any] = {
    ("memberships", "role"): "volunteer",
    ("attendances", "state"): "here",
    ("grades", "grade"): "watcher",
    ("shifts", "ends_at"): 2,
    ("shifts", "starts_at"): 1,
    ("claims", "state"): "claimed",
    ("rota_turns", "starts_at"): 1,
    ("rota_turns", "ends_at"): 2,
    ("waits", "state"): "waiting",
    ("swaps", "state"): "open",
    ("need_days", "kind"): "off",
    ("sign_offs", "result"): "signed",
    ("welcome_calls", "outcome"): "called",
    ("alerts", "state"): "raised",
    ("alerts", "what"): "ice_here",
    ("deliveries", "state"): "waiting",
    ("guides", "kind"): "page",
    ("alert_asks", "kind"): "verify",
    ("alert_asks", "state"): "asked",
    ("alert_asks", "saw"): "",
    ("alert_sends", "ring"): "near",
    ("alert_sends", "state"): "proposed",
    ("coverage_counts", "span"): "week",
    ("partner_links", "threshold"): 5,
    ("calendar_feeds", "says"): "plain",
    ("sheet_imports", "kind"): "shifts",
    ("guides", "audience"): "public",
    ("partners", "kind"): "legal",
    ("partner_asks", "what"): "accompany",
    ("partner_asks", "state"): "asked",
    ("partner_asks", "ends_at"): 2,
    ("moves", "state"): "offered",
}


def test_the_migrations_make_exactly_what_the_models_say(empty_app):
    with empty_app("migrated").app_context():
        upgrade()
        migrated = described(db.session.connection())
        db.session.rollback()
    created_app = empty_app("created")
    # A process of its own: GeoAlchemy2 changes a table's indexes in memory when it creates the table.
    address = created_app.config["SETTINGS"].database_url
    subprocess.run([sys.executable, "-m", "tests.migrations.create", address], check=True, cwd=TOP)
    with created_app.app_context():
        created = described(db.session.connection())
        db.session.rollback()
    assert set(migrated) == set(Base.metadata.tables)
    assert migrated == created


def test_every_step_goes_up_and_down_with_data_in_every_table(empty_app):
    steps = revisions()
    with empty_app("steps").app_context():
        for step in steps:
            upgrade(revision=step)
            with write() as session:
                filled = fill(session.connection())
            assert filled > 0
            previous = steps[steps.index(step) - 1] if steps.index(step) else "base"
            downgrade(revision=previous)
            upgrade(revision=step)
        downgrade(revision="base")
        left = set(inspect(db.session.connection()).get_table_names()) & set(Base.metadata.tables)
        assert left == set()


def test_a_migrated_database_keeps_its_rows_through_a_step_down_and_up_again(empty_app):
    steps = revisions()
    with empty_app("kept").app_context():
        upgrade()
        with write() as session:
            fill(session.connection())
        assert db.session.scalar(select(text("count(*)")).select_from(text("chapters"))) == 1
        if len(steps) > 1:
            downgrade(revision=steps[-2])
            assert db.session.scalar(select(text("count(*)")).select_from(text("chapters"))) == 1
        upgrade()
        assert db.session.scalar(select(text("count(*)")).select_from(text("chapters"))) == 1
