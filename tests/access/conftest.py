"""The world is made once for each kind of database: no row uses up what another needs."""

from __future__ import annotations

import importlib
import pkgutil
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldapp import create_app
from fieldapp.core.clock import FixedClock
from fieldapp.core.db import db
from tests.access import rows
from tests.access.world import World, build
from tests.conftest import NOON, empty, settings_for

MODULES = [importlib.import_module(f"{rows.__name__}.{m.name}") for m in pkgutil.iter_modules(rows.__path__)]


@pytest.fixture(scope="module", params=["spatialite", "postgis"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Four chapters, one of each kind of person in every one, and everybody's browser."""
    home = tmp_path_factory.mktemp("access")
    if request.param == "postgis":
        url = str(request.getfixturevalue("postgis_url"))
    else:
        template: Path = request.getfixturevalue("spatialite_template")
        for part in template.parent.glob("fieldapp.db*"):
            shutil.copy(part, home / part.name)
        url = f"sqlite:///{home / 'fieldapp.db'}"
    clock = FixedClock(NOON)
    app = create_app(settings_for(home, url), clock)
    app.config["RATELIMIT_ENABLED"] = False
    with app.app_context():
        if request.param == "postgis":
            empty()
        yield build(app, clock, [module.things for module in MODULES if hasattr(module, "things")])
        db.session.remove()
        db.engine.dispose()
