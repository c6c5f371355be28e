"""What the page of a chapter's parameters calls them: what each is, and what it does."""

from __future__ import annotations

from dataclasses import dataclass

from fieldapp.alerts import words
from fieldapp.alerts.services.parameters import ASK, CLIMB, MUST, SKIP
from fieldapp.core.errors import N_


@dataclass(frozen=True)
class Words:
    """A parameter's name, what it does, and its unit."""

    name: str
    does: str
    unit: str


@dataclass(frozen=True)
class Group:
    """Parameters that a person thinks of together. ``icon``: its picture."""

    title: str
    says: str
    icon: str
    fields: tuple[str, ...]


MINUTES = N_("minutes")
FIELDS = {
    **{name: Words(N_("Nobody has it yet after"), "", MINUTES) for name in CLIMB},  # then told: the rung's own words
    CLIMB[0]: Words(N_("“I've got it” within"), "", MINUTES),
    "repeat": Words(N_("The last step is told again every"), N_("Until somebody has it, however long."), MINUTES),
    "pair": Words(N_("How many look together"), N_("One alone is neither safe nor believed."), N_("people")),
    "verify": Words(N_("They report within"), N_("After that whoever has the alert is asked to decide."), MINUTES),
    "unconfirmed": Words(
        N_("Unconfirmed, it ends after"),
        N_("Counted from “I've got it”. “I need help” never ends by itself."),
        MINUTES,
    ),
    "still": Words(N_("“Still there?” every"), N_("Asked of whoever has the alert."), MINUTES),
    "silent": Words(
        N_("Without an answer it ends after"),
        N_("A stale alert keeps families at home, and everyone told hears the end."),
        MINUTES,
    ),
    "check": Words(N_("On scene, a sign of life every"), N_("Whoever gives none is looked for."), MINUTES),
    "check_night": Words(N_("The same at night, every"), N_("From 21:00 to 6:00 on the clocks of the place."), MINUTES),
    "near_km": Words(
        N_("Near means within"), N_("Of the places that a person chose as theirs. No position is kept."), N_("km")
    ),
    "asks_a_day": Words(
        N_("One person is asked to look at most"),
        N_("In 24 hours. Those asked least recently come first."),
        N_("times"),
    ),
    "sends_a_day": Words(
        N_("The whole chapter is told at most"), N_("In 24 hours. The smaller rings are not capped."), N_("times")
    ),
}
SECOND = {
    "dispatcher": N_("Also who is on duty"),
    "coordinator": N_("Coordinators only"),
}
DOES = {
    "firsthand": N_("Seen by the one who reports, not heard from others."),
    "reporter_known": N_("On shift, a member, or a partner."),
    "specific": N_("Not “somewhere near the station”."),
    "recent": N_("By the one who reports."),
    "two_or_lead": N_("Independent of each other."),
    "partner_asked": N_("Those whose community it is."),
}
QUESTIONS = {name: Words(text, DOES[name], "") for name, text in words.QUESTIONS.items()}
HOW = {ASK: N_("Asked"), MUST: N_("Must be yes"), SKIP: N_("Not asked")}
GROUPS = (
    Group(
        N_("Until somebody has it"),
        N_("An alert that nobody takes climbs, step by step."),
        "bell-ring",
        (*CLIMB, "repeat"),
    ),
    Group(
        N_("Looking"), N_("A report is only a report until somebody looked."), "eye", ("pair", "verify", "unconfirmed")
    ),
    Group(
        N_("Confirmed, and after"),
        N_("It is true: is it still, and are those on scene well?"),
        "circle-check",
        ("still", "silent", "check", "check_night"),
    ),
    Group(
        N_("Who is told"),
        N_("Rings: on shift at the place, on duty, near, the whole chapter."),
        "megaphone",
        ("near_km", "asks_a_day", "sends_a_day"),
    ),
)
