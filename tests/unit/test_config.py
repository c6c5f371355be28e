"""Settings that would give something away are refused when the server starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldapp.config import ConfigError, from_environment
from tests.pmtiles import archive


def settings(home: Path, url: str, secret: str = "a-secret-of-more-than-thirty-two-characters") -> dict[str, str]:
    return {"FIELDAPP_DATA_DIR": str(home), "FIELDAPP_PUBLIC_URL": url, "FIELDAPP_SECRET_KEY": secret}


def test_a_public_address_must_be_https(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="https"):
        from_environment(settings(tmp_path, "http://watch.example.org"))
    assert from_environment(settings(tmp_path, "https://watch.example.org")).secure


def test_a_short_secret_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        from_environment(settings(tmp_path, "https://watch.example.org", "short"))


def test_a_basemap_is_a_file_of_vector_tiles_that_browsers_can_draw(tmp_path: Path) -> None:
    file = tmp_path / "streets.pmtiles"
    env = {**settings(tmp_path, "https://watch.example.org"), "FIELDAPP_BASEMAP": str(file)}
    with pytest.raises(ConfigError, match="cannot be read"):
        from_environment(env)
    for wrong in (b"", b"SQLite format 3\0" * 20, archive().content.replace(b"PMTiles\x03", b"PMTiles\x02")):
        file.write_bytes(wrong)
        with pytest.raises(ConfigError, match="version 3"):
            from_environment(env)
    for unusable in (archive(kind=2), archive(packed=4)):  # pictures; Zstandard
        file.write_bytes(unusable.content)
        with pytest.raises(ConfigError, match="vector tiles"):
            from_environment(env)
    file.write_bytes(archive().content)
    assert from_environment(env).basemap == file
    assert from_environment(settings(tmp_path, "https://watch.example.org")).basemap is None
