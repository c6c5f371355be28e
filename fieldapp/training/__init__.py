"""The training domain."""

from __future__ import annotations

from flask import Flask

from fieldapp.training import models  # noqa: F401 - the tables must be known


def init_app(app: Flask) -> None:
    """Attach this domain to the application."""
