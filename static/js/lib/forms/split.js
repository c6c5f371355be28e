// Answers become cells: one per answer, one per cell of a table, each with the box it goes into. The outbox seals these.
import { boxOf, hiddenQuestions, isAnswered } from "./conditions.js";
import { TIMELINE, pathOf } from "./definition.js";

/** @typedef {import("./definition.js").Definition} Definition */
/** @typedef {import("./definition.js").Field} Field */
/** @typedef {import("./definition.js").Answers} Answers */
/** @typedef {import("./definition.js").Cell} Cell */
/**
 * What a record says beyond its form (docs/protocol.md 2.4). What the form itself answers (a time, an order, a position) wins.
 * @typedef {object} System
 * @property {{at: number, exact: boolean}} [observed_at]
 * @property {number} [captured_at]
 * @property {{phone: number, server: number} | null} [clock]
 * @property {string | null} [not_before]
 * @property {number} [seq]
 * @property {number} [order]
 * @property {string} [session]
 * @property {{lat: number, lon: number, accuracy: number}} [position]
 * @property {{serial: string | null, line: number}} [paper]
 */

/**
 * Cells in the form's order, then the timeline's, then the system's. Questions that are not asked, empty answers and flags
 * that are off leave no cell.
 * @param {Definition} defn @param {Answers} answers @param {System} [system] @returns {Cell[]}
 */
export function split(defn, answers, system = {}) {
  const hidden = hiddenQuestions(defn.fields, answers);
  /** @type {Cell[]} */
  const cells = [];
  for (const field of defn.fields) {
    if (hidden.has(field.id) || !isAnswered(answers[field.id])) continue;
    if (field.type === "rows") cells.push(...splitRows(field, answers[field.id]));
    else if (answers[field.id] !== false) cells.push({ path: pathOf(field), value: tidy(field, answers[field.id]), box: boxOf(field) });
  }
  for (const [row, entry] of Object.entries(answers[TIMELINE] ?? {})) {
    cells.push({ path: `/_/timeline/${row}`, value: entry, box: "legal" });
  }
  const said = new Set(cells.map((cell) => cell.path));
  for (const [name, value] of Object.entries(system)) {
    const path = `/_/${name}`;
    if (value !== undefined && !said.has(path)) cells.push({ path, value, box: "legal" });
  }
  return cells;
}

/**
 * The patch that turns one set of answers into another: new and changed cells, and null for what was taken back.
 * @param {Definition} defn @param {Answers} before @param {Answers} after @returns {Cell[]}
 */
export function patch(defn, before, after) {
  const old = new Map(split(defn, before).map((cell) => [cell.path, cell]));
  const now = split(defn, after);
  const changed = now.filter((cell) => !same(old.get(cell.path)?.value, cell.value));
  const kept = new Set(now.map((cell) => cell.path));
  const gone = [...old.values()].filter((cell) => !kept.has(cell.path));
  return [...changed, ...gone.map((cell) => ({ ...cell, value: null }))];
}

/** @param {Field} field @param {Record<string, Answers>} rows @returns {Cell[]} */
function splitRows(field, rows) {
  return Object.entries(rows).flatMap(([row, values]) =>
    (field.columns ?? [])
      .filter((column) => isAnswered(values[column.id]))
      .map((column) => ({ path: `/${field.id}/${row}/${column.id}`, value: tidy(column, values[column.id]), box: boxOf(column, values) })));
}

/** A choice of several is kept in the form's order, whatever the order of the taps; notes lose blank ends. @param {Field} field @param {any} value */
function tidy(field, value) {
  if (field.type === "note" && typeof value === "string") return value.trim();
  if (field.type !== "many" || !Array.isArray(value)) return value;
  const order = (field.options ?? []).map((option) => option.id);
  return [...value].sort((a, b) => order.indexOf(a) - order.indexOf(b));
}

/** @param {unknown} a @param {unknown} b */
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
