// Answers in few words, for the lines of what is done and for reading once more.
import { isAnswered } from "../../lib/forms/conditions.js";
import { sayOption, sayValue } from "../../lib/forms/say.js";

/** @typedef {import("../../lib/forms/definition.js").Field} Field */
/** @typedef {import("../../lib/forms/definition.js").Answers} Answers */
/** @typedef {{lang: "en" | "es", lists: import("../../lib/forms/definition.js").Lists, zone: string}} Known */

/** @param {string} text */
export const upperFirst = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** Inside a line words are small, but DHS stays DHS. @param {string} text */
const lowerFirst = (text) => (/^.[\p{Lu}\d]/u.test(text) ? text : text.charAt(0).toLowerCase() + text.slice(1));

/** @param {Field} field @param {unknown} value @param {Known} known @returns {string} */
function short(field, value, known) {
  const option = field.options?.find((one) => one.id === value);
  if (option?.short) return option.short[known.lang];
  const text = sayOption(field, value, known.lang, known.lists);
  return field.type === "pick" && known.lang === "en" ? text : lowerFirst(text);
}

/** One answer inside a line of several. @param {Field} field @param {any} value @param {Known} known @returns {string} */
function part(field, value, known) {
  if (["one", "ynu", "band", "pick", "many"].includes(field.type)) {
    return (Array.isArray(value) ? value : [value]).map((one) => short(field, one, known)).join(", ");
  }
  if (field.type === "int") return `${lowerFirst(field.label[known.lang])} ${value}`;
  return sayValue(field, value, known.lang, known);
}

/** Answers of several fields on one line. @param {Field[]} fields @param {Answers} answers @param {Known} known @returns {string} */
export const line = (fields, answers, known) =>
  upperFirst(fields.filter((field) => isAnswered(answers[field.id])).map((field) => part(field, answers[field.id], known)).join(", "));

/**
 * The answer of one question with what goes with it: `Spanish, interpreter OK`.
 * @param {Field[]} fields the question first @param {Answers} answers @param {Known} known @returns {string}
 */
export function answerLine(fields, answers, known) {
  const [first, ...rest] = fields.filter((field) => isAnswered(answers[field.id]));
  if (!first) return "";
  return [fullAnswer(first, answers[first.id], known), ...rest.map((field) => part(field, answers[field.id], known))].join(", ");
}

/** @param {Field} field @param {any} value @param {Known} known @returns {string} */
export function fullAnswer(field, value, known) {
  if (field.type === "rows") return Object.values(value).map((row) => rowLine(field, row, known)).join("; ");
  if (field.type !== "many") return sayValue(field, value, known.lang, known);
  return upperFirst(value.map((/** @type {string} */ one) => lowerFirst(sayOption(field, one, known.lang))).join(", "));
}

/** @param {Field} field @param {Answers} row @param {Known} known @returns {string} */
export const rowLine = (field, row, known) =>
  upperFirst((field.columns ?? []).filter((column) => isAnswered(row[column.id])).map((column) => (column.type === "int" ? String(row[column.id]) : part(column, row[column.id], known))).join(", "));

