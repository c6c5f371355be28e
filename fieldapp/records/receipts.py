"""Receipts: signed proof that the server has exactly this record (docs/protocol.md 4)."""

from __future__ import annotations

from dataclasses import dataclass

from fieldapp.core import p256
from fieldapp.core.canonical import trusted
from fieldapp.core.protocol import DOMAIN_RECEIPT, VERSION
from fieldapp.records.serverkeys import KeyRing


@dataclass(frozen=True)
class Signed:
    """A canonical text and a signature over it, both kept verbatim."""

    text: str
    sig: str


@dataclass(frozen=True)
class Signer:
    """Makes the receipts of one moment of this database's life."""

    ring: KeyRing
    log: str
    epoch: str

    def receipt(self, record_id: str, digest: str, leaf: str | None, received_at: int, outcome: str) -> Signed:
        """A receipt; it leaves the process only after COMMIT. ``leaf`` is None for an operation, times are ms UTC."""
        text = trusted(
            {
                "digest": digest,
                "epoch": self.epoch,
                "id": record_id,
                "leaf": leaf,
                "log": self.log,
                "outcome": outcome,
                "received_at": received_at,
                "server_key": self.ring.receipt_thumbprint,
                "type": "receipt",
                "v": VERSION,
            }
        )
        return Signed(text, p256.sign(self.ring.receipt, DOMAIN_RECEIPT, text))
