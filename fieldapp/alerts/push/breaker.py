"""A breaker for each push service: one that fails, or asks for quiet, is left alone for a while and then tried with one push at a time."""

from __future__ import annotations

from dataclasses import dataclass

from fieldapp.core.clock import MINUTE, SECOND

FAILURES = 5  # in a row
SHORTEST, LONGEST = SECOND, MINUTE
ALERT_PATIENCE = 2 * SECOND  # an alert tries a service that is left alone this often


@dataclass
class _Service:
    failures: int = 0
    shut_until: int = 0
    asked_until: int = 0  # by the service itself
    tried_at: int = 0
    probing: bool = False


class Breaker:
    """In the memory of one sender; what it learns is learned anew by the next one within a few pushes. Times: ms UTC."""

    def __init__(self) -> None:
        self._services: dict[str, _Service] = {}

    def wait(self, origin: str, now: int, *, alert: bool) -> int:
        """How long a push to ``origin`` must wait, in ms; 0 lets it go. Of a service that was shut one push goes, and shows how it is.

        An alert probes more often than others; what the service itself asked for (Retry-After) holds for all.
        """
        known = self._services.get(origin)
        if known is None:
            return 0
        if now < known.asked_until:
            return known.asked_until - now
        if known.failures < FAILURES:
            return 0
        until = min(known.shut_until, known.tried_at + ALERT_PATIENCE) if alert else known.shut_until
        if now < until or known.probing:
            return max(SHORTEST, until - now)
        known.probing, known.tried_at = True, now
        return 0

    def heard(self, origin: str, now: int, status: int, retry_after: int | None) -> None:
        """An answer, or 0 for none: 5xx and silence count against the service; any other answer shows that it lives."""
        known = self._services.setdefault(origin, _Service())
        known.probing = False
        if status in (429, 503) and retry_after:
            known.asked_until = max(known.asked_until, now + retry_after)
        if status == 0 or status >= 500:
            known.failures += 1
            known.tried_at = now
            steps = min(known.failures - FAILURES, 6)
            known.shut_until = now + min(LONGEST, SHORTEST * 2**steps) if steps >= 0 else 0
        else:
            known.failures = 0
