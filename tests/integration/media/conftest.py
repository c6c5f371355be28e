"""A chapter, a volunteer with a phone, and something they recorded."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any

import pytest

from fieldapp.observations.services import uploads
from tests.factories import Factory
from tests.phone import Phone
from tests.uploads import Recording


@pytest.fixture
def chapter(make: Factory) -> Any:
    """The chapter."""
    return make.chapter()


@pytest.fixture
def phone(make: Factory, chapter: Any) -> Phone:
    """A volunteer's phone."""
    return make.phone(make.person(chapter))


@pytest.fixture
def photo(phone: Phone) -> Recording:
    """A small sealed photo."""
    return Recording(phone, secrets.token_bytes(9_000))


@pytest.fixture
def store(app: Any) -> Any:
    """Where media lie."""
    return uploads.store()


@pytest.fixture
def limit(app: Any) -> Any:
    """``limit(media_item_mb=1)`` changes the installation's settings."""

    def change(**more: Any) -> None:
        app.config["SETTINGS"] = replace(app.config["SETTINGS"], **more)

    return change
