"""This installation's settings, for services, which import no Flask."""

from __future__ import annotations

from typing import cast

from flask import current_app

from fieldapp.config import Settings


def settings() -> Settings:
    """The settings of the running application."""
    return cast(Settings, current_app.config["SETTINGS"])
