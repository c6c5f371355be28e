"""What the door answered, and what stands in the table."""

from __future__ import annotations

from typing import Any

from fieldapp.records.models import Record
from tests.factories import Factory


def outcomes(results: list[dict[str, Any]]) -> list[str]:
    return [one["outcome"] for one in results]


def reasons(make: Factory) -> list[list[str]]:
    return [kept.reasons for kept in make.all(Record)]
