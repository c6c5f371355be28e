// When a question is asked, and which answers go into a box. The same rules as fieldapp/observations/conditions.py.

/** @typedef {import("./definition.js").Field} Field */
/** @typedef {import("./definition.js").Condition} Condition */
/** @typedef {import("./definition.js").Answers} Answers */

/** Nothing, empty text and an empty choice or table are no answer; 0 and false are one. @param {unknown} value */
export function isAnswered(value) {
  if (value === undefined || value === null || value === "") return false;
  return typeof value !== "object" || Object.keys(value).length > 0;
}

/**
 * One condition. A question that is not answered meets no condition, not even `ne`.
 * @param {Condition} condition @param {Answers} answers @returns {boolean}
 */
export function holds({ field, op, value }, answers) {
  const given = answers[field];
  if (!isAnswered(given)) return false;
  switch (op) {
    case "answered": return true;
    case "eq": return given === value;
    case "ne": return given !== value;
    case "in": return Array.isArray(value) && value.includes(given);
    case "has": {
      const chosen = Array.isArray(given) ? given : [given];
      return (Array.isArray(value) ? value : [value]).some((one) => chosen.includes(one));
    }
    case "lt": return Number.isInteger(given) && given < Number(value);
    default: throw new Error(`unknown op ${op}`);
  }
}

/** @param {Field} field @param {Answers} answers */
export const isAsked = (field, answers) => (field.when ?? []).every((condition) => holds(condition, answers));

/**
 * Ids of the fields that are not asked. A hidden question's own answer counts for nothing, so what depends on it is hidden
 * too; `when` only ever looks back, so one pass in order is enough.
 * @param {Field[]} fields @param {Answers} answers @returns {Set<string>}
 */
export function hiddenQuestions(fields, answers) {
  const seen = { ...answers };
  /** @type {Set<string>} */
  const hidden = new Set();
  for (const field of fields) {
    if (isAsked(field, seen)) continue;
    hidden.add(field.id);
    delete seen[field.id];
  }
  return hidden;
}

/**
 * The box that an answer of this field or column goes into; null is open. `row` is the other cells of its row: a
 * `box_when` that they cannot decide counts as met, so doubt locks.
 * @param {Field} field @param {Answers} [row] @returns {string | null}
 */
export function boxOf(field, row = {}) {
  if (!field.boxes?.length) return null;
  const open = (field.box_when ?? []).some((condition) => isAnswered(row[condition.field]) && !holds(condition, row));
  if (open) return null;
  // Dispatch boxes come later; until then what is meant for both goes to legal alone.
  return field.boxes.includes("legal") ? "legal" : (field.boxes[0] ?? null);
}
