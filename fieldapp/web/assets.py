"""Built assets by their logical names; hashed file names come from the build's manifest."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from flask import Flask, current_app, url_for
from markupsafe import Markup


@lru_cache(maxsize=4)
def _manifest(path: str, stamp: float) -> dict[str, str]:
    del stamp  # only part of the key: a new build is read anew
    return dict(json.loads(Path(path).read_text(encoding="utf-8")))


def asset(name: str) -> str:
    """The address of a built asset, such as ``desk.css``; the plain name where nothing was built."""
    path = Path(current_app.static_folder or "") / "dist" / "manifest.json"
    if path.exists():
        name = _manifest(str(path), path.stat().st_mtime).get(name, name)
    return url_for("static", filename=f"dist/{name}")


def icon(name: str, label: str = "", kind: str = "i") -> Markup:
    """An icon of the sprite; hidden from screen readers unless it has a label."""
    aria = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup('<svg class="{}" {}><use href="{}#{}"></use></svg>').format(kind, aria, asset("icons.svg"), name)


def init_app(app: Flask) -> None:
    """Give templates ``asset`` and ``icon``."""
    app.jinja_env.globals.update(asset=asset, icon=icon)
