"""``python -m fieldapp COMMAND``: the same commands as ``flask --app wsgi COMMAND``."""

from __future__ import annotations

from flask.cli import FlaskGroup

from fieldapp import create_app


def main() -> None:
    """Run a command of the installation."""
    FlaskGroup(name="fieldapp", create_app=create_app)(prog_name="fieldapp")


if __name__ == "__main__":
    main()
