// base64url without padding, strict, and standard base64 for checkpoints.

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

const URL_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const URL_TEXT = /^[A-Za-z0-9_-]*$/;
const STD_TEXT = /^[A-Za-z0-9+/]*={0,2}$/;

/** Text that is not base64 of the alphabet asked for. */
export class Base64Error extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = "Base64Error";
    this.code = "bad_string";
  }
}

/**
 * Bytes to base64url without padding.
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function encode(bytes) {
  return toStd(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/**
 * base64url without padding to bytes. Padding, white space, another alphabet and stray bits at the end are errors,
 * so that every byte string has exactly one text.
 * @param {string} text
 * @returns {Bytes}
 */
export function decode(text) {
  if (typeof text !== "string" || !URL_TEXT.test(text) || text.length % 4 === 1) throw new Base64Error("not base64url");
  const rest = text.length % 4;
  if (rest && URL_ALPHABET.indexOf(text[text.length - 1] ?? "") & (rest === 2 ? 15 : 3)) throw new Base64Error("stray bits");
  return fromBinary(atob(text.replaceAll("-", "+").replaceAll("_", "/")));
}

/**
 * Bytes to standard base64 with padding.
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function toStd(bytes) {
  let binary = "";
  for (let i = 0; i < bytes.length; i += 8192) binary += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(binary);
}

/**
 * Standard base64 with padding to bytes.
 * @param {string} text
 * @returns {Bytes}
 */
export function fromStd(text) {
  if (text.length % 4 || !STD_TEXT.test(text)) throw new Base64Error("not base64");
  const bytes = fromBinary(atob(text));
  if (toStd(bytes) !== text) throw new Base64Error("stray bits");
  return bytes;
}

/**
 * @param {string} binary one character per byte
 * @returns {Bytes}
 */
function fromBinary(binary) {
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/**
 * Text to UTF-8.
 * @param {string} text
 * @returns {Bytes}
 */
export function utf8(text) {
  return /** @type {Bytes} */ (new TextEncoder().encode(text));
}
