"""The legal desk: the queue, one record opened, the quarantine."""

from __future__ import annotations

from flask import (
    Blueprint,
    Response,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from fieldapp.core.actor import LEGAL
from fieldapp.core.errors import N_, Forbidden, Invalid
from fieldapp.records.manifests import INTAKE
from fieldapp.records.services import holders, holding, trust, witnesses
from fieldapp.records.services import sealed as sealing
from fieldapp.review.services import family as cards
from fieldapp.review.services import media as handing
from fieldapp.review.services import quarantine, queue, reading
from fieldapp.web.gate import actor, now
from fieldapp.web.headers import CSP

blueprint = Blueprint("review", __name__, url_prefix="/legal")
PARTS = {
    "morning": N_("morning"),
    "afternoon": N_("afternoon"),
    "evening": N_("evening"),
    "night": N_("night"),
}
CUSTODY = {
    "copied": N_("Copied"),
    "redacted": N_("Redacted"),
    "verified_at_export": N_("Checked at export"),
    "exported": N_("Exported"),
    "purged": N_("Deleted under the retention rule"),
}
NARROWING = ("place", "form", "since", "until", "mark", "quarantine", "before")
REASONS = {
    "wrong_clock": N_("The phone's date is far off"),
    "not_certified": N_("The certificate had ended"),
    "unknown_shift": N_("The shift is not known here"),
    "unknown_place": N_("The place is not known here"),
    "unknown_form": N_("The form is not known here"),
    "form_mismatch": N_("The form is not the one it names"),
    "answers_invalid": N_("Some answers do not fit the form"),
    "key_revoked": N_("The phone's key was withdrawn"),
    "unknown_box": N_("Sealed for a box that is not known here"),
    "box_mismatch": N_("Not sealed for the legal box"),
    "unknown_amended": N_("What it amends is not here"),
}


@blueprint.before_request
def _counsel_only() -> None:
    if not actor().where(LEGAL):
        raise Forbidden


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """The queue, with nothing opened."""
    return render_template("review/record.html", **_frame(), reading=None)


@blueprint.get("/records/<digest>")
def record(digest: str) -> ResponseReturnValue:
    """The queue, with one record opened beside it."""
    page = render_template("review/record.html", **_frame(), reading=reading.read(actor(), digest, _lang()))
    answer = make_response(page)
    answer.headers["Content-Security-Policy"] = f"{CSP}; media-src blob:"  # film and sound, opened on this computer
    return answer


@blueprint.get("/records/<digest>/envelopes")
def envelopes(digest: str) -> ResponseReturnValue:
    """Each version as signed and receipted, with the form: what counsel's own computer checks and opens."""
    found = reading.read(actor(), digest, _lang())
    place = found.place
    return jsonify(
        versions=reading.envelopes(found),
        trust=trust.about(now()),
        definition=found.definition,
        zone=found.zone,
        lists=reading.lists(place),
    )


@blueprint.get("/records/<digest>/sealed/<box>")
def sealed(digest: str, box: str) -> ResponseReturnValue:
    """The age file of one version for one box; needs a fresh passkey."""
    reading.find(actor(), digest)
    data = sealing.sealed_file(actor(), digest, box, now())
    headers = {"Content-Disposition": "attachment", "Content-Type": "application/octet-stream"}
    return Response(data, headers=headers)


@blueprint.get("/records/<digest>/media/<sha256>")
def media(digest: str, sha256: str) -> ResponseReturnValue:
    """A sealed photo, film or sound of one version, whole or a range of it; needs a fresh passkey. No browser would show it."""
    path = handing.ciphertext(actor(), digest, sha256, now())
    answer = send_file(
        path, "application/octet-stream", as_attachment=True, download_name=f"{sha256}.sealed", etag=False, max_age=0
    )
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


@blueprint.post("/records/<digest>/decision")
def decide(digest: str) -> ResponseReturnValue:
    """Let a quarantined record in, or keep it apart."""
    decision = request.form.get("decision", "")
    quarantine.decide(actor(), digest, decision, request.form.get("reason", ""), now())
    flash(_("Let in.") if decision == "released" else _("Kept apart."), "ok")
    return redirect(url_for("review.record", digest=digest))


@blueprint.get("/box")
def box() -> ResponseReturnValue:
    """The legal box: make it, admit a second person, see who holds it."""
    who = actor()
    return render_template(
        "review/box.html",
        boxes=holding.overview(who),
        asked=witnesses.asked(who),
        intakes={one["id"]: one for one in holding.overview(who, INTAKE)},
        intake_asked=witnesses.asked(who, INTAKE),
        ways=holders.ways(who),
        me=who.person_id,
    )


@blueprint.get("/family")
def family() -> ResponseReturnValue:
    """Cards for families that wait to be handed over; nothing of what is on them."""
    who = actor()
    return render_template("review/family.html", cards=cards.waiting(who, now()), has_box=cards.has_box(who), now=now())


@blueprint.get("/family/<card_id>/sealed")
def family_sealed(card_id: str) -> ResponseReturnValue:
    """One card as it came; needs a fresh passkey."""
    headers = {
        "Content-Disposition": "attachment",
        "Content-Type": "application/octet-stream",
        "Cache-Control": "no-store",
    }
    return Response(cards.sealed(actor(), card_id, now()), headers=headers)


@blueprint.post("/family/<card_id>/handed-over")
def family_handed_over(card_id: str) -> ResponseReturnValue:
    """Somebody was told: the card is deleted at once; needs a fresh passkey."""
    cards.hand_over(actor(), card_id, now())
    return jsonify(handed_over=True)


def _frame() -> dict[str, object]:
    wanted = _filters()
    # Only what we know goes on into links: an address of somebody else's making may hold anything.
    narrowing = {name: request.args.getlist(name) for name in NARROWING if name in request.args}
    return {
        "narrowing": narrowing,
        "queue": queue.find(actor(), wanted),
        "wanted": wanted,
        "parts": PARTS,
        "custody": CUSTODY,
        "reasons": REASONS,
        "boxes": holding.overview(actor()),
    }


def _filters() -> queue.Filters:
    args = request.args
    before = args.get("before", "0")
    if not before.isdecimal() or len(before) > 15 or any("\x00" in value for value in args.values()):
        raise Invalid
    return queue.Filters(
        place=args.get("place", ""),
        form=args.get("form", ""),
        since=args.get("since", ""),
        until=args.get("until", ""),
        marks=frozenset(args.getlist("mark")),
        quarantine=args.get("quarantine") == "1",
        before=int(before),
    )


def _lang() -> str:
    return "es" if str(get_locale()) == "es" else "en"
