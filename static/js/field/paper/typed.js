// Times, dates and numbers as they stand on paper, to what is recorded.
import { momentOf, wallOf } from "../../lib/forms/zone.js";

/** @typedef {import("../../lib/forms/definition.js").Field} Field */
/** Of the paper: its local date, its half-day, its zone, the reader's language. @typedef {{part: string, zone: string, lang: "en" | "es"}} Paper */

const MAX_NOTE = 4000;

/**
 * `935`, `9:35`, `9.35 am`, `14:05`; a `~` before it says about. Hours that a half-day does not have by itself are those after noon.
 * @param {string} text @param {Paper} paper @returns {{at: number, exact: boolean} | undefined}
 */
export function timeFrom(text, { part, zone }) {
  const found = /^\s*(~)?\s*(\d{1,2})[:.h]?(\d{2})?\s*([ap])?\.?\s*m?\.?\s*$/i.exec(text);
  if (!found) return undefined;
  const [day = "", half = ""] = part.split("/");
  const [minute, after] = [Number(found[3] ?? 0), found[4]?.toLowerCase()];
  let hour = Number(found[2]);
  if (after && (hour < 1 || hour > 12)) return undefined;
  if (after) hour = (hour % 12) + (after === "p" ? 12 : 0);
  else if (hour < 12 && hour > 0 && (half === "evening" || (half === "afternoon" && hour < 8))) hour += 12;
  if (hour > 23 || minute > 59) return undefined;
  const at = momentOf(`${day}T${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`, zone);
  return at === null ? undefined : { at, exact: !found[1] };
}

/**
 * `1/15/27` (in Spanish `15/1/27`), `2027-01-15`, or without the year: the next such day after the paper's.
 * @param {string} text @param {Paper} paper @returns {string | undefined} YYYY-MM-DD
 */
export function dateFrom(text, { part, lang }) {
  const iso = /^\s*(\d{4})-(\d{1,2})-(\d{1,2})\s*$/.exec(text);
  const short = /^\s*(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{2}|\d{4}))?\s*$/.exec(text);
  if (iso) return dayOf(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  if (!short) return undefined;
  const [first, second] = [Number(short[1]), Number(short[2])];
  const [month, date] = lang === "es" ? [second, first] : [first, second];
  if (short[3]) return dayOf(Number(short[3].length === 2 ? `20${short[3]}` : short[3]), month, date);
  const today = part.slice(0, 10);
  const year = Number(today.slice(0, 4));
  const soon = dayOf(year, month, date);
  return soon && soon < today ? dayOf(year + 1, month, date) : soon;
}

/** @param {number} year @param {number} month @param {number} date */
function dayOf(year, month, date) {
  const text = `${year}-${String(month).padStart(2, "0")}-${String(date).padStart(2, "0")}`;
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text) && year >= 2000 && year < 2100 ? text : undefined;
}

/** @param {string} text @returns {number | undefined} cents */
function centsFrom(text) {
  const found = /^\s*\$?\s*(\d{1,3}(?:,?\d{3})*)(?:\.(\d{1,2}))?\s*$/.exec(text);
  return found ? Number((found[1] ?? "").replaceAll(",", "")) * 100 + Number((found[2] ?? "").padEnd(2, "0")) : undefined;
}

/** What typed text means to a field; undefined: nothing that fits. @param {Field} field @param {string} text @param {Paper} paper @returns {unknown} */
export function valueFrom(field, text, paper) {
  switch (field.type) {
    case "int": return /^\s*\d{1,9}\s*$/.test(text) && Number(text) <= (field.max ?? 9999) && Number(text) >= (field.min ?? 0) ? Number(text) : undefined;
    case "money": return centsFrom(text);
    case "time": return timeFrom(text, paper);
    case "date": return dateFrom(text, paper);
    default: return text.slice(0, field.max ?? MAX_NOTE);
  }
}

/** The text that would mean this value again. @param {Field} field @param {any} value @param {Paper} paper @returns {string} */
export function textOf(field, value, { zone }) {
  if (value === undefined) return "";
  if (field.type === "time") return `${value.exact ? "" : "~"}${wallOf(value.at, zone).slice(11)}`;
  if (field.type === "money") return (value / 100).toFixed(value % 100 ? 2 : 0);
  return String(value);
}
