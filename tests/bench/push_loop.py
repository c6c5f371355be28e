"""What the sender is measured beside: ``pywebpush.webpush()``, one subscription after another, in a process of its own.

``python -m tests.bench.push_loop KEPT`` reads subscriptions and the key as JSON from its input; KEPT 1 keeps one connection open.
"""

from __future__ import annotations

import json
import sys
import time

import requests
from py_vapid import Vapid
from pywebpush import webpush

from fieldapp.alerts.push import message


def main(kept: bool) -> None:
    """Print how long it took, in seconds and in seconds of processor time."""
    asked = json.load(sys.stdin)
    key = Vapid.from_pem(asked["key"].encode())
    session = requests.Session() if kept else None
    texts = [message.plaintext(f"notice-{n}", "en", "https://field.example") for n in range(len(asked["to"]))]
    began, worked = time.perf_counter(), time.process_time()
    for number, (to, text) in enumerate(zip(asked["to"], texts, strict=True)):
        claims = {"sub": "mailto:admin@localhost.invalid"}  # it writes into them
        headers = {"Urgency": "high", "Topic": f"{number:032d}"}
        webpush(to, text, vapid_private_key=key, vapid_claims=claims, ttl=60, headers=headers, requests_session=session)
    print(json.dumps({"seconds": time.perf_counter() - began, "cpu": time.process_time() - worked}))


if __name__ == "__main__":
    main(sys.argv[1] == "1")
