"""What is read: public pages on the web, the same for everybody, and the bodies that phones keep."""

from __future__ import annotations

import hashlib

from flask import Response, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue

from fieldapp.guides.routes.base import blueprint
from fieldapp.guides.services import shelf
from fieldapp.web.gate import actor, public
from fieldapp.web.i18n import LANGUAGES, choose

KEPT = "public, max-age=300"


@blueprint.get("/guides")
@public
def index() -> ResponseReturnValue:
    """The public pages, as a list that can be shared."""
    chapter, found = shelf.on_the_web(request.args.get("chapter", ""))
    return _kept(render_template("guides/index.html", pages=found.open, lang=choose(), chapter=chapter))


@blueprint.get("/guides/<slug>")
@public
def page(slug: str) -> ResponseReturnValue:
    """One public page, to read, to share and to print."""
    chapter, found = shelf.on_the_web(request.args.get("chapter", ""))
    page = shelf.open_page(found, slug)
    return _kept(render_template("guides/page.html", page=page, lang=choose(), chapter=chapter, languages=LANGUAGES))


def _kept(text: str) -> Response:
    """A page that holds nothing of whoever asks: only the language differs, and the address or the browser says which."""
    response = make_response(text)
    response.set_etag(hashlib.sha256(text.encode()).hexdigest()[:32], weak=True)
    response.headers["Cache-Control"] = KEPT
    response.vary.add("Accept-Language")
    response.make_conditional(request)
    return response


@blueprint.get("/api/v1/guides")
def bodies() -> ResponseReturnValue:
    """What the guides of the signed-in person's chapter say, and its rights card. ``half=public``: a locked phone's part."""
    found = shelf.of(shelf.line_of(actor().chapter_id))
    told = {"v": 1, "public": {"tag": found.open_tag, "bodies": shelf.bodies(found.open), "card": found.card}}
    if request.args.get("half") != "public":
        told["members"] = {"tag": found.members_tag, "bodies": shelf.bodies(found.members)}
    response = jsonify(told)
    response.set_etag("-".join(str(half["tag"]) for half in told.values() if isinstance(half, dict)), weak=True)
    response.headers["Cache-Control"] = "no-store"  # the phone keeps it itself, what members read under a key
    response.make_conditional(request)
    return response
