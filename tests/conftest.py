"""What every test stands on: an application on a real database (SpatiaLite and PostGIS), a clock that stands still, people."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import stamp
from sqlalchemy import event, text

from fieldapp import create_app
from fieldapp.config import PUSH_HOSTS, Settings
from fieldapp.core.clock import FixedClock
from fieldapp.core.db import Base, create_all, db, write
from tests.cluster import Cluster
from tests.factories import Factory
from tests.people import Browser

NOON = 1_795_446_000_000  # Monday 23 November 2026, 15:00 UTC: 10:00 in New York


def settings_for(home: Path, url: str, **more: Any) -> Settings:
    """Settings of a test installation."""
    values: dict[str, Any] = {
        "data_dir": home,
        "database_url": url,
        "public_url": "http://localhost",
        "secret_key": "test-only-secret-test-only-secret-00",
        "testing": True,
        "push_hosts": PUSH_HOSTS,
        **more,
    }
    return Settings(**values)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The run's PostgreSQL; started only when a test asks for it."""
    made = Cluster()
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def spatialite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database file with every table, copied for each test."""
    home = tmp_path_factory.mktemp("template")
    app = create_app(settings_for(home, f"sqlite:///{home / 'fieldapp.db'}"), FixedClock(NOON))
    with app.app_context():
        create_all()
        stamp()
        db.session.remove()
        db.engine.dispose()
    return home / "fieldapp.db"


@pytest.fixture(scope="session")
def postgis_url(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with every table, emptied before each test."""
    url = cluster.create("tests")
    app = create_app(settings_for(tmp_path_factory.mktemp("postgis"), url), FixedClock(NOON))
    with app.app_context():
        create_all()
        stamp()
        db.engine.dispose()
    return url


@pytest.fixture(params=["spatialite", "postgis"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database with every table; each test runs on both kinds."""
    if request.param == "postgis":
        return str(request.getfixturevalue("postgis_url"))
    template: Path = request.getfixturevalue("spatialite_template")
    for part in template.parent.glob("fieldapp.db*"):
        shutil.copy(part, tmp_path / part.name)
    return f"sqlite:///{tmp_path / 'fieldapp.db'}"


@pytest.fixture
def clock() -> FixedClock:
    """Monday 23 November 2026, 10:00 in New York, until it is moved."""
    return FixedClock(NOON)


@pytest.fixture
def app(database: str, clock: FixedClock, tmp_path: Path) -> Iterator[Flask]:
    """An application on an empty database, inside its context. Limits by rate are off, CSRF is on."""
    made = create_app(settings_for(tmp_path, database), clock)
    made.config["RATELIMIT_ENABLED"] = False
    with made.app_context():
        if database.startswith("postgresql"):
            empty()
        yield made
        db.session.remove()
        db.engine.dispose()


def empty() -> None:
    """Empty every table of a PostgreSQL database."""
    names = ", ".join(f'"{t.name}"' for t in Base.metadata.sorted_tables)
    with write() as session:
        session.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))


@pytest.fixture
def make(app: Flask, clock: FixedClock) -> Factory:
    """Makes people, chapters, places, shifts: each call one committed thing."""
    return Factory(clock)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that is not signed in."""
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask, clock: FixedClock) -> Browser:
    """``sign_in(person)`` gives a browser with that person's session and the page's CSRF token."""
    return Browser(app, clock)


@pytest.fixture
def queries(app: Flask) -> Callable[[], AbstractContextManager[list[str]]]:
    """``with queries() as seen:`` collects the statements that the database gets meanwhile."""

    @contextmanager
    def listen() -> Iterator[list[str]]:
        seen: list[str] = []

        def keep(_c: Any, _u: Any, statement: str, *_: Any) -> None:
            seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", keep)
        try:
            yield seen
        finally:
            event.remove(db.engine, "before_cursor_execute", keep)

    return listen
