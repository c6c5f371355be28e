"""``python -m fieldapp COMMAND``: the same commands as ``flask --app wsgi COMMAND``."""

from __future__ import annotations

import sys

from flask.cli import FlaskGroup
from sqlalchemy.exc import OperationalError, ProgrammingError

from fieldapp import create_app
from fieldapp.core.errors import ConfigError

NOT_SET_UP = (
    "This installation is not set up yet, or FIELDAPP_DATA_DIR and FIELDAPP_DATABASE_URL are not those that it was set up with. "
    "No data was changed. For a new one, run first: .venv/bin/python -m fieldapp init"
)


def main() -> None:
    """Run a command of the installation; what a person can put right is said in a sentence, not as a traceback."""
    group = FlaskGroup(name="fieldapp", create_app=create_app, add_default_commands=False, add_version_option=False)
    try:
        group(prog_name="python -m fieldapp")
    except ConfigError as error:
        sys.exit(f"Error: {error} Nothing was changed.")
    except (OperationalError, ProgrammingError) as error:
        if not _lacks_tables(error):
            raise
        sys.exit(f"Error: {NOT_SET_UP}")


def _lacks_tables(error: OperationalError | ProgrammingError) -> bool:
    """Whether the statement met a database without our tables (SQLite's words; PostgreSQL's code)."""
    return "no such table" in str(error.orig) or getattr(error.orig, "sqlstate", None) == "42P01"


if __name__ == "__main__":
    main()
