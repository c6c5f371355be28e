// What is typed in from paper, before it is saved: a head (the session) and rows (cases). Nothing here changes what it is given, so that
// undoing is going back to an earlier book. No DOM: node tests it as it is.
import { hiddenQuestions, isAnswered } from "../../lib/forms/conditions.js";
import { serialOf } from "../../lib/serial.js";
import { isFillable } from "../form/plan.js";
import { valueFrom } from "./typed.js";

/** @typedef {import("../../lib/forms/definition.js").Definition} Definition */
/** @typedef {import("../../lib/forms/definition.js").Field} Field */
/** @typedef {import("../../lib/forms/definition.js").Answers} Answers */
/** @typedef {import("./typed.js").Paper} Paper */
/** One record to be; `typed` is text that does not fit its question, kept as it is; `sheet` the number of its sheet as typed. @typedef {{id: string, answers: Answers, typed: Record<string, string>, sheet: string}} Row */
/**
 * `head` only where the form holds cases, which are then of `caseForm`; `acts` are ids of what is said of each sheet: with them and those of the rows nothing is ever
 * saved twice. `saving`: it was begun.
 * @typedef {{v: 1, form: string, caseForm: string, head: Row | null, rows: Row[], all: boolean, saving: boolean, acts: Record<string, {entered: string, fate: string}>}} Book
 */
/** A cell: row -1 is the head. @typedef {{row: number, field: string}} At */

export const SHEET = "_sheet";
const SHEET_FIELD = /** @type {Field} */ ({ id: SHEET, type: "note", label: { en: "Sheet", es: "Hoja" }, ask: { en: "Which number is printed on the sheet?", es: "¿Qué número lleva impreso la hoja?" }, max: 12 });

/** @param {string} [sheet] @returns {Row} */
export const newRow = (sheet = "") => ({ id: crypto.randomUUID(), answers: {}, typed: {}, sheet });

/** @param {Definition} defn @returns {Book} */
export const newBook = (defn) => ({ v: 1, form: defn.id, caseForm: defn.cases ? "" : defn.id, head: defn.cases ? newRow() : null, rows: [newRow()], all: false, saving: false, acts: {} });

/** @param {Book} book @param {number} row */
export const rowAt = (book, row) => (row < 0 ? book.head : book.rows[row]) ?? undefined;

/** @param {Row} row */
export const isBlank = ({ answers, typed }) => !Object.keys(answers).length && !Object.keys(typed).length;

/** Rows that something is written in. @param {Book} book */
export const filled = (book) => book.rows.filter((row) => !isBlank(row));

/** @param {Book} book @param {number} row @param {Partial<Row>} patch @returns {Book} */
export function put(book, row, patch) {
  if (row < 0) return book.head ? { ...book, head: { ...book.head, ...patch } } : book;
  return { ...book, rows: book.rows.map((one, n) => (n === row ? { ...one, ...patch } : one)) };
}

/** @param {Record<string, any>} from @param {string} id */
function without(from, id) {
  const rest = { ...from };
  delete rest[id];
  return rest;
}

/** @param {Book} book @param {At} at @param {unknown} value @returns {Book} */
export function answer(book, { row, field }, value) {
  const one = rowAt(book, row);
  if (!one) return book;
  const answers = isAnswered(value) && value !== false ? { ...one.answers, [field]: value } : without(one.answers, field);
  return put(book, row, { answers, typed: without(one.typed, field) });
}

/** One of several, on or off; what stands alone takes the place of the others. @param {Field} field @param {string[]} now @param {string} id */
export function toggled(field, now, id) {
  const alone = (/** @type {string} */ one) => !field.options?.some((option) => option.id === one && !option.alone);
  if (now.includes(id)) return now.filter((one) => one !== id);
  return alone(id) ? [id] : [...now.filter((one) => !alone(one)), id];
}

/** Text as it is typed: what it means, or kept as it is where it means nothing. @param {Book} book @param {At} at @param {Field} field @param {string} text @param {Paper} paper @returns {Book} */
export function typeIn(book, at, field, text, paper) {
  const one = rowAt(book, at.row);
  if (!one) return book;
  if (at.field === SHEET) return put(book, at.row, { sheet: text });
  const value = text.trim() ? valueFrom(field, text, paper) : undefined;
  if (value !== undefined || !text.trim()) return answer(book, at, value);
  return put(book, at.row, { answers: without(one.answers, at.field), typed: { ...one.typed, [at.field]: text } });
}

