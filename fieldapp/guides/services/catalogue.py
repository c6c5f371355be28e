"""The guide pages: one JSON file each in ``content/``; docs/snapshot.md says what a page is made of."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

_CONTENT = Path(__file__).parent.parent / "content"


@cache
def pages() -> tuple[dict[str, Any], ...]:
    """Every page, in the order in which they are listed. Read once per process; treat it as read-only."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(_CONTENT.glob("*.json"))]
    return tuple(sorted(found, key=lambda page: (page["order"], page["id"])))


@cache
def fingerprint() -> str:
    """Changes whenever any page does."""
    text = json.dumps(pages(), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@cache
def for_phones() -> tuple[dict[str, Any], ...]:
    """The pages as the phone keeps them: ``id``, ``icon``, ``title``, ``about`` and ``body`` in both languages."""
    members = ("id", "icon", "title", "about", "body")
    return tuple({name: page[name] for name in members} for page in pages())
