// P-256 signatures over "domain line LF text", SHA-256, and key thumbprints (RFC 7638).
import { decode, encode, utf8 } from "./b64.js";
import { canonical } from "./canonical.js";

/** @typedef {import("./b64.js").Bytes} Bytes */
/** @typedef {{crv: "P-256", kty: "EC", x: string, y: string}} Jwk */

const EC = { name: "ECDSA", namedCurve: "P-256" };
const ECDSA = { name: "ECDSA", hash: "SHA-256" };

/**
 * SHA-256 of text (as UTF-8) or bytes.
 * @param {string|Bytes} input
 * @param {SubtleCrypto} [subtle]
 * @returns {Promise<Bytes>}
 */
export async function sha256(input, subtle = crypto.subtle) {
  return new Uint8Array(await subtle.digest("SHA-256", typeof input === "string" ? utf8(input) : input));
}

/**
 * b64u(SHA-256(input)).
 * @param {string|Bytes} input
 * @param {SubtleCrypto} [subtle]
 * @returns {Promise<string>}
 */
export async function digest(input, subtle) {
  return encode(await sha256(input, subtle));
}

/**
 * The log leaf of a text: b64u(SHA-256(0x00 || text)), RFC 6962.
 * @param {string} text
 * @param {SubtleCrypto} [subtle]
 * @returns {Promise<string>}
 */
export async function leafHash(text, subtle) {
  const bytes = utf8(text);
  const prefixed = new Uint8Array(bytes.length + 1);
  prefixed.set(bytes, 1);
  return digest(prefixed, subtle);
}

/**
 * The public members of a P-256 JWK, checked. Throws TypeError.
 * @param {unknown} value
 * @returns {Jwk}
 */
export function publicJwk(value) {
  const { crv, kty, x, y } = /** @type {Record<string, unknown>} */ (value ?? {});
  if (crv !== "P-256" || kty !== "EC" || typeof x !== "string" || typeof y !== "string") throw new TypeError("not a P-256 key");
  if (decode(x).length !== 32 || decode(y).length !== 32) throw new TypeError("not a P-256 key");
  return { crv, kty, x, y };
}

/**
 * RFC 7638 thumbprint of a P-256 public key.
 * @param {Jwk} jwk
 * @param {SubtleCrypto} [subtle]
 * @returns {Promise<string>}
 */
export function thumbprint(jwk, subtle) {
  const { crv, kty, x, y } = jwk;
  return digest(canonical({ crv, kty, x, y }), subtle);
}

/**
 * A public key ready to verify with.
 * @param {Jwk} jwk
 * @param {SubtleCrypto} [subtle]
 * @returns {Promise<CryptoKey>}
 */
export function importPublic(jwk, subtle = crypto.subtle) {
  return subtle.importKey("jwk", { ...publicJwk(jwk), ext: true }, EC, true, ["verify"]);
}

/**
 * A new P-256 pair; the private key cannot be exported.
 * @param {SubtleCrypto} [subtle]
 * @returns {Promise<{privateKey: CryptoKey, jwk: Jwk}>}
 */
export async function generate(subtle = crypto.subtle) {
  const pair = /** @type {CryptoKeyPair} */ (await subtle.generateKey(EC, false, ["sign", "verify"]));
  return { privateKey: pair.privateKey, jwk: publicJwk(await subtle.exportKey("jwk", pair.publicKey)) };
}

/**
 * Signs text under a domain line; b64u of r||s.
 * @param {CryptoKey} key
 * @param {string} domain
 * @param {string} text
 * @param {SubtleCrypto} [subtle]
 * @returns {Promise<string>}
 */
export async function sign(key, domain, text, subtle = crypto.subtle) {
  return encode(new Uint8Array(await subtle.sign(ECDSA, key, utf8(`${domain}\n${text}`))));
}

/**
 * Whether `sig` is over text under this domain line; false for a signature that cannot be read.
 * @param {CryptoKey} key
 * @param {string} domain
 * @param {string} text
 * @param {string} sig
 * @param {SubtleCrypto} [subtle]
 * @returns {Promise<boolean>}
 */
export async function verify(key, domain, text, sig, subtle = crypto.subtle) {
  let bytes;
  try {
    bytes = decode(sig);
  } catch {
    return false;
  }
  return bytes.length === 64 && subtle.verify(ECDSA, key, bytes, utf8(`${domain}\n${text}`));
}
