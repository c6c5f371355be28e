// Which key chooses which answer: the same as is printed beside it on the blank (fieldapp/observations/blanks.py).
import { NOT_LISTED, YES_NO } from "../../lib/forms/definition.js";
import { COMMON, sayOption } from "../../lib/forms/say.js";
import { plainLetters } from "../form/letters.js";

/** @typedef {import("../../lib/forms/definition.js").Field} Field */
/** @typedef {{key: string, id: string, label: string}} Choice */
/** @typedef {{lang: "en" | "es", lists: import("../../lib/forms/definition.js").Lists}} Known */

export const KEYS = "123456789abcdefghijk";
/** Answers that every choice takes. @type {Record<string, string>} */
const ODD_KEYS = { "-": "not_said", "/": "could_not_hear", "?": "unsure" };
const MOST = 9;
const CHOICES = new Set(["one", "ynu", "band", "many", "pick", "flag"]);

/** Answered by one key, not typed out. @param {Field} field */
export const isChoice = (field) => CHOICES.has(field.type);

/** @param {Field} field @param {Known} known @returns {{id: string, label: string}[]} all of a list */
export const itemsOf = (field, { lang, lists }) =>
  (lists[field.source ?? ""] ?? []).map(({ id, label }) => ({ id, label: typeof label === "string" ? label : label[lang] }));

/** The answers with a key of their own. @param {Field} field @param {Known} known @returns {Choice[]} */
export function choicesOf(field, known) {
  const say = (/** @type {string} */ id) => sayOption(field, id, known.lang, known.lists);
  if (field.type === "flag") return [{ key: "1", id: "yes", label: COMMON.yes?.[known.lang] ?? "" }];
  const keyed = (/** @type {string[]} */ ids) => ids.slice(0, KEYS.length).map((id, n) => ({ key: KEYS[n] ?? "", id, label: say(id) }));
  if (field.type === "pick") {
    const items = itemsOf(field, known);
    const common = field.common?.map(String).filter((id) => items.some((one) => one.id === id)) ?? items.slice(0, MOST).map((one) => one.id);
    return [...keyed(common.slice(0, MOST)), { key: "0", id: NOT_LISTED, label: say(NOT_LISTED) }];
  }
  return keyed(field.type === "ynu" ? YES_NO : (field.options ?? []).map((one) => one.id));
}

/** What was not learnt: three answers of every choice but a flag. @param {Field} field @param {Known} known @returns {Choice[]} */
export const oddChoices = (field, known) =>
  field.type === "flag" ? [] : Object.entries(ODD_KEYS).map(([key, id]) => ({ key, id, label: sayOption(field, id, known.lang) }));

/** The answer that a key stands for. @param {Field} field @param {string} key @param {Known} known @returns {string | undefined} */
export function answerFor(field, key, known) {
  const small = key.toLowerCase();
  if (field.type === "ynu" || field.type === "flag") {
    if (small === "y" || small === "s") return "yes";
    if (small === "n" || (field.type === "flag" && ["0", "2"].includes(key))) return "no";
  }
  return [...choicesOf(field, known), ...oddChoices(field, known)].find((one) => one.key === small)?.id;
}

/** Items of a long list by a few letters: those that begin with them first. @param {Field} field @param {string} letters @param {Known} known */
export function foundBy(field, letters, known) {
  const wanted = plainLetters(letters.trim());
  if (!wanted) return [];
  const items = itemsOf(field, known);
  const starts = items.filter((one) => plainLetters(one.label).startsWith(wanted));
  return [...starts, ...items.filter((one) => !starts.includes(one) && plainLetters(one.label).includes(wanted))].slice(0, MOST);
}
