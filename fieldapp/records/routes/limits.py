"""How much may be sent, in memory only: by a device key what is new, by an address what is not.

What is new proves the key: nobody else can make it. What was stored before can be sent again by anybody who once saw it pass, so it
counts against the address that it comes from, and never uses up the share of whose it is.

Many phones share an address (a courthouse's network), and anybody there can use up its share with junk. So an address that sent too much
is still listened to for what is urgent: a small request with an alert, or an answer to one, that a registered key signed. That look has no
count of its own, because whoever sends junk could use that up, too; it is bounded by what it costs. At most EIGHT records in SMALL bytes
are read, one indexed query finds their keys, and only for keys that are found are signatures verified: about what turning it away costs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from flask import current_app, request
from limits import RateLimitItemPerMinute, parse

from fieldapp.accounts.services.devices import find_keys
from fieldapp.core.errors import N_, DomainError
from fieldapp.records import envelope, registry
from fieldapp.records.registry import Kind
from fieldapp.records.services import accept, arrivals, epochs
from fieldapp.records.services.accept import COME_BACK, Result
from fieldapp.web.ratelimit import limiter, who

RETRY_AFTER = 60
REQUESTS = parse("6000 per minute")  # by address: many phones drain behind one courthouse's network
RECORDS = parse("3000 per minute")
AGAIN = parse("30000 per minute")  # records that were not new; a restored server hears every phone's again
EIGHT = 8
SMALL = 32 * 1024  # bytes; an alert is about 2 kB
_KEY = re.compile(r'"key":"([A-Za-z0-9_-]{43})"')  # in JSON text no string can hold this: its quotes would be escaped
_KIND = re.compile(r'"kind":"([a-z_]{1,40})"')


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


def arrive() -> bool:
    """Count a request before it is read; whether its address has sent too much. Raises SlowDown when it has, and this is not small."""
    if not current_app.config["RATELIMIT_ENABLED"]:
        return False
    crowded = not limiter.limiter.hit(REQUESTS, "sync", who()) or not limiter.limiter.test(AGAIN, "again", who())
    if crowded and not 0 < (request.content_length or 0) <= SMALL:
        raise SlowDown()
    return crowded


def take(envelopes: Sequence[Any], now: int, *, crowded: bool) -> list[Result]:
    """Accept what may come in now, and count it; answers in the order asked. ``crowded``: from an address that sent too much.
    Raises SlowDown when that holds nothing urgent, or when one of the keys sent too much."""
    if not current_app.config["RATELIMIT_ENABLED"]:
        return accept.accept(envelopes, now)
    if crowded and not _is_urgent(envelopes, now):
        raise SlowDown()
    keys = [_named(_KEY, one) for one in envelopes]
    for key in {one for one in keys if one}:
        if not limiter.limiter.test(RECORDS, key):
            raise SlowDown()
    now_not_later = list(_in_time(envelopes, keys))
    let_in = [one for one, may in zip(envelopes, now_not_later, strict=True) if may]
    accepted = iter(accept.accept(let_in, now) if let_in else [])
    results = [next(accepted) if may else _later(one, now) for one, may in zip(envelopes, now_not_later, strict=True)]
    _count(envelopes, keys, results)
    return results


def _is_urgent(envelopes: Sequence[Any], now: int) -> bool:
    """Whether a registered key signed something urgent here; the cheapest questions first."""
    found = [one for one in envelopes if (kind := _kind_of(one)) and kind.urgent]
    if not found or len(envelopes) > EIGHT:
        return False
    known = find_keys({key for one in found if (key := _named(_KEY, one))})
    working = {name for name, key in known.items() if key.revoked_at is None and not key.disabled}
    found = [one for one in found if _named(_KEY, one) in working]
    sifted = arrivals.sift(found, epochs.standing(now)) if found else []
    return any(isinstance(one, arrivals.Arrived) and one.kind.urgent for one in sifted)


def _in_time(envelopes: Sequence[Any], keys: Sequence[str | None]) -> Iterator[bool]:
    """Whether each envelope may come in now, for kinds of which a key may send only so many a minute."""
    left: dict[tuple[str, str], int] = {}
    for one, key in zip(envelopes, keys, strict=True):
        kind = _kind_of(one)
        if key is None or kind is None or kind.per_minute is None:
            yield True
            continue
        name = (kind.name, key)
        if name not in left:
            left[name] = limiter.limiter.get_window_stats(_limit_of(kind), *name).remaining
        left[name] -= 1
        yield left[name] >= 0


def _limit_of(kind: Kind) -> RateLimitItemPerMinute:
    assert kind.per_minute is not None
    return RateLimitItemPerMinute(kind.per_minute)


def _later(one: Any, now: int) -> Result:
    """The answer to a record that has to come again, named as far as it can be read."""
    try:
        record = envelope.parse(one)
    except envelope.Refused as refused:
        return Result(f"refused/{refused.code}", refused.id, refused.digest or None)
    return Result("later", record.id, record.digest, not_before=now + COME_BACK)


def _count(envelopes: Sequence[Any], keys: Sequence[str | None], results: Sequence[Result]) -> None:
    """Count what was written anew for its key, and everything else for the address."""
    new: Counter[str] = Counter()
    for one, key, result in zip(envelopes, keys, results, strict=True):
        if not key or not result.anew:
            continue
        new[key] += 1
        kind = _kind_of(one)
        if kind and kind.per_minute is not None:
            limiter.limiter.hit(_limit_of(kind), kind.name, key)
    for key, amount in new.items():
        limiter.limiter.hit(RECORDS, key, cost=amount)
    if again := len(results) - new.total():
        limiter.limiter.hit(AGAIN, "again", who(), cost=again)


def _kind_of(one: Any) -> Kind | None:
    name = _named(_KIND, one)
    return registry.find(name) if name else None


def _named(member: re.Pattern[str], one: Any) -> str | None:
    """A member of the body of an envelope, without reading the body as JSON."""
    text = one.get("body") if isinstance(one, dict) else None
    found = member.search(text) if isinstance(text, str) else None
    return found[1] if found else None
