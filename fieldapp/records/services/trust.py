"""What a phone must know of this installation to believe a receipt (docs/protocol.md 4 and 9)."""

from __future__ import annotations

from typing import Any

from fieldapp.records import here, serverkeys
from fieldapp.records.services import epochs


def about(now: int) -> dict[str, Any]:
    """Log origin, epoch, root key, server key certificates, log key and hand-in key, as the welcome and the snapshot say them (ms UTC)."""
    standing = epochs.standing(now)
    data_dir = here.settings().data_dir
    keys = serverkeys.ready(data_dir, now)
    certificate = serverkeys.hand_in_certificate(data_dir)
    return {
        "log": standing.origin,
        "epoch": standing.epoch,
        "root": keys.root,
        "server_keys": list(keys.certificates),
        "log_key": keys.log_public,
        "vapid": keys.vapid_public,
        **({"hand_in": certificate} if certificate else {}),
    }
