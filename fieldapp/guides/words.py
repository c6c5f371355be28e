"""What the desk says of guides, and Jinja's small helpers."""

from __future__ import annotations

from fieldapp.core.errors import N_

ICONS = {
    "book-open": N_("Book"),
    "scale": N_("Scales"),
    "footprints": N_("Footprints"),
    "shield": N_("Shield"),
    "megaphone": N_("Megaphone"),
    "phone": N_("Telephone"),
    "map-pin": N_("Pin on a map"),
    "door-open": N_("Open door"),
    "users-round": N_("People"),
    "graduation-cap": N_("Graduation cap"),
    "file-text": N_("Paper"),
    "heart-handshake": N_("Handshake"),
    "smartphone": N_("Phone in the hand"),
    "lock": N_("Padlock"),
    "eye": N_("Eye"),
}
