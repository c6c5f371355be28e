"""One typed Settings, read from the environment. Unsafe production values are refused at start."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from fieldapp.core.errors import ConfigError


@dataclass(frozen=True)
class Settings:
    """All that an installation chooses. Every member is set by ``FIELDAPP_<NAME>`` or, for secrets, ``FIELDAPP_<NAME>_FILE``."""

    data_dir: Path
    database_url: str
    public_url: str
    secret_key: str
    demo: bool = False
    testing: bool = False
    push_hosts: tuple[str, ...] = field(default=())
    push_contact: str = "mailto:admin@localhost.invalid"
    push_timeout: int = 10  # seconds; a claim on a delivery lasts twice as long
    backup_recipient: str = ""
    threads: int = 4
    media_folder: Path | None = None  # where sealed media lie; "media" in the data folder
    media_item_mb: int = 4096  # largest item
    media_person_mb: int = 20_480  # of one person's phones
    media_chapter_mb: int = 204_800
    media_floor_mb: int = 1024  # left free on the disk, whatever comes
    proxies: int = 0  # reverse proxies in front of us, each of which adds the address it saw to X-Forwarded-For
    basemap: Path | None = (
        None  # a PMTiles file of streets and water for the desk's maps; none: land, states and counties
    )

    @property
    def media_dir(self) -> Path:
        """Where sealed media lie."""
        return self.media_folder or self.data_dir / "media"

    @property
    def host(self) -> str:
        """The relying party id: the public address's host name (WebAuthn Level 3 section 4)."""
        return urlsplit(self.public_url).hostname or "localhost"

    @property
    def origin(self) -> str:
        """Scheme, host and port of the public address."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def secure(self) -> bool:
        """Whether the public address is https."""
        return self.public_url.startswith("https://")


# The push services of the browsers that people have (DESIGN 8). A leading dot admits subdomains.
PUSH_HOSTS = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    ".push.apple.com",
    ".notify.windows.com",
)


def from_environment(env: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment.

    Raises ConfigError when a value is missing or unsafe for the public address.
    """
    env = os.environ if env is None else env
    data = Path(_read(env, "DATA_DIR", "instance")).absolute()
    public_url = _read(env, "PUBLIC_URL", "http://localhost:8080").rstrip("/")
    settings = Settings(
        data_dir=data,
        database_url=_read(env, "DATABASE_URL", f"sqlite:///{data / 'fieldapp.db'}"),
        public_url=public_url,
        secret_key=_read(env, "SECRET_KEY", "") or _kept_secret(data),
        demo=_read(env, "DEMO", "") == "1",
        testing=_read(env, "TESTING", "") == "1",
        push_hosts=PUSH_HOSTS + tuple(h for h in _read(env, "PUSH_HOSTS", "").split(",") if h),
        push_contact=_read(env, "PUSH_CONTACT", Settings.push_contact),
        push_timeout=int(_read(env, "PUSH_TIMEOUT", str(Settings.push_timeout))),
        backup_recipient=_read(env, "BACKUP_RECIPIENT", ""),
        threads=int(_read(env, "THREADS", "4")),
        media_folder=Path(_read(env, "MEDIA_DIR", str(data / "media"))).absolute(),
        media_item_mb=_megabytes(env, "ITEM", Settings.media_item_mb),
        media_person_mb=_megabytes(env, "PERSON", Settings.media_person_mb),
        media_chapter_mb=_megabytes(env, "CHAPTER", Settings.media_chapter_mb),
        media_floor_mb=_megabytes(env, "FLOOR", Settings.media_floor_mb),
        # We listen on this machine only, so whoever is public has a proxy: without its word all people would be one address.
        proxies=int(_read(env, "PROXIES", "1" if public_url.startswith("https://") else "0")),
        basemap=_basemap(_read(env, "BASEMAP", "")),
    )
    _refuse_unsafe(settings)
    return settings


def _read(env: Mapping[str, str], name: str, default: str) -> str:
    by_file = env.get(f"FIELDAPP_{name}_FILE")
    if by_file:
        return Path(by_file).read_text(encoding="utf-8").strip()
    return env.get(f"FIELDAPP_{name}", default)


def _megabytes(env: Mapping[str, str], what: str, default: int) -> int:
    said = _read(env, f"MEDIA_{what}_MB", str(default))
    if not said.isdecimal():
        raise ConfigError(f"FIELDAPP_MEDIA_{what}_MB must be a whole number of megabytes.")
    return int(said)


def _basemap(said: str) -> Path | None:
    """The PMTiles file named, after a look at its header (PMTiles v3, section 3): browsers must be able to draw what is in it."""
    if not said:
        return None
    path = Path(said).absolute()
    try:
        with path.open("rb") as file:
            head = file.read(127)
    except OSError as error:
        raise ConfigError(f"FIELDAPP_BASEMAP cannot be read: {error.strerror}.") from None
    if len(head) < 127 or head[:8] != b"PMTiles\x03":
        raise ConfigError("FIELDAPP_BASEMAP is not a PMTiles file of version 3.")
    packed_directories, packed_tiles, kind = head[97:100]
    if kind != 1 or not {packed_directories, packed_tiles} <= {1, 2}:
        raise ConfigError("FIELDAPP_BASEMAP must hold vector tiles (MVT), plain or gzipped.")
    return path


def _kept_secret(data: Path) -> str:
    """A secret made once and kept beside the data, so that a first start needs no set-up."""
    kept = data / "secret_key"
    if not kept.exists():
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(48), encoding="ascii")
    return kept.read_text(encoding="ascii").strip()


def _refuse_unsafe(settings: Settings) -> None:
    local = settings.host in {"localhost", "127.0.0.1"}
    if not settings.secure and not local:
        raise ConfigError("FIELDAPP_PUBLIC_URL must be https: passkeys and service workers do not run on plain http.")
    if settings.host == "127.0.0.1":
        raise ConfigError("FIELDAPP_PUBLIC_URL must say localhost, not 127.0.0.1: a passkey's relying party is a name.")
    if len(settings.secret_key) < 32:
        raise ConfigError("FIELDAPP_SECRET_KEY must have 32 characters or more.")
    if any("://" in host for host in settings.push_hosts) and not settings.testing and not local:
        raise ConfigError("FIELDAPP_PUSH_HOSTS takes host names; a whole origin is for a test service on this machine.")
    if settings.demo and settings.secure and not settings.testing and not local:
        raise ConfigError("FIELDAPP_DEMO is for trying the product on this machine, never for a public address.")
