"""``fieldapp worker``."""

from __future__ import annotations

import logging

from flask import Flask

from fieldapp.core.worker import Worker


def register(app: Flask) -> None:
    """Add this domain's commands."""

    @app.cli.command("worker")
    def worker() -> None:
        """Do jobs, alerts and pushes until told to stop (any number of workers may run)."""
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
        logging.getLogger("alembic").setLevel(logging.WARNING)
        Worker(app).run()
