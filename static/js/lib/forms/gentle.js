// A gentle warning, never a refusal: does a note hold what looks like an A-number or a phone number?

/** @typedef {{kind: "a_number" | "phone", start: number, end: number, text: string}} Look */

// "A 123-456-789", "A# 012345678", "a123 456 789"; and nine digits in threes without the A.
const A_NUMBER = /(?<![\p{L}\d])A(?:[ -]?(?:no|num|number|file|#|n[°º])\.?:?)?[ #:-]{0,2}\d{2,3}[ .-]?\d{3}[ .-]?\d{3}(?!\d)|(?<![\d-])\d{3}-\d{3}-\d{3}(?![\d-])/giu;
// Ten digits as a phone is written here, with or without +1; and anything abroad that begins with + and a country.
const PHONE = /(?<![\d-])(?:\+?1[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-]?)\d{3}[ .-]?\d{4}(?![\d-])|\+\d{1,3}(?:[ .-]?\d{2,4}){2,5}(?!\d)/gu;

/**
 * What a warning should point at, in the order of the text, without overlaps.
 * @param {unknown} text @returns {Look[]}
 */
export function looksPrivate(text) {
  if (typeof text !== "string") return [];
  const found = [...find(text, A_NUMBER, "a_number"), ...find(text, PHONE, "phone")].sort((a, b) => a.start - b.start || b.end - a.end);
  /** @type {Look[]} */
  const apart = [];
  for (const look of found) if (look.start >= (apart.at(-1)?.end ?? 0)) apart.push(look);
  return apart;
}

/** @param {string} text @param {Look} look @param {string} instead @returns {string} */
export const takeOut = (text, look, instead) => text.slice(0, look.start) + instead + text.slice(look.end);

/** @param {string} text @param {RegExp} pattern @param {"a_number" | "phone"} kind @returns {Look[]} */
function find(text, pattern, kind) {
  return [...text.matchAll(pattern)].map((match) => ({ kind, start: match.index, end: match.index + match[0].length, text: match[0] }));
}
