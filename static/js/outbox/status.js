// The state of a record in plain terms, for a screen to put into words.
/** @typedef {import("./types.js").Item} Item */
/** @typedef {import("./types.js").Tag} Tag */
/** @typedef {"saved"|"waiting"|"sending"|"received"|"attention"|"quarantined"|"not_applied"} State */
/** @typedef {{state: State, code: string|null}} Status */
/**
 * @typedef {object} Entry
 * @property {string} id
 * @property {string} digest
 * @property {string} kind
 * @property {string|null} form
 * @property {string|null} form_hash
 * @property {"monitoring"|"counsel"|null} purpose
 * @property {string|null} shift
 * @property {string} key thumbprint it was signed with
 * @property {number} saved_at phone clock
 * @property {number|null} received_at server time; for evidence rounded up to the quarter hour
 * @property {boolean} held received, and the sealed original kept until a backup has it
 * @property {import("./types.js").Json} label
 * @property {Status} status
 */

const NOT_APPLIED = "not_applied/";

/**
 * @param {Item} item
 * @param {boolean} sending
 * @returns {Status}
 */
export function statusOf(item, sending) {
  if (item.state === "received") return receivedAs(item.outcome ?? "stored");
  if (sending) return { state: "sending", code: null };
  if (item.state === "attention" || item.state === "sign_in") return { state: "attention", code: item.code };
  return item.tries === 0 && item.code === null ? { state: "saved", code: null } : { state: "waiting", code: item.code };
}

/**
 * @param {string} outcome
 * @returns {Status}
 */
function receivedAs(outcome) {
  if (outcome === "quarantined") return { state: "quarantined", code: null };
  if (outcome.startsWith(NOT_APPLIED)) return { state: "not_applied", code: outcome.slice(NOT_APPLIED.length) };
  return { state: "received", code: null };
}

/**
 * @param {Item} item
 * @param {Tag} tag
 * @param {boolean} sending
 * @returns {Entry}
 */
export function entryOf(item, tag, sending) {
  const { digest, kind, form, form_hash = null, purpose = null, shift, key, saved_at, label } = tag;
  const status = statusOf(item, sending);
  return { id: item.id, digest, kind, form, form_hash, purpose, shift, key, saved_at, received_at: item.received_at, held: item.held === 1, label, status };
}
