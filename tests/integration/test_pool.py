"""A pooled connection whose server went away while it lay idle is replaced, not handed out."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from fieldapp.core import db as database
from fieldapp.core.db import db


def test_a_connection_that_died_while_idle_is_replaced(app, monkeypatch: pytest.MonkeyPatch):
    if db.engine.dialect.name == "sqlite":
        return  # a file does not hang up
    monkeypatch.setattr(database, "IDLE", -1.0)
    db.session.remove()
    db.engine.dispose()  # so that the dead one is the only one that waits
    with db.engine.connect() as first, db.engine.connect() as other:
        dying = first.execute(text("SELECT pg_backend_pid()")).scalar_one()
        keep = other.execute(text("SELECT pg_backend_pid()")).scalar_one()
        first.rollback()
        first.close()
        other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": dying})
        with db.engine.connect() as again:
            assert again.execute(text("SELECT pg_backend_pid()")).scalar_one() not in {dying, keep}
