"""The findings domain."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Attach this domain to the application."""
