// Do these answers obey the form? The same rules, over the same vectors, as fieldapp/observations/validate.py.
import { boxOf, hiddenQuestions, isAnswered } from "./conditions.js";
import { NOT_LISTED, ODD, YES_NO, assemble, locate, pathOf } from "./definition.js";

/** @typedef {import("./definition.js").Definition} Definition */
/** @typedef {import("./definition.js").Field} Field */
/** @typedef {import("./definition.js").Answers} Answers */
/** @typedef {import("./definition.js").Lists} Lists */
/** @typedef {{path: string, code: string}} Problem */
/** @typedef {{complete: boolean, amendment: boolean, lists: Lists}} Rules */

const MAX_NOTE = 4000;
const MAX_ROWS = 50;
const MAX_INT = 9999;
const MAX_MONEY = 10_000_000_000;
const ID = /^[A-Za-z0-9_-]{1,40}$/;
const DATE = /^(20[0-9]{2})-([0-9]{2})-([0-9]{2})$/;
const BLANK = /^[ \t\n\r\u00a0]*$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/**
 * Everything wrong with these cells, in their order, then what is missing. `complete`: the cells are all there are (true on
 * the phone, before sealing); otherwise they are the open ones only. An `amendment` is a patch: null retracts.
 * @param {Definition} defn @param {{path: string, value: unknown}[]} cells
 * @param {{complete?: boolean, amendment?: boolean, lists?: Lists}} [options] @returns {Problem[]}
 */
export function validate(defn, cells, { complete = true, amendment = false, lists = {} } = {}) {
  const answers = assemble(defn, cells);
  const rules = { complete, amendment, lists };
  /** @type {Problem[]} */
  const problems = [];
  const seen = new Set();
  for (const { path, value } of cells) {
    const code = seen.has(path) ? "repeated_path" : check(defn, path, value, answers, rules);
    seen.add(path);
    if (code) problems.push({ path, code });
  }
  for (const field of defn.fields) {
    const rows = field.type === "rows" ? Object.keys(answers[field.id] ?? {}).length : 0;
    if (rows > (field.max ?? MAX_ROWS)) problems.push({ path: pathOf(field), code: "too_many_rows" });
  }
  return amendment ? problems : problems.concat(checkWhole(defn, answers, cells, complete));
}

/** @param {Definition} defn @param {string} path @param {any} value @param {Answers} answers @param {Rules} rules */
function check(defn, path, value, answers, { complete, amendment, lists }) {
  const place = locate(defn, path);
  if (!place) return "unknown_path";
  if (!complete && boxAt(place, answers)) return "should_be_sealed";
  if (amendment && value === null) return null;
  if (!place.field) return systemOk(place.system ?? "", value) ? null : "bad_value";
  if (!amendment && hiddenQuestions(defn.fields, answers).has(place.field.id)) return "not_asked";
  return checkValue(place.column ?? place.field, value, lists);
}

/** @param {import("./definition.js").Place} place @param {Answers} answers */
function boxAt({ field, row, column }, answers) {
  if (!field) return "legal";
  return column && row ? boxOf(column, answers[field.id]?.[row]) : boxOf(field);
}

/** @param {Definition} defn @param {Answers} answers @param {{path: string}[]} cells @param {boolean} complete */
function checkWhole(defn, answers, cells, complete) {
  const hidden = hiddenQuestions(defn.fields, answers);
  const missing = defn.fields
    .filter((field) => field.required && !hidden.has(field.id) && (complete || !field.boxes?.length))
    .filter((field) => !isAnswered(answers[field.id]))
    .map((field) => ({ path: pathOf(field), code: "missing" }));
  // Only who sees everything can say that nothing was written.
  const said = cells.some(({ path }) => path.startsWith("/_/timeline/")) || Object.values(answers).some(isAnswered);
  return said || !complete ? missing : [...missing, { path: "", code: "empty" }];
}

/** What is wrong with one value of one field or column; null is nothing. @param {Field} field @param {any} value @param {Lists} [lists] */
export function checkValue(field, value, lists = {}) {
  switch (field.type) {
    case "one": case "ynu": case "band": return checkChoice(field, value);
    case "many": return checkMany(field, value);
    case "pick": return checkPick(field, value, lists);
    case "int": case "money": return checkInt(field, value);
    case "note": return checkNote(field, value);
    case "time": return isMoment(value) ? null : "bad_value";
    case "date": return isDay(value) ? null : "bad_value";
    case "flag": return typeof value === "boolean" ? null : "bad_value";
    case "pin": return isPosition(value) ? null : "bad_value";
    default: return "bad_value";
  }
}

