"""What each domain does once, when an installation is made (``fieldapp init``)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Installation:
    """What a hook may know: the public address's host and origin, where data lies, the top chapter, the time (ms UTC)."""

    host: str
    origin: str
    data_dir: Path
    chapter_id: str
    now: int


Hook = Callable[[Session, Installation], list[str]]
_hooks: list[Hook] = []


def on_init(hook: Hook) -> Hook:
    """Register ``hook(session, installation)``: it runs in the transaction that makes the installation; its lines are printed."""
    if hook not in _hooks:
        _hooks.append(hook)
    return hook


def run(session: Session, installation: Installation) -> list[str]:
    """Run every hook, in the order of the domains; returns the lines to print."""
    return [line for hook in _hooks for line in hook(session, installation)]
