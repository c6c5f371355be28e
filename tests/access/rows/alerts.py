"""Alerts, push subscriptions, the notice door, duty."""

from __future__ import annotations

from tests.access.rows import EVERYONE, SIGNED_IN, Row

ROWS = [
    Row("alerts.notice_door", "POST", may=EVERYONE, json={"text": "{}", "sig": ""}),
    Row("alerts.put_push", "PUT", may=SIGNED_IN, json={}),
    Row("alerts.delete_push", "DELETE", may=SIGNED_IN, json={}),
]
