"""The protocol's constants, each written once (docs/protocol.md). ``tools/protocol_js.py`` makes static/js/lib/protocol.js of them.

They stand in ``core`` because enrolling a device (accounts) speaks the protocol as well as the record's door does.
A ``#:`` line above a name becomes its comment in JavaScript too.
"""

from __future__ import annotations

from typing import Final

VERSION: Final = 1

#: Largest record: bytes of body + canonical open + every age file.
MAX_RECORD_BYTES: Final = 65_536
MAX_BATCH_RECORDS: Final = 100
#: Largest sync request as sent.
MAX_BATCH_BYTES: Final = 1_048_576
MAX_PATH_CHARS: Final = 200
MAX_APP_CHARS: Final = 40
MAX_WAITING_KEYS: Final = 32
SALT_BYTES: Final = 16
#: Commitments and decoys fill the array to a multiple of this.
COMMITMENT_MULTIPLE: Final = 16
#: A sealed plaintext is padded to a power of two, at least this many bytes.
PAD_MIN_BYTES: Final = 1_024
#: Evidence: received_at is rounded up to a multiple of this (ms).
RECEIVED_AT_STEP_MS: Final = 900_000
#: A void_after further ahead than this is not_applied/void (ms).
VOID_AFTER_MAX_MS: Final = 1_209_600_000
#: A certificate that is shown is good for so long after it was signed (ms).
CERTIFICATE_SHOWN_MS: Final = 259_200_000

DOMAIN_RECORD: Final = "fieldapp/record/v1"
DOMAIN_RECEIPT: Final = "fieldapp/receipt/v1"
DOMAIN_SERVER_KEY: Final = "fieldapp/server-key/v1"
DOMAIN_DEVICE_KEY: Final = "fieldapp/device-key/v1"
DOMAIN_NOTICE: Final = "fieldapp/notice/v1"
DOMAIN_BOX_MANIFEST: Final = "fieldapp/box-manifest/v1"
DOMAIN_BOX_WITNESS: Final = "fieldapp/box-witness/v1"
DOMAIN_HAND_IN: Final = "fieldapp/hand-in/v1"
DOMAIN_CERTIFICATE: Final = "fieldapp/certificate/v1"
DOMAIN_MEDIA: Final = "fieldapp/media/v1"
DOMAIN_BROADCAST: Final = "fieldapp/broadcast/v1"
DOMAIN_MEDIA_RECEIPT: Final = "fieldapp/media-receipt/v1"

#: A media id is b64u of so many random bytes.
MEDIA_ID_BYTES: Final = 16
#: What a record says of an item's kind; coarse on purpose.
MEDIA_TYPES: Final = ["image/sealed", "video/sealed", "audio/sealed"]
#: Items of one record.
MAX_MEDIA: Final = 50
#: Largest plaintext of one frame of an item.
MEDIA_FRAME_BYTES: Final = 1_048_576
#: A frame begins with its age file's length: so many bytes, big-endian.
MEDIA_LENGTH_BYTES: Final = 4
#: Largest body of one PATCH (and of a POST that brings bytes).
MAX_MEDIA_PATCH_BYTES: Final = 4_194_304
#: Largest item that a server takes unless it is told otherwise.
MAX_MEDIA_BYTES: Final = 4_294_967_296
TUS_VERSION: Final = "1.0.0"

