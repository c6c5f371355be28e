"""The field app's page, its service worker and manifest, and the snapshot."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue

from fieldapp.field import snapshot
from fieldapp.records.headers import protocol_headers
from fieldapp.web.assets import asset, built_file
from fieldapp.web.gate import actor, now, public

blueprint = Blueprint("field", __name__)
VERSION = "0.1"
PLAIN_NAMES = {"en": "Notes", "es": "Notas"}


def build() -> str:
    """What a record names as the app that wrote it: version and build, at most 40 characters."""
    mark = asset("app.js").rpartition("/app")[2].removesuffix(".js").strip("-")
    return f"{VERSION}+{mark or 'dev'}"[:40]


@blueprint.get("/")
@public
def home() -> ResponseReturnValue:
    """The page that carries the field app: the same for everybody, kept by the phone."""
    response = make_response(render_template("field/app.html", build=build()))
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/sw.js")
@public
def worker() -> ResponseReturnValue:
    """The service worker, from the root so that its scope is the whole site."""
    response = built_file("dist/sw.js")
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/removed")
@public
def removed() -> ResponseReturnValue:
    """Where the app sends its browser to have what it kept deleted; opened by a link it deletes nothing."""
    return render_template("field/removed.html")


@blueprint.get("/manifest.webmanifest")
@public
def manifest() -> ResponseReturnValue:
    """What the phone calls the installed app: name and picture say nothing of what it is for; ``plain`` (en, es) names no app."""
    plain = PLAIN_NAMES.get(request.args.get("plain", ""))
    picture = "plain" if plain else "icon"
    response = current_app.json.response(
        id="/",
        name=plain or "Fieldapp",
        short_name=plain or "Fieldapp",
        start_url="/",
        scope="/",
        display="standalone",
        background_color="#faf8f4",
        theme_color="#faf8f4",
        icons=[
            {"src": asset(f"{picture}-192.png"), "sizes": "192x192", "type": "image/png"},
            {"src": asset(f"{picture}-512.png"), "sizes": "512x512", "type": "image/png"},
            {"src": asset(f"{picture}-maskable.png"), "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
        ],
    )
    response.mimetype = "application/manifest+json"
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/api/v1/field")
def field() -> ResponseReturnValue:
    """The snapshot of the signed-in person's phone; 304 while none of its version counters has changed.

    ``half=public``: a locked phone asks for nothing personal but who is signed in. To it the whole is as good a tag.
    """
    tags = snapshot.tags(actor(), now())
    locked = request.args.get("half") == "public"
    tag = f"{tags.whole}-public" if locked else tags.whole
    response = Response(status=304)
    known = request.if_none_match
    if not (known.contains_weak(tag) or (locked and known.contains_weak(tags.whole))):
        gzipped = bool(request.accept_encodings.quality("gzip"))
        text = snapshot.answer(actor(), tags, now(), gzipped=gzipped, locked=locked)
        response = Response(text, mimetype="application/json")
        if gzipped:
            response.headers["Content-Encoding"] = "gzip"
        response.vary.add("Accept-Encoding")
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = "no-store"  # the phone keeps it itself, its personal half under a key
    return protocol_headers(response, now())
