// What an HTTP answer to a sync means. Only our own shape is an answer; anything else leaves every record where it is.
import { retryAfter } from "../lib/clock.js";
import * as p from "../lib/protocol.js";
import { leafHash } from "../lib/sign.js";
import { verifyReceipt } from "../lib/receipt.js";

/** @typedef {import("./types.js").Envelope} Envelope */
/** @typedef {import("./types.js").Receipt} Receipt */
/** @typedef {import("./types.js").Signed} Signed */
/** @typedef {{id: string, evidence: boolean, envelope: Envelope}} Sent */
/** @typedef {Record<string, unknown>} Result */
/** @typedef {{kind: "answered", results: Result[]}|{kind: "portal"}|{kind: "too_much"}|{kind: "broken"}|{kind: "slow", wait: number|null}
 *   |{kind: "failed", status: number}} Answer */
/** @typedef {{kind: "let_go", receipt: Receipt, signed: Signed}|{kind: "attention", code: string}|{kind: "sign_in", key: string}
 *   |{kind: "later", wait: number}|{kind: "keep", code: string}} Verdict */

const LATER_MAX_MS = 86400000;

/**
 * @param {{status: number, headers: {get: (name: string) => string|null}}} response
 * @param {string} text its body
 * @param {number} count records sent
 * @param {number} now phone clock, ms
 * @returns {Answer}
 */
export function classify(response, text, count, now) {
  const { status, headers } = response;
  if (status === 200) return readResults(text, count);
  if (status === 400 || status === 413 || status === 415 || status === 422) return { kind: "too_much" };
  if (status === 429 || status === 503) return { kind: "slow", wait: retryAfter(headers.get("Retry-After"), headers.get("Date"), now) };
  return status === 500 ? { kind: "broken" } : { kind: "failed", status };
}

/**
 * @param {string} text
 * @param {number} count
 * @returns {Answer}
 */
function readResults(text, count) {
  let said;
  try {
    said = JSON.parse(text);
  } catch {
    return { kind: "portal" };
  }
  const results = said?.v === p.VERSION && Array.isArray(said.results) ? said.results : null;
  const shaped = results?.length === count && results.every((/** @type {Result|null} */ one) => typeof one?.outcome === "string");
  return shaped ? { kind: "answered", results } : { kind: "portal" };
}

/**
 * What one result means for the record that was sent in its place.
 * @param {Result} result
 * @param {Sent} sent
 * @param {import("../lib/receipt.js").ServerKeys} keys
 * @param {number|null} serverTime of the answer
 * @param {SubtleCrypto} subtle
 * @returns {Promise<Verdict>}
 */
export async function judge(result, sent, keys, serverTime, subtle) {
  const outcome = String(result.outcome);
  if (!isOf(result.id, sent.id) || !isOf(result.digest, sent.envelope.digest)) return { kind: "keep", code: "unproven" };
  if (outcome === "conflict") return { kind: "attention", code: "conflict" };
  if (outcome === "refused/unknown_key") return { kind: "sign_in", key: JSON.parse(sent.envelope.body).key };
  if (outcome.startsWith("refused/")) return { kind: "attention", code: outcome.slice("refused/".length) };
  if (outcome === "later") {
    const wait = typeof result.not_before === "number" && serverTime !== null ? result.not_before - serverTime : 0;
    return { kind: "later", wait: Math.min(Math.max(1000, wait), LATER_MAX_MS) };
  }
  const leaf = sent.evidence ? await leafHash(sent.envelope.body, subtle) : null;
  const verdict = await verifyReceipt(result.receipt, { id: sent.id, digest: sent.envelope.digest, leaf }, keys, subtle);
  if (!verdict.ok) return { kind: "keep", code: verdict.fault === "unknown_server_key" ? "unknown_server_key" : "unproven" };
  return { kind: "let_go", receipt: verdict.receipt, signed: /** @type {Signed} */ (result.receipt) };
}

/**
 * @param {unknown} said
 * @param {string} mine
 * @returns {boolean} null is for what the server could not read
 */
function isOf(said, mine) {
  return said === mine || said === null;
}