/** The row before: what repeats is taken from it. @param {Book} book @param {number} row */
export const rowAbove = (book, row) => (row > 0 ? book.rows[row - 1] : undefined);

/** The rest of a row as the row above has it, from one column on; what is answered stays. @param {Book} book @param {At} at @param {Field[]} columns @returns {Book} */
export function restAsAbove(book, at, columns) {
  const [one, above] = [rowAt(book, at.row), rowAbove(book, at.row)];
  if (!one || !above) return book;
  const answers = { ...one.answers };
  const rest = columns.slice(columns.findIndex((field) => field.id === at.field));
  for (const { id, type } of rest) {
    if (!["note", "time", "date"].includes(type) && !isAnswered(answers[id]) && isAnswered(above.answers[id])) answers[id] = above.answers[id];
  }
  return put(book, at.row, { answers });
}

/** One more row, on the same sheet. @param {Book} book @returns {Book} */
export const addRow = (book) => ({ ...book, rows: [...book.rows, newRow(book.rows.at(-1)?.sheet)] });

/** @param {Book} book @param {number} row @returns {Book} */
export function removeRow(book, row) {
  const rows = book.rows.filter((_, n) => n !== row);
  return { ...book, rows: rows.length ? rows : [newRow(book.rows[row]?.sheet)] };
}

const SKIPPED = new Set(["rows", "pin"]);

/**
 * The columns: the sheet, the time, the 20-second version and the first note, as they stand on the blank; the rest on demand.
 * @param {Definition} defn @param {(Row | null | undefined)[]} rows @param {{all: boolean, legalBox: boolean}} how @returns {Field[]}
 */
export function columnsOf(defn, rows, { all, legalBox }) {
  const asked = (/** @type {Field} */ field) => rows.some((row) => row && isAnswered(row.answers[field.id] ?? row.typed[field.id]));
  const unlisted = (/** @type {Field} */ field) => field.type === "note" && Boolean(field.when) && rows.some((row) => row && !hiddenQuestions(defn.fields, row.answers).has(field.id));
  const wanted = defn.fields.filter((field) => {
    if (SKIPPED.has(field.type) || field.path === "/_/order" || !isFillable(field, legalBox)) return false;
    return all || field.star || isTime(field) || field.narrative === "saw" || field.source === "judges" || field.source === "courtrooms" || unlisted(field) || asked(field);
  });
  const times = defn.within ? wanted.filter((field) => isTime(field) && !field.star) : [];
  const notes = wanted.filter((field) => field.narrative);
  const rest = wanted.filter((field) => !times.includes(field) && !notes.includes(field));
  return [SHEET_FIELD, ...times, ...rest, ...notes];
}

/** @param {Field} field */
const isTime = (field) => field.type === "time";

/** @param {Definition} defn @param {Row} row @param {string} id */
export const isAskedOf = (defn, row, id) => id === SHEET || !hiddenQuestions(defn.fields, row.answers).has(id);

/** The numbers of sheets that check, in the order of the rows. @param {Book} book @returns {string[]} */
export function serials(book) {
  const used = [book.head, ...filled(book)].flatMap((row) => (row?.sheet.trim() ? [serialOf(row.sheet)] : []));
  return [...new Set(used)].flatMap((one) => (one ? [one] : []));
}

/** What is sealed of a record's paper: the sheet, and which of the records typed in from it. @param {Book} book @param {Row} row @returns {{serial: string | null, line: number}} */
export function paperOf(book, row) {
  const name = (/** @type {Row} */ one) => serialOf(one.sheet) ?? (one.sheet.trim().slice(0, 20) || null);
  const own = name(row);
  const same = [book.head, ...filled(book)].flatMap((one) => (one && name(one) === own && (own !== null || one !== book.head || row === one) ? [one] : []));
  return { serial: own, line: same.indexOf(row) + 1 };
}
