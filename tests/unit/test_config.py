"""Settings that would give something away are refused when the server starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldapp.config import ConfigError, from_environment


def settings(home: Path, url: str, secret: str = "a-secret-of-more-than-thirty-two-characters") -> dict[str, str]:
    return {"FIELDAPP_DATA_DIR": str(home), "FIELDAPP_PUBLIC_URL": url, "FIELDAPP_SECRET_KEY": secret}


def test_a_public_address_must_be_https(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="https"):
        from_environment(settings(tmp_path, "http://watch.example.org"))
    assert from_environment(settings(tmp_path, "https://watch.example.org")).secure


def test_a_short_secret_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        from_environment(settings(tmp_path, "https://watch.example.org", "short"))
