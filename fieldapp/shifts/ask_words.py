"""What the codes of partners' asks are called on the pages."""

from __future__ import annotations

from fieldapp.core.errors import N_

KINDS = {
    "accompany": N_("Accompaniment"),
    "turnout": N_("People turning out"),
    "observe": N_("Observers"),
    "interpret": N_("An interpreter"),
}
ABOUT = {
    "accompany": N_("Two or more people go with somebody to a court or an office."),
    "turnout": N_("As many as can come to a hearing, a check-in or a vigil."),
    "observe": N_("Trained people watch and write down what happens."),
    "interpret": N_("Somebody who speaks a language, with a companion."),
}
ORGANISATIONS = {
    "immigrant_led": N_("Immigrant-led organisation"),
    "legal": N_("Legal organisation"),
    "other": N_("Another organisation"),
}
LANGUAGES = {
    "es": N_("Spanish"),
    "ht": N_("Haitian Creole"),
    "pt": N_("Portuguese"),
    "fr": N_("French"),
    "zh": N_("Chinese"),
    "ar": N_("Arabic"),
    "ru": N_("Russian"),
    "quc": N_("K'iche'"),
    "mam": N_("Mam"),
    "other": N_("Another: say it to the coordinator"),
}
STATES = {
    "asked": ("wait", N_("Waits for an answer")),
    "question": ("wait", N_("The chapter asks back")),
    "accepted": ("ok", N_("Accepted")),
    "declined": ("idle", N_("Not possible")),
    "withdrawn": ("idle", N_("Taken back")),
}
LOOKS = {
    "a_number": N_("This looks like an A-number."),
    "phone": N_("This looks like a phone number."),
    "name": N_("This looks like somebody's name."),
}
