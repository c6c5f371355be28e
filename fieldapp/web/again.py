"""What the database broke off for another's sake (a deadlock) is done again, a few times, wherever nothing was committed yet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, request
from sqlalchemy.exc import DBAPIError

from fieldapp.core.db import commits, db, gave_way
from fieldapp.core.errors import N_, DomainError

TRIES = 3


def init_app(app: Flask) -> None:
    """Let every view be tried again."""
    app.dispatch_request = _again(app.dispatch_request)  # type: ignore[method-assign]


def _again(dispatch: Callable[..., Any]) -> Callable[..., Any]:
    def act(*given: Any) -> Any:
        before = commits()
        for left in reversed(range(TRIES)):
            try:
                return dispatch(*given)
            except DBAPIError as error:
                if not gave_way(error) or commits() != before:
                    raise
                db.session.rollback()
                if not left or request.mimetype == "multipart/form-data":  # a file is read once
                    raise _busy() from error
        raise AssertionError  # the last try has returned or raised

    return act


def _busy() -> DomainError:
    return DomainError(
        "unavailable",
        N_("The server is busy."),
        safe=N_("Nothing was changed."),
        do=N_("Wait a minute, then try again."),
        status=503,
    )
