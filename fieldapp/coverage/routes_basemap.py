"""Streets under the desk's maps: one file that the installation names, served in ranges from our own address."""

from __future__ import annotations

import hashlib
from pathlib import Path

from flask import current_app, request, send_file, url_for
from flask.typing import ResponseReturnValue

from fieldapp.core.errors import NotFound
from fieldapp.coverage import policy
from fieldapp.coverage.routes import blueprint
from fieldapp.web.gate import actor


def _file() -> Path | None:
    found: Path | None = current_app.config["SETTINGS"].basemap
    return found


def _version(path: Path) -> str:
    """Another text for another content: an address with it in may be kept for ever. Raises OSError."""
    seen = path.stat()
    return hashlib.sha256(f"{path} {seen.st_size} {seen.st_mtime_ns}".encode()).hexdigest()[:16]


def address() -> str:
    """Where this person's browser gets the basemap; empty where there is none, or none for them."""
    path = _file()
    if path is None or not actor().where(*policy.WATCHERS):
        return ""
    try:
        return url_for("coverage.basemap", v=_version(path))
    except OSError:  # taken away since the start: the maps have their own shapes
        return ""


@blueprint.get("/basemap")
def basemap() -> ResponseReturnValue:
    """The file, or the range of it that is asked for; kept by the browser as long as it is the version that the page named."""
    policy.demand(policy.can_see(actor()))
    path = _file()
    if path is None:
        raise NotFound()
    try:
        version = _version(path)
        answer = send_file(path, mimetype="application/vnd.pmtiles", conditional=True, etag=version)
    except OSError:
        raise NotFound() from None
    same = request.args.get("v") == version
    answer.headers["Cache-Control"] = "private, max-age=31536000, immutable" if same else "private, no-cache"
    return answer
