"""Words for what a record is and what became of it, for people who must not read what it says."""

from __future__ import annotations

from flask_babel import gettext

from fieldapp.core.errors import N_
from fieldapp.records.services.handin import is_in

KINDS = {
    "observation": N_("Written record"),
    "amendment": N_("Correction"),
    "claim": N_("Take a shift"),
    "release": N_("Give back a shift"),
    "check_in": N_("I'm here"),
    "quiet": N_("Phone off until…"),
    "check_out": N_("I'm out and OK"),
    "after": N_("How somebody is"),
    "alert": N_("Alert"),
    "alert_cancel": N_("Alert taken back"),
    "acknowledge": N_("Answer to an alert"),
    "media": N_("Photo, film or sound"),
}
OUTCOMES = {
    "stored": N_("Received"),
    "duplicate": N_("Received before"),
    "quarantined": N_("Received; a person looks at it first"),
    "conflict": N_("Not taken: another record has the same number"),
    "later": N_("Not now: hand the file in again in a minute"),
    "later/no_room": N_("Not now: the server's disk is full"),
    "later/quota": N_("Not now: this person's or the chapter's share of the disk is used up"),
    "refused/unknown_key": N_("Not taken: the server does not know the phone's key yet"),
    "refused/unknown_log": N_("Not taken: it was written for another installation"),
    "refused/bad_signature": N_("Not taken: its signature does not fit"),
    "refused/bad_token": N_("Not taken: no phone known here stands for it"),
    "refused/unknown_media": N_("Not taken: another phone's item has the same number"),
    "refused/length": N_("Not taken: its length is not the one that the server was told before"),
    "refused/checksum": N_("Not taken: something in it was changed"),
    "refused/too_large": N_("Not taken: it is larger than the server takes"),
}
DO = {
    "refused/unknown_key": N_("The person signs in once on that phone, then hand the file in again."),
    "refused/unknown_log": N_("Ask the person which chapter's app it is from."),
    "conflict": N_("Tell the legal team: both stay where they are."),
    "later/no_room": N_("Tell your admin. Keep the file, and hand it in again when there is room."),
    "later/quota": N_("Tell your admin. Keep the file, and hand it in again when there is room."),
}


def kind_word(kind: str | None) -> str:
    """What a record is called."""
    return str(gettext(KINDS.get(kind or "", N_("Record"))))


def outcome_words(outcome: str) -> dict[str, str]:
    """``state`` (in, wait or out), what happened, and what to do where something is to be done."""
    state = "in" if is_in(outcome) else "wait" if outcome.partition("/")[0] == "later" else "out"
    if outcome.startswith("not_applied/"):
        said = gettext("Received; it came too late to be done or could not be done")
    elif outcome in OUTCOMES:
        said = gettext(OUTCOMES[outcome])
    else:
        said = gettext("Not taken: it could not be read (%(code)s)", code=outcome.removeprefix("refused/"))
    do = (
        gettext(DO[outcome])
        if outcome in DO
        else ""
        if state != "out"
        else gettext("Keep the file, and tell your admin.")
    )
    return {"state": state, "outcome": said, "do": do}
