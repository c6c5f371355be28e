"""What a phone is told when somebody signed in (docs/protocol.md 9). The server's keys come from the domains that hold them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fieldapp.accounts.models import Person

Provider = Callable[[], dict[str, Any]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Add members to the welcome: ``log``, ``epoch``, ``root``, ``server_keys``, ``log_key`` from records, ``vapid`` from alerts."""
    if provider not in _providers:
        _providers.append(provider)


def build(person: Person, chapter_id: str) -> dict[str, Any]:
    """The welcome for a person who signed in for a chapter."""
    about = {"id": person.id, "field_name": person.field_name, "lang": person.lang}
    made: dict[str, Any] = {"person": about, "chapter": chapter_id}
    for provider in _providers:
        made |= provider()
    return made
