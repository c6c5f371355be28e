"""Built assets by their logical names; hashed file names come from the build's manifest."""

from __future__ import annotations

import json
import os
from functools import lru_cache
from mimetypes import guess_type
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request, send_from_directory, url_for
from markupsafe import Markup
from werkzeug.security import safe_join


@lru_cache(maxsize=8)
def _read(path: str, stamp: float) -> dict[str, Any]:
    del stamp  # only part of the key: a new build is read anew
    return dict(json.loads(Path(path).read_text(encoding="utf-8")))


def _built(note: str) -> dict[str, Any]:
    """One of the build's notes; empty where nothing was built."""
    path = Path(current_app.static_folder or "") / "dist" / note
    return _read(str(path), path.stat().st_mtime) if path.exists() else {}


def asset(name: str) -> str:
    """The address of a built asset, such as ``desk.css``; the plain name where nothing was built."""
    return url_for("static", filename=f"dist/{_built('manifest.json').get(name, name)}")


def preloads(name: str) -> list[str]:
    """Addresses of the chunks that a built script imports at once, so that a page can ask for all of them together."""
    return [url_for("static", filename=f"dist/{chunk}") for chunk in _built("preload.json").get(name, [])]


def icon(name: str, label: str = "", kind: str = "i") -> Markup:
    """An icon of the sprite; hidden from screen readers unless it has a label."""
    aria = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup('<svg class="{}" {}><use href="{}#{}"></use></svg>').format(kind, aria, asset("icons.svg"), name)


def built_file(filename: str) -> Response:
    """A file of the static folder, gzipped where the build made it so and the browser takes it (RFC 9110, 12.5.3)."""
    folder = current_app.static_folder or ""
    packed = safe_join(folder, f"{filename}.gz")
    exists = packed is not None and os.path.isfile(packed)  # noqa: PTH113  Path's raises for a name that is too long
    zipped = exists and bool(request.accept_encodings.quality("gzip"))
    kind = guess_type(filename)[0] or "application/octet-stream"
    response = send_from_directory(folder, f"{filename}.gz" if zipped else filename, mimetype=kind)
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    if exists:
        response.vary.add("Accept-Encoding")
    return response


def init_app(app: Flask) -> None:
    """Give templates ``asset``, ``preloads`` and ``icon``; serve what the build made."""
    app.view_functions["static"] = built_file
    app.jinja_env.globals.update(asset=asset, preloads=preloads, icon=icon)
