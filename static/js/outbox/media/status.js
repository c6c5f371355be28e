// The state of a photo, film or recording in plain terms, for a screen to put into words. What is in it, it never says.

/** @typedef {import("./types.js").MediaRow} MediaRow */
/** @typedef {import("./types.js").MediaTag} MediaTag */
/** @typedef {import("./types.js").MediaEntry} MediaEntry */

/** Codes that wait by themselves and need nobody's eye. */
const ATTENTION = new Set(["too_large", "length", "bad_token", "bad_request", "tus_version", "mismatch", "unreadable", "lost"]);

/**
 * @param {MediaRow} row
 * @param {boolean} sending
 * @returns {MediaEntry["state"]}
 */
export function stateOf(row, sending) {
  if (row.let_go_at !== null) return "received";
  if (row.state === "recording") return "recording";
  if (row.code && ATTENTION.has(row.code)) return "attention";
  if (sending) return "uploading";
  return row.tries || row.sent ? "waiting" : "saved";
}

/**
 * @param {MediaRow} row
 * @param {MediaTag} tag
 * @param {boolean} sending
 * @returns {MediaEntry}
 */
export function entryOf(row, tag, sending) {
  const { id, record, draft, size, plain, sent, code } = row;
  const { kind, source, started_at: at, ended_at, cut } = tag;
  const ms = kind === "photo" || source === "picked" || ended_at === null ? null : ended_at - at;
  return { id, record, draft, kind, size, plain, sent: Math.min(sent, size), state: stateOf(row, sending), code, at, ms, cut };
}
