"""What the worker runs for alerts, apart from the jobs: a long job must never hold up an alert."""

from __future__ import annotations

from flask import Flask

from fieldapp.alerts.services import escalation, stages, verifying
from fieldapp.core import worker
from fieldapp.core.worker import Bell


def push(app: Flask, bell: Bell) -> None:
    """The push loop; the web process never loads what it needs."""
    from fieldapp.alerts.push import sender

    sender.loop(app, bell)


worker.register("alerts", worker.turns(escalation.climb_due))
worker.register("response", worker.turns(stages.respond_due))
worker.register("checks", worker.turns(verifying.checks_due))
worker.register("push", push)
