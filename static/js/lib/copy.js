// The signed copy of a message that a chapter sent: pinned root -> server key certificate -> copy (docs/protocol.md, section 16). What somebody
// got is compared with it word for word.
import * as p from "./protocol.js";
import { isSigned, readObject } from "./receipt.js";
import { verify } from "./sign.js";

/** @typedef {{id: string, chapter: string, above: string[], chapter_name: string, zone: string, alert: number, sent_at: number, ring: string, by: string[],
 *   words: {en: string, es: string}, server_key: string}} Copy */
/** @typedef {"unreadable"|"elsewhere"|"unknown_server_key"|"bad_signature"} CopyFault */
/** @typedef {{found: "sent"|"changed", copy: Copy, words: string}|{found: "none", copy: null}} Looked `words`: ours, in the language of what was got */

/** Half of the words or more in common: whoever made it had ours before them. */
const LIKE = 0.6;

/** @param {unknown} value @returns {value is string[]} */
const areTexts = (value) => Array.isArray(value) && value.every((one) => typeof one === "string");

/** @param {any} said @returns {said is Copy} */
function isCopy(said) {
  const texts = ["id", "chapter", "chapter_name", "zone", "ring", "server_key"];
  return (
    said !== null && said.v === p.VERSION && said.type === "broadcast" && texts.every((one) => typeof said[one] === "string") && areTexts(said.above) && areTexts(said.by) &&
    Number.isSafeInteger(said.sent_at) && Number.isSafeInteger(said.alert) && typeof said.words?.en === "string" && typeof said.words.es === "string"
  );
}

/**
 * Whether a chapter of this person's installation sent this: their own, one above it, or one below it.
 * @param {unknown} signed as answered
 * @param {{chapter: string, above: string[], keys: import("./receipt.js").ServerKeys}} ours
 * @param {SubtleCrypto} [subtle]
 * @returns {Promise<{ok: true, copy: Copy}|{ok: false, fault: CopyFault, copy: Copy|null}>}
 */
export async function verifyCopy(signed, { chapter, above, keys }, subtle) {
  const copy = isSigned(signed) ? /** @type {any} */ (readObject(signed.text)) : null;
  if (!isSigned(signed) || !isCopy(copy)) return { ok: false, fault: "unreadable", copy: null };
  const key = keys.get(copy.server_key);
  if (!key) return { ok: false, fault: "unknown_server_key", copy };
  if (!(await verify(key, p.DOMAIN_BROADCAST, signed.text, signed.sig, subtle))) return { ok: false, fault: "bad_signature", copy };
  const ours = copy.chapter === chapter || above.includes(copy.chapter) || copy.above.includes(chapter);
  return ours ? { ok: true, copy } : { ok: false, fault: "elsewhere", copy };
}

/** One blank between words, none around: what forwarding changes, and nothing else. @param {string} text */
export const normal = (text) => text.normalize("NFC").replace(/\s+/gu, " ").trim();

/** @param {string} text @returns {string[]} */
const wordsOf = (text) => normal(text).toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** How much two texts have in common: twice the words of both over the words of each. @param {string} a @param {string} b @returns {number} 0 to 1 */
function likeness(a, b) {
  const [first, second] = [wordsOf(a), wordsOf(b)];
  const left = [...second];
  const both = first.filter((word) => {
    const at = left.indexOf(word);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
  return first.length + second.length ? (2 * both.length) / (first.length + second.length) : 0;
}

/**
 * What a text that somebody got is: one of these, one of these with other words, or none.
 * @param {string} text
 * @param {Copy[]} copies verified ones, newest first
 * @returns {Looked}
 */
export function look(text, copies) {
  const got = normal(text);
  const all = copies.flatMap((copy) => [copy.words.en, copy.words.es].map((words) => ({ copy, words })));
  const same = all.find(({ words }) => normal(words) === got);
  if (same) return { found: "sent", ...same };
  const near = all.map(({ copy, words }) => ({ copy, words, like: normal(words) && got.includes(normal(words)) ? 1 : likeness(got, words) })).sort((a, b) => b.like - a.like)[0];
  return near && near.like >= LIKE ? { found: "changed", copy: near.copy, words: near.words } : { found: "none", copy: null };
}
