"""What screens call things (WORDS)."""

from __future__ import annotations

from fieldapp.core.errors import N_

WHAT = {
    "ice_here": N_("ICE is here"),
    "being_taken": N_("Someone is being taken"),
    "need_help": N_("I need help"),
}
RUNGS = {
    "duty": N_("the coordinators on duty, or all where nobody is"),
    "backup": N_("the backup on duty too"),
    "chapter": N_("all coordinators of the chapter"),
    "parent": N_("the coordinators of the chapter above too"),
    "everyone": N_("every coordinator up to the top, again and again"),
}
RINGS = {
    "place": N_("Those on shift there"),
    "duty": N_("Those on duty too"),
    "near": N_("Certified people near there too"),
    "chapter": N_("The whole chapter"),
}
QUESTIONS = {
    "firsthand": N_("Firsthand?"),
    "reporter_known": N_("Is the reporter known?"),
    "specific": N_("A specific place and time?"),
    "recent": N_("Seen in the last 15 minutes?"),
    "two_or_lead": N_("Two confirmations, or one certified lead there?"),
    "partner_asked": N_("Was the partner asked?"),
}
SAW = {"ice": N_("ICE is here"), "not_ice": N_("Not ICE"), "nothing": N_("Nothing to see now")}
RESULTS = {"not_ice": N_("Not ICE"), "unconfirmed": N_("Couldn't confirm"), "confirmed": N_("Confirmed")}
OUTCOMES = {
    "confirmed": N_("Confirmed"),
    "not_ice": N_("Not ICE"),
    "unconfirmed": N_("Couldn't confirm"),
    "over": N_("Over, nothing said of what it was"),
    "cancelled": N_("Taken back"),
}
STEPS = {
    "arrived": N_("From the phone to the server"),
    "got_it": N_("Until somebody has it"),
    "asked": N_("Until a pair is asked"),
    "saw": N_("Until the pair says what it sees"),
    "decided": N_("Until it is confirmed, or not"),
    "sent": N_("Until it is sent to more people"),
    "ended": N_("Until it is over, from its arrival"),
}
