"""Write a migration from the difference between the newest one and the models: python -m tools.new_migration "what it does"

It runs on a private, throw-away PostgreSQL with PostGIS; read the result before it is committed.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from flask_migrate import migrate, upgrade

from fieldapp import TOP, create_app
from tests.cluster import Cluster
from tests.conftest import settings_for


def main() -> None:
    """Number it after the newest one."""
    number = len(list((TOP / "migrations" / "versions").glob("*.py"))) + 1
    cluster = Cluster()
    cluster.start()
    try:
        app = create_app(settings_for(Path(tempfile.mkdtemp()), cluster.create("next")))
        with app.app_context():
            if number > 1:
                upgrade()
            migrate(message=f"{number:04d} {sys.argv[1]}", rev_id=f"{number:04d}")
    finally:
        cluster.stop()


if __name__ == "__main__":
    main()
