// A receipt is proof: pinned root -> server key certificate -> receipt (docs/protocol.md, section 4).
import { parseCanonical } from "./canonical.js";
import * as p from "./protocol.js";
import { importPublic, publicJwk, thumbprint, verify } from "./sign.js";

/** @typedef {import("./sign.js").Jwk} Jwk */
/** @typedef {{text: string, sig: string}} Signed */
/** @typedef {{v: 1, type: "receipt", log: string, epoch: string, server_key: string, id: string, digest: string, leaf: string|null,
 *   received_at: number, outcome: string}} Receipt */
/** @typedef {Map<string, CryptoKey>} ServerKeys thumbprint to verified key */
/** @typedef {"bad_shape"|"unknown_server_key"|"bad_signature"|"not_mine"|"wrong_leaf"} ReceiptFault */

/**
 * @param {unknown} value
 * @returns {value is Signed}
 */
export function isSigned(value) {
  const { text, sig } = /** @type {Record<string, unknown>} */ (value ?? {});
  return typeof text === "string" && typeof sig === "string";
}

/**
 * Canonical text to an object; null when it is anything else.
 * @param {string} text
 * @returns {Record<string, unknown>|null}
 */
export function readObject(text) {
  try {
    const value = parseCanonical(text);
    return value && typeof value === "object" && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/**
 * The server key that a certificate under the pinned root names, or null.
 * @param {Signed} certificate
 * @param {Jwk} root
 * @param {SubtleCrypto} [subtle]
 * @returns {Promise<{thumbprint: string, key: CryptoKey, notBefore: number}|null>}
 */
export async function verifyCertificate(certificate, root, subtle) {
  if (!isSigned(certificate)) return null;
  const said = readObject(certificate.text);
  if (!said || said.v !== p.VERSION || said.type !== "server_key" || typeof said.not_before !== "number") return null;
  if (said.root !== (await thumbprint(root, subtle))) return null;
  if (!(await verify(await importPublic(root, subtle), p.DOMAIN_SERVER_KEY, certificate.text, certificate.sig, subtle))) return null;
  try {
    const jwk = publicJwk(said.key);
    return { thumbprint: await thumbprint(jwk, subtle), key: await importPublic(jwk, subtle), notBefore: said.not_before };
  } catch {
    return null;
  }
}

/**
 * All server keys that the root certifies; certificates that do not verify are left out.
 * @param {Signed[]} certificates
 * @param {Jwk} root
 * @param {SubtleCrypto} [subtle]
 * @returns {Promise<ServerKeys>}
 */
export async function certifiedKeys(certificates, root, subtle) {
  const found = await Promise.all(certificates.map((one) => verifyCertificate(one, root, subtle)));
  return new Map(found.flatMap((one) => (one ? [[one.thumbprint, one.key]] : [])));
}

/**
 * @param {Record<string, unknown>|null} said
 * @returns {said is Receipt}
 */
function isReceipt(said) {
  return (
    said !== null && said.v === p.VERSION && said.type === "receipt" && typeof said.log === "string" && typeof said.epoch === "string" &&
    typeof said.server_key === "string" && typeof said.id === "string" && typeof said.digest === "string" &&
    (said.leaf === null || typeof said.leaf === "string") && typeof said.received_at === "number" && isReceiptOutcome(said.outcome)
  );
}

/**
 * @param {unknown} outcome
 * @returns {boolean}
 */
function isReceiptOutcome(outcome) {
  return outcome === "stored" || outcome === "quarantined" || (typeof outcome === "string" && outcome.startsWith("not_applied/"));
}

/**
 * Whether this receipt proves that the server has exactly this record.
 * @param {unknown} receipt as answered
 * @param {{id: string, digest: string, leaf: string|null}} mine `leaf` null for an operation
 * @param {ServerKeys} keys
 * @param {SubtleCrypto} [subtle]
 * @returns {Promise<{ok: true, receipt: Receipt}|{ok: false, fault: ReceiptFault}>}
 */
export async function verifyReceipt(receipt, mine, keys, subtle) {
  if (!isSigned(receipt)) return { ok: false, fault: "bad_shape" };
  const said = readObject(receipt.text);
  if (!isReceipt(said)) return { ok: false, fault: "bad_shape" };
  if (said.id !== mine.id || said.digest !== mine.digest) return { ok: false, fault: "not_mine" };
  if (said.leaf !== mine.leaf) return { ok: false, fault: "wrong_leaf" };
  const key = keys.get(said.server_key);
  if (!key) return { ok: false, fault: "unknown_server_key" };
  if (!(await verify(key, p.DOMAIN_RECEIPT, receipt.text, receipt.sig, subtle))) return { ok: false, fault: "bad_signature" };
  return { ok: true, receipt: said };
}
