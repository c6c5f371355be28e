"""The blueprints of training: its pages, and what phones ask for."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("training", __name__, url_prefix="/training")
api = Blueprint("training_api", __name__, url_prefix="/api/v1")
