"""Who knocks."""

from __future__ import annotations

import pytest

from tests.factories import Factory
from tests.phone import Phone


@pytest.fixture
def phone(make: Factory) -> Phone:
    """A volunteer's phone."""
    return make.phone(make.person(make.chapter()))
