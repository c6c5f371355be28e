"""How much may be sent, in memory only: by a device key what is new, by an address what is not.

What is new proves the key: nobody else can make it. What was stored before can be sent again by anybody who once saw it pass, so it
counts against the address that it comes from, and never uses up the share of whose it is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from flask import current_app
from limits import parse

from fieldapp.core.errors import N_, DomainError
from fieldapp.records.services.accept import Result
from fieldapp.web.ratelimit import limiter, who

RETRY_AFTER = 60
RECORDS = parse("3000 per minute")
AGAIN = parse("30000 per minute")  # records that were not new; a restored server hears every phone's again
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
    """The key that each envelope names. Raises SlowDown when one of them, or the address, has sent too much."""
    keys = [_key_of(envelope) for envelope in envelopes]
    if current_app.config["RATELIMIT_ENABLED"]:
        if not limiter.limiter.test(AGAIN, "again", who()):
            raise SlowDown()
        for key in {one for one in keys if one}:
            if not limiter.limiter.test(RECORDS, key):
                raise SlowDown()
    return keys


def count(keys: Sequence[str | None], results: Sequence[Result]) -> None:
    """Count what was written anew for its key, and everything else for the address."""
    if not current_app.config["RATELIMIT_ENABLED"]:
        return
    new = Counter(key for key, one in zip(keys, results, strict=True) if key and one.anew)
    for key, amount in new.items():
        limiter.limiter.hit(RECORDS, key, cost=amount)
    if again := len(results) - new.total():
        limiter.limiter.hit(AGAIN, "again", who(), cost=again)


def _key_of(envelope: Any) -> str | None:
    text = envelope.get("body") if isinstance(envelope, dict) else None
    found = _KEY.search(text) if isinstance(text, str) else None
    return found[1] if found else None
