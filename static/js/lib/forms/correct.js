// Correcting one answer of a record that nobody here can read: which questions there are, one of them as a form of its own, and the
// patch that comes of it (docs/protocol.md 2.5). One correction touches one path; a table or the timeline takes one new row.
import { boxOf } from "./conditions.js";
import { TIMELINE, newRowId, pathOf } from "./definition.js";
import { split } from "./split.js";

/** @typedef {import("./definition.js").Definition} Definition */
/** @typedef {import("./definition.js").Field} Field */
/** @typedef {import("./definition.js").Answers} Answers */
/** @typedef {import("./definition.js").Cell} Cell */
/** @typedef {"first" | "words" | "more" | "close"} GroupName */
/** @typedef {{id: string, label: import("./definition.js").Text, locked: boolean, adds: "line" | "moment" | null}} Question */
/** @typedef {{name: GroupName, questions: Question[]}} Group */

/** @param {Field} field @returns {GroupName} */
function groupOf(field) {
  if (field.stage === "close") return "close";
  if (field.narrative) return "words";
  return field.star ? "first" : "more";
}

/**
 * The questions of a form in its own order, those of the 20-second version first. Without a legal box what is always sealed is left out.
 * @param {Definition} defn @param {boolean} legalBox @param {import("./definition.js").Text} timeline what the timeline is called
 * @returns {Group[]} without empty ones
 */
export function questionsOf(defn, legalBox, timeline) {
  /** @type {Record<GroupName, Question[]>} */
  const groups = { first: [], words: [], more: [], close: [] };
  if (defn.chips && legalBox) groups.more.push({ id: TIMELINE, label: timeline, locked: true, adds: "moment" });
  for (const field of defn.fields) {
    const locked = Boolean(field.boxes?.length);
    if (legalBox || !locked) groups[groupOf(field)].push({ id: field.id, label: field.label, locked, adds: field.type === "rows" ? "line" : null });
  }
  return /** @type {GroupName[]} */ (Object.keys(groups)).filter((name) => groups[name].length).map((name) => ({ name, questions: groups[name] }));
}

/** Only what stands by itself may be taken back: rows of a saved record have names that only its box knows. @param {Field} field */
export const canTakeBack = (field) => field.type !== "rows";

/**
 * A form with this one question: asked whatever the other answers were, for they cannot be looked at.
 * @param {Definition} defn @param {Field} field @returns {Definition}
 */
export function narrowed(defn, field) {
  const asked = without(field, ["when", "with", "chain", "stage", "required", "star"]);
  const shown = field.narrative ? { ...asked, narrative: /** @type {const} */ ("saw") } : { ...asked, star: true };
  return { ...without(defn, ["within", "cases", "offers", "chips"]), fields: [field.type === "rows" ? { ...shown, max: 1 } : shown] };
}

/** @template {object} T @param {T} thing @param {string[]} members optional ones @returns {T} */
const without = (thing, members) => /** @type {T} */ (Object.fromEntries(Object.entries(thing).filter(([name]) => !members.includes(name))));

/**
 * The cells of a correction: the new answer, or null at its path to take it back. Nothing where there is nothing to say.
 * @param {Definition} defn @param {string} asked id of the field, or the timeline's @param {Answers | null} answers null: take it back
 * @returns {Cell[]}
 */
export function patchOf(defn, asked, answers) {
  if (asked === TIMELINE) return split({ ...defn, fields: [] }, { [TIMELINE]: answers?.[TIMELINE] ?? {} });
  const field = defn.fields.find((one) => one.id === asked);
  if (!field) return [];
  if (answers) return split(narrowed(defn, field), { [asked]: answers[asked] });
  return canTakeBack(field) ? [{ path: pathOf(field), value: null, box: boxOf(field) }] : [];
}

/** One moment of the timeline under one new row id. @param {{at?: number, chip?: string}} entry @param {Answers} [before] keeps its row id */
export function momentAs(entry, before = {}) {
  const [row = newRowId()] = Object.keys(before[TIMELINE] ?? {});
  return { [TIMELINE]: { [row]: entry } };
}
