// A certificate that somebody shows as a QR: signed by a server key under the pinned root, good for three days (docs/protocol.md, section 15).
import * as p from "./protocol.js";
import { readObject } from "./receipt.js";
import { verify } from "./sign.js";

/** @typedef {{en: string, es: string, ends_at: number}} Course */
/** @typedef {{chapter: string, courses: Course[], grade: string, issued_at: number, log: string, name: string, server_key: string, until: number}} Certificate */
/** @typedef {"unreadable"|"elsewhere"|"unknown_server_key"|"bad_signature"|"over"} CertificateFault */

const MARK = "FA1";
const SIG_CHARS = 86;

/** What the QR says. @param {import("./receipt.js").Signed} signed @returns {string} */
export const toCode = ({ text, sig }) => `${MARK}${sig}${text}`;

/** @param {string} code @returns {import("./receipt.js").Signed|null} */
function fromCode(code) {
  const at = MARK.length + SIG_CHARS;
  return code.startsWith(`${MARK}`) && code[at] === "{" ? { sig: code.slice(MARK.length, at), text: code.slice(at) } : null;
}

/** @param {any} said @returns {said is Certificate} */
function isCertificate(said) {
  const texts = ["chapter", "grade", "log", "name", "server_key"];
  return (
    said !== null && said.v === p.VERSION && said.type === "certificate" && texts.every((one) => typeof said[one] === "string") &&
    Number.isSafeInteger(said.issued_at) && Number.isSafeInteger(said.until) && Array.isArray(said.courses) &&
    said.courses.every((/** @type {any} */ one) => typeof one?.en === "string" && typeof one.es === "string" && Number.isSafeInteger(one.ends_at))
  );
}

/** @param {string} code @returns {Certificate|null} what it says, believed or not */
export function readCode(code) {
  const said = /** @type {any} */ (readObject(fromCode(code)?.text ?? ""));
  return isCertificate(said) ? said : null;
}

/**
 * Whether this installation says so, and still at `now`. Needs no network.
 * @param {string} code as read from the QR
 * @param {{log: string, keys: import("./receipt.js").ServerKeys}} ours
 * @param {number} now ms UTC
 * @param {SubtleCrypto} [subtle]
 * @returns {Promise<{ok: true, said: Certificate}|{ok: false, fault: CertificateFault, said: Certificate|null}>}
 */
export async function verifyCode(code, { log, keys }, now, subtle) {
  const [signed, said] = [fromCode(code), readCode(code)];
  if (!signed || !said) return { ok: false, fault: "unreadable", said: null };
  if (said.log !== log) return { ok: false, fault: "elsewhere", said: null };
  const key = keys.get(said.server_key);
  if (!key) return { ok: false, fault: "unknown_server_key", said: null };
  if (!(await verify(key, p.DOMAIN_CERTIFICATE, signed.text, signed.sig, subtle))) return { ok: false, fault: "bad_signature", said: null };
  const until = Math.min(said.until, said.issued_at + p.CERTIFICATE_SHOWN_MS);
  return until > now ? { ok: true, said } : { ok: false, fault: "over", said };
}