/** The answers a choice offers besides the three odd ones. @param {Field} field */
export const optionIds = (field) => (field.type === "ynu" ? YES_NO : (field.options ?? []).map((option) => option.id));

/** Answers of a `many` that stand alone: the odd ones, and "none" and the like. @param {Field} field */
export const aloneIds = (field) => [...ODD, ...(field.options ?? []).filter((one) => one.alone).map((one) => one.id)];

/** @param {Field} field @param {any} value */
function checkChoice(field, value) {
  if (typeof value !== "string") return "bad_value";
  return optionIds(field).includes(value) || ODD.includes(value) ? null : "unknown_option";
}

/** @param {Field} field @param {any} value */
function checkMany(field, value) {
  if (!Array.isArray(value) || !value.length || value.some((one) => typeof one !== "string")) return "bad_value";
  if (new Set(value).size !== value.length) return "bad_value";
  if (value.some((one) => checkChoice(field, one))) return "unknown_option";
  const alone = aloneIds(field);
  return value.length > 1 && value.some((one) => alone.includes(one)) ? "not_alone" : null;
}

/** A place's own list changes with time: an id that was on it once is as good as ever. @param {Field} field @param {any} value @param {Lists} lists */
function checkPick(field, value, lists) {
  if (typeof value !== "string" || !ID.test(value)) return "bad_value";
  const source = field.source ?? "";
  if (!source.includes("@") || !lists[source] || ODD.includes(value) || value === NOT_LISTED) return null;
  return lists[source].some((item) => item.id === value) ? null : "unknown_option";
}

/** @param {Field} field @param {any} value */
function checkInt(field, value) {
  if (!Number.isSafeInteger(value)) return "bad_value";
  const high = field.max ?? (field.type === "money" ? MAX_MONEY : MAX_INT);
  return value >= (field.min ?? 0) && value <= high ? null : "out_of_range";
}

/** Length counts code points, as Python's does. @param {Field} field @param {any} value */
function checkNote(field, value) {
  if (typeof value !== "string" || BLANK.test(value)) return "bad_value";
  return [...value].length <= (field.max ?? MAX_NOTE) ? null : "too_long";
}

/** @param {any} value @param {string[]} members */
const isThing = (value, members) =>
  typeof value === "object" && value !== null && !Array.isArray(value) &&
  Object.keys(value).length === members.length && members.every((member) => Object.hasOwn(value, member));

/** @param {any} value @param {number} low @param {number} high */
const isInt = (value, low, high) => Number.isSafeInteger(value) && value >= low && value <= high;

/** @param {any} value */
const isTime = (value) => isInt(value, 0, Number.MAX_SAFE_INTEGER);

/** @param {any} value */
const isMoment = (value) => isThing(value, ["at", "exact"]) && isTime(value.at) && typeof value.exact === "boolean";

/** @param {any} value */
const isPosition = (value) =>
  isThing(value, ["lat", "lon", "accuracy"]) &&
  isInt(value.lat, -90_000_000, 90_000_000) && isInt(value.lon, -180_000_000, 180_000_000) && isInt(value.accuracy, 0, 1_000_000);

/** @param {any} value */
function isDay(value) {
  const found = typeof value === "string" ? DATE.exec(value) : null;
  if (!found) return false;
  const [year = 0, month = 0, day = 0] = found.slice(1).map(Number);
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** @param {string} name @param {any} value */
function systemOk(name, value) {
  switch (name) {
    case "observed_at": return isMoment(value);
    case "captured_at": return isTime(value);
    case "seq": case "order": return isInt(value, 1, Number.MAX_SAFE_INTEGER);
    case "session": return typeof value === "string" && UUID.test(value);
    case "not_before": return value === null || typeof value === "string";
    case "position": return isPosition(value);
    case "paper": return isThing(value, ["line", "serial"]) && isInt(value.line, 1, Number.MAX_SAFE_INTEGER) && (value.serial === null || typeof value.serial === "string");
    case "clock": return value === null || (isThing(value, ["phone", "server"]) && isTime(value.phone) && isTime(value.server));
    default:
      return isThing(value, ["at", "chip"]) && isTime(value.at) && typeof value.chip === "string" &&
        value.chip !== "" && [...value.chip].length <= 80;
  }
}
