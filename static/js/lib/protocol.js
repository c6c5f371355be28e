// The protocol's constants (docs/protocol.md). Made by tools/protocol_js.py from fieldapp/core/protocol.py: change them there.

export const VERSION = 1;
/** Largest record: bytes of body + canonical open + every age file. */
export const MAX_RECORD_BYTES = 65536;
export const MAX_BATCH_RECORDS = 100;
/** Largest sync request as sent. */
export const MAX_BATCH_BYTES = 1048576;
export const MAX_PATH_CHARS = 200;
export const MAX_APP_CHARS = 40;
export const MAX_WAITING_KEYS = 32;
export const SALT_BYTES = 16;
/** Commitments and decoys fill the array to a multiple of this. */
export const COMMITMENT_MULTIPLE = 16;
/** A sealed plaintext is padded to a power of two, at least this many bytes. */
export const PAD_MIN_BYTES = 1024;
/** Evidence: received_at is rounded up to a multiple of this (ms). */
export const RECEIVED_AT_STEP_MS = 900000;
/** A void_after further ahead than this is not_applied/void (ms). */
export const VOID_AFTER_MAX_MS = 1209600000;
/** A certificate that is shown is good for so long after it was signed (ms). */
export const CERTIFICATE_SHOWN_MS = 259200000;
export const DOMAIN_RECORD = "fieldapp/record/v1";
export const DOMAIN_RECEIPT = "fieldapp/receipt/v1";
export const DOMAIN_SERVER_KEY = "fieldapp/server-key/v1";
export const DOMAIN_DEVICE_KEY = "fieldapp/device-key/v1";
export const DOMAIN_NOTICE = "fieldapp/notice/v1";
export const DOMAIN_BOX_MANIFEST = "fieldapp/box-manifest/v1";
export const DOMAIN_BOX_WITNESS = "fieldapp/box-witness/v1";
export const DOMAIN_HAND_IN = "fieldapp/hand-in/v1";
export const DOMAIN_CERTIFICATE = "fieldapp/certificate/v1";
export const DOMAIN_MEDIA = "fieldapp/media/v1";
export const DOMAIN_BROADCAST = "fieldapp/broadcast/v1";
export const DOMAIN_MEDIA_RECEIPT = "fieldapp/media-receipt/v1";
/** A media id is b64u of so many random bytes. */
export const MEDIA_ID_BYTES = 16;
/** What a record says of an item's kind; coarse on purpose. */
export const MEDIA_TYPES = ["image/sealed", "video/sealed", "audio/sealed"];
/** Items of one record. */
export const MAX_MEDIA = 50;
/** Largest plaintext of one frame of an item. */
export const MEDIA_FRAME_BYTES = 1048576;
/** A frame begins with its age file's length: so many bytes, big-endian. */
export const MEDIA_LENGTH_BYTES = 4;
/** Largest body of one PATCH (and of a POST that brings bytes). */
export const MAX_MEDIA_PATCH_BYTES = 4194304;
/** Largest item that a server takes unless it is told otherwise. */
export const MAX_MEDIA_BYTES = 4294967296;
export const TUS_VERSION = "1.0.0";
export const EVIDENCE_KINDS = ["observation", "amendment"];
export const OPERATION_KINDS = [
  "claim", "release", "check_in", "quiet", "check_out", "after", "alert", "alert_cancel", "alert_details",
  "acknowledge", "paper", "family_card", "answer", "wait", "unwait", "swap", "unswap", "prefer",
];
/** Operations whose body must name a shift. */
export const SHIFT_KINDS = [
  "claim", "release", "check_in", "quiet", "check_out", "after", "wait", "unwait", "swap", "unswap",
];
/** Operations whose payload is one sealed file: a family's card has nothing open, an alert's details name the alert. */
export const SEALED_KINDS = ["family_card", "alert_details"];
/** What a box may be for. Records go to `legal`; a family's card, and nothing else, to `intake`; an alert's details to `dispatch`. */
export const BOX_PURPOSES = ["legal", "intake", "dispatch"];
/** An alert's details are gone from the server this long after the alert ended (ms). */
export const ALERT_DETAILS_MS = 86400000;
/** A dispatch box is sealed to for so long after it was made (ms); it is renewed daily. */
export const DISPATCH_BOX_MS = 172800000;
/** Largest age file of an alert's details. */
export const MAX_DETAILS_BYTES = 40960;
/** A family's card is gone from the server this long after it came (ms), handed over or not. */
export const FAMILY_CARD_MS = 259200000;
/** Largest age file of a family's card. */
export const MAX_FAMILY_CARD_BYTES = 32768;
/** Longest text on a family's card (UTF-16 code units). */
export const MAX_FAMILY_TEXT_CHARS = 500;
/** Default void_after: `base` is the shift's end or the moment of saving; `ms` is added to it. */
export const VOID_AFTER = {
  claim: { base: "shift_end", ms: 0 },
  release: { base: "shift_end", ms: 0 },
  check_in: { base: "shift_end", ms: 43200000 },
  quiet: { base: "shift_end", ms: 43200000 },
  check_out: { base: "shift_end", ms: 43200000 },
  after: { base: "shift_end", ms: 43200000 },
  alert: { base: "now", ms: 86400000 },
  alert_cancel: { base: "now", ms: 86400000 },
  alert_details: { base: "now", ms: 86400000 },
  acknowledge: { base: "now", ms: 600000 },
  paper: { base: "now", ms: 1123200000 },
  family_card: { base: "now", ms: 259200000 },
  answer: { base: "now", ms: 259200000 },
  wait: { base: "shift_end", ms: 0 },
  unwait: { base: "shift_end", ms: 0 },
  swap: { base: "shift_end", ms: 0 },
  unswap: { base: "shift_end", ms: 0 },
  prefer: { base: "now", ms: 604800000 },
};
export const PURPOSES = ["monitoring", "counsel"];
export const LANGS = ["en", "es"];
export const DAY_PARTS = ["morning", "afternoon", "evening", "night"];
export const REFUSED_CODES = [
  "bad_shape", "unknown_member", "not_canonical", "bad_number", "bad_string", "duplicate_key", "too_large",
  "digest_mismatch", "bad_signature", "unknown_key", "unknown_kind", "unknown_version", "unknown_log",
  "disclosure_mismatch", "file_mismatch",
];
export const NOT_APPLIED_CODES = [
  "void", "full", "not_certified", "overlap", "novices_only", "conduct", "unknown_shift", "unknown_place", "started",
  "ended", "cancelled", "not_yours", "key_revoked", "disabled", "wrong_chapter", "already", "unknown_alert", "closed",
  "lapsed", "invalid",
];
export const QUARANTINE_REASONS = [
  "wrong_clock", "wrong_chapter", "not_certified", "unknown_shift", "unknown_place", "unknown_form", "form_mismatch",
  "answers_invalid", "key_revoked", "disabled", "unknown_box", "box_mismatch", "unknown_amended",
];
/** Also choices of every `one`, `many` and `ynu` field. */
export const EVERY_CHOICE = ["not_said", "could_not_hear", "unsure"];
export const HEADER_TIME = "Fieldapp-Time";
export const HEADER_EPOCH = "Fieldapp-Epoch";
export const HEADER_CHECKPOINT = "Fieldapp-Checkpoint";
export const HEADER_BACKED_UP_THROUGH = "Fieldapp-Backed-Up-Through";
