"""Sessions live in the database: begun, listed, ended (DESIGN 5)."""

from __future__ import annotations

from fieldapp.accounts.models import LoginSession, Person
from fieldapp.core.clock import HOUR, MINUTE
from fieldapp.core.db import write
from fieldapp.core.ids import new_token, token_hash

# The shortest limit of a person's roles holds: a volunteer's lasts a shift, a legal partner's half an hour.
LIMITS = {
    "volunteer": 16 * HOUR,
    "trainer": 12 * HOUR,
    "coordinator": 12 * HOUR,
    "admin": 2 * HOUR,
    "legal": 30 * MINUTE,
}
STEP_UP = 5 * MINUTE


def begin(person: Person, now: int, *, label: str = "", stepped_up: bool = True) -> str:
    """Begin a session for ``person`` in their first chapter; returns the token, which is stored only as a hash."""
    token = new_token()
    roles = [m.role for m in person.memberships]
    home = min(person.memberships, key=lambda m: m.since).chapter_id
    with write() as session:
        session.add(
            LoginSession(
                token_hash=token_hash(token),
                person_id=person.id,
                chapter_id=home,
                label=label,
                created_at=now,
                last_seen_at=now,
                expires_at=now + min(LIMITS[role] for role in roles),
                step_up_until=now + STEP_UP if stepped_up else 0,
            )
        )
    return token
