// A media receipt is proof that the server holds exactly these bytes; nothing else frees them here (docs/protocol.md, section 13).
import * as p from "../../lib/protocol.js";
import { isSigned, readObject } from "../../lib/receipt.js";
import { verify } from "../../lib/sign.js";

/** @typedef {{sha256: string, size: number, media: string, received_at: number, server_key: string}} MediaReceipt */
/** @typedef {"bad_shape"|"not_mine"|"unknown_server_key"|"bad_signature"} Fault */

/**
 * @param {unknown} receipt as answered
 * @param {{id: string, sha256: string, size: number}} mine
 * @param {import("../../lib/receipt.js").ServerKeys} keys under the pinned root
 * @param {SubtleCrypto} subtle
 * @returns {Promise<{ok: true, receipt: MediaReceipt}|{ok: false, fault: Fault}>}
 */
export async function verifyMediaReceipt(receipt, mine, keys, subtle) {
  if (!isSigned(receipt)) return { ok: false, fault: "bad_shape" };
  const said = readObject(receipt.text);
  if (!said || said.v !== p.VERSION || said.type !== "media_receipt" || typeof said.received_at !== "number") return { ok: false, fault: "bad_shape" };
  if (said.media !== mine.id || said.sha256 !== mine.sha256 || said.size !== mine.size) return { ok: false, fault: "not_mine" };
  const key = typeof said.server_key === "string" && keys.get(said.server_key);
  if (!key) return { ok: false, fault: "unknown_server_key" };
  if (!(await verify(key, p.DOMAIN_MEDIA_RECEIPT, receipt.text, receipt.sig, subtle))) return { ok: false, fault: "bad_signature" };
  return { ok: true, receipt: /** @type {any} */ (said) };
}
