"""The application as it is served, without limits by rate: one machine plays a whole organisation here."""

from __future__ import annotations

from fieldapp import create_app
from fieldapp.core import memory

app = create_app()
app.config["RATELIMIT_ENABLED"] = False
memory.settle()
