// A passphrase is generated, never chosen: seven words of a list of 2,048, 77 bits, behind scrypt.
import { wordlist as english } from "@scure/bip39/wordlists/english.js";
import { wordlist as spanish } from "@scure/bip39/wordlists/spanish.js";

export const COUNT = 7;

/**
 * Seven random words in the page's language.
 * @param {string} lang
 * @param {(bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>} [random]
 * @returns {string}
 */
export function sevenWords(lang, random = (bytes) => crypto.getRandomValues(bytes)) {
  const list = lang === "es" ? spanish : english;
  const bytes = random(new Uint8Array(COUNT * 2));
  const pick = (/** @type {number} */ at) => (((bytes[at * 2] ?? 0) << 8) | (bytes[at * 2 + 1] ?? 0)) & 2047;
  return Array.from({ length: COUNT }, (_, at) => list[pick(at)]).join(" ").normalize("NFC");
}

/**
 * What a person typed, as it is used: one space between words, small letters, no accents (a keyboard may have none).
 * @param {string} typed
 * @returns {string}
 */
export function tidy(typed) {
  return typed.normalize("NFD").replace(/\p{M}/gu, "").trim().toLowerCase().split(/\s+/).join(" ");
}