EVIDENCE_KINDS: Final = ["observation", "amendment"]
OPERATION_KINDS: Final = [
    "claim",
    "release",
    "check_in",
    "quiet",
    "check_out",
    "after",
    "alert",
    "alert_cancel",
    "alert_details",
    "acknowledge",
    "paper",
    "family_card",
    "answer",
    "wait",
    "unwait",
    "swap",
    "unswap",
    "prefer",
]
#: Operations whose body must name a shift.
SHIFT_KINDS: Final = [
    "claim",
    "release",
    "check_in",
    "quiet",
    "check_out",
    "after",
    "wait",
    "unwait",
    "swap",
    "unswap",
]
#: Operations whose payload is one sealed file: a family's card has nothing open, an alert's details name the alert.
SEALED_KINDS: Final = ["family_card", "alert_details"]
#: What a box may be for. Records go to `legal`; a family's card, and nothing else, to `intake`; an alert's details to `dispatch`.
BOX_PURPOSES: Final = ["legal", "intake", "dispatch"]
#: An alert's details are gone from the server this long after the alert ended (ms).
ALERT_DETAILS_MS: Final = 86_400_000
#: A dispatch box is sealed to for so long after it was made (ms); it is renewed daily.
DISPATCH_BOX_MS: Final = 172_800_000
#: Largest age file of an alert's details.
MAX_DETAILS_BYTES: Final = 40_960
#: A family's card is gone from the server this long after it came (ms), handed over or not.
FAMILY_CARD_MS: Final = 259_200_000
#: Largest age file of a family's card.
MAX_FAMILY_CARD_BYTES: Final = 32_768
#: Longest text on a family's card (UTF-16 code units).
MAX_FAMILY_TEXT_CHARS: Final = 500

#: Default void_after: `base` is the shift's end or the moment of saving; `ms` is added to it.
VOID_AFTER: Final = {
    "claim": {"base": "shift_end", "ms": 0},
    "release": {"base": "shift_end", "ms": 0},
    "check_in": {"base": "shift_end", "ms": 43_200_000},
    "quiet": {"base": "shift_end", "ms": 43_200_000},
    "check_out": {"base": "shift_end", "ms": 43_200_000},
    "after": {"base": "shift_end", "ms": 43_200_000},
    "alert": {"base": "now", "ms": 86_400_000},
    "alert_cancel": {"base": "now", "ms": 86_400_000},
    "alert_details": {"base": "now", "ms": 86_400_000},
    "acknowledge": {"base": "now", "ms": 600_000},
    "paper": {"base": "now", "ms": 1_123_200_000},
    "family_card": {"base": "now", "ms": 259_200_000},
    "answer": {"base": "now", "ms": 259_200_000},
    "wait": {"base": "shift_end", "ms": 0},
    "unwait": {"base": "shift_end", "ms": 0},
    "swap": {"base": "shift_end", "ms": 0},
    "unswap": {"base": "shift_end", "ms": 0},
    "prefer": {"base": "now", "ms": 604_800_000},
}

PURPOSES: Final = ["monitoring", "counsel"]
LANGS: Final = ["en", "es"]
DAY_PARTS: Final = ["morning", "afternoon", "evening", "night"]

REFUSED_CODES: Final = [
    "bad_shape",
    "unknown_member",
    "not_canonical",
    "bad_number",
    "bad_string",
    "duplicate_key",
    "too_large",
    "digest_mismatch",
    "bad_signature",
    "unknown_key",
    "unknown_kind",
    "unknown_version",
    "unknown_log",
    "disclosure_mismatch",
    "file_mismatch",
]
NOT_APPLIED_CODES: Final = [
    "void",
    "full",
    "not_certified",
    "overlap",
    "novices_only",
    "conduct",
    "unknown_shift",
    "unknown_place",
    "started",
    "ended",
    "cancelled",
    "not_yours",
    "key_revoked",
    "disabled",
    "wrong_chapter",
    "already",
    "unknown_alert",
    "closed",
    "lapsed",
    "invalid",
]
QUARANTINE_REASONS: Final = [
    "wrong_clock",
    "wrong_chapter",
    "not_certified",
    "unknown_shift",
    "unknown_place",
    "unknown_form",
    "form_mismatch",
    "answers_invalid",
    "key_revoked",
    "disabled",
    "unknown_box",
    "box_mismatch",
    "unknown_amended",
]
#: Also choices of every `one`, `many` and `ynu` field.
EVERY_CHOICE: Final = ["not_said", "could_not_hear", "unsure"]

HEADER_TIME: Final = "Fieldapp-Time"
HEADER_EPOCH: Final = "Fieldapp-Epoch"
HEADER_CHECKPOINT: Final = "Fieldapp-Checkpoint"
HEADER_BACKED_UP_THROUGH: Final = "Fieldapp-Backed-Up-Through"
