"""The constants are written once: what the phone has is made from what the server has."""

from __future__ import annotations

from tools.protocol_js import TARGET, render


def test_the_phones_constants_are_made_anew_whenever_the_servers_change():
    assert TARGET.read_text(encoding="utf-8") == render(), "stale: python -m tools.protocol_js"
