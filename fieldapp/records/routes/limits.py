"""How much one device key may send: counted for keys whose signature was good, in memory only."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from flask import current_app
from limits import parse

from fieldapp.core.errors import N_, DomainError
from fieldapp.records.services.accept import Result
from fieldapp.web.ratelimit import limiter

RETRY_AFTER = 60
RECORDS = parse("3000 per minute")
_KEY = re.compile(r'"key":"([A-Za-z0-9_-]{43})"')  # in JSON text no string can hold this: its quotes would be escaped


class SlowDown(DomainError):
    """This key sent very much in a short time; the records are welcome later."""

    status = 429

    def __init__(self) -> None:
        super().__init__(
            "slow_down",
            N_("This phone sent very much in a short time."),
            safe=N_("Every record stays on this phone."),
            do=N_("It is tried again by itself."),
        )
        self.retry_after = RETRY_AFTER


def check(envelopes: Sequence[Any]) -> list[str | None]:
    """The key that each envelope names. Raises SlowDown when one of them has sent too much."""
    keys = [_key_of(envelope) for envelope in envelopes]
    if current_app.config["RATELIMIT_ENABLED"]:
        for key in {one for one in keys if one}:
            if not limiter.limiter.test(RECORDS, key):
                raise SlowDown()
    return keys


def count(keys: Sequence[str | None], results: Sequence[Result]) -> None:
    """Count what was not refused: nobody can use up another key's share without that key."""
    if not current_app.config["RATELIMIT_ENABLED"]:
        return
    taken = Counter(
        key for key, one in zip(keys, results, strict=True) if key and not one.outcome.startswith("refused/")
    )
    for key, amount in taken.items():
        limiter.limiter.hit(RECORDS, key, cost=amount)


def _key_of(envelope: Any) -> str | None:
    text = envelope.get("body") if isinstance(envelope, dict) else None
    found = _KEY.search(text) if isinstance(text, str) else None
    return found[1] if found else None
