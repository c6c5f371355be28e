// What the envelope would refuse is refused here, at Save, while the words are still in the form: a refused record could never leave the phone.
import { DAY_PARTS, EVIDENCE_KINDS, LANGS, MAX_PATH_CHARS, OPERATION_KINDS, PURPOSES, SHIFT_KINDS } from "../lib/protocol.js";
import { OutboxError } from "./errors.js";

/** @typedef {import("./types.js").Writing} Writing */

const ID = /^[A-Za-z0-9_-]{1,40}$/;
const HASH = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const FORM = /^[a-z0-9_-]{1,40}@[1-9][0-9]{0,8}$/;
const RETENTION = /^[a-z0-9_-]{1,30}$/;
const POINTER = /^(?:\/(?:[^~/]|~[01])*)+$/;
const CELL = /^(-?[0-9]{1,4}),(-?[0-9]{1,5})$/;
const DAY_PART = new RegExp(`^[0-9]{4}-[0-9]{2}-[0-9]{2}/(?:${DAY_PARTS.join("|")})$`);

/**
 * @param {unknown} value
 * @param {RegExp} pattern
 * @returns {boolean}
 */
function fits(value, pattern) {
  return typeof value === "string" && pattern.test(value);
}

/**
 * @param {string} cell lat,lon in hundredths of a degree
 * @returns {boolean}
 */
function isCell(cell) {
  const found = CELL.exec(cell);
  const [lat, lon] = [Number(found?.[1]), Number(found?.[2])];
  return found !== null && Math.abs(lat) <= 9000 && Math.abs(lon) <= 18000 && cell === `${lat},${lon}`;
}

/**
 * @param {string} text such as 2026-11-23/morning
 * @returns {boolean}
 */
function isDayPart(text) {
  if (!fits(text, DAY_PART)) return false;
  const date = text.slice(0, 10);
  const at = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(date);
}

/**
 * Names of the members that are wrong; the first is what the error says.
 * @param {Writing} writing
 * @returns {Record<string, boolean>} member to whether it is right
 */
function members(writing) {
  const evidence = EVIDENCE_KINDS.includes(writing.kind);
  const { form, form_hash, shift, place, cell, amends, void_after, answers = [] } = writing;
  return {
    kind: evidence || OPERATION_KINDS.includes(writing.kind),
    lang: LANGS.includes(writing.lang),
    purpose: PURPOSES.includes(writing.purpose),
    retention: fits(writing.retention ?? "default", RETENTION),
    day_part: isDayPart(writing.day_part),
    form: !evidence || (fits(form, FORM) && fits(form_hash, HASH)),
    shift: shift === undefined ? !SHIFT_KINDS.includes(writing.kind) : fits(shift, ID),
    place: place === undefined || fits(place, ID),
    cell: cell === undefined || place !== undefined || isCell(cell),
    amends: (amends !== undefined) === (writing.kind === "amendment") && (!amends || (fits(amends.id, UUID) && fits(amends.digest, HASH))),
    void_after: evidence ? void_after === undefined : Number.isSafeInteger(void_after) && Number(void_after) >= 0,
    path: answers.every((one) => one.path.length <= MAX_PATH_CHARS && POINTER.test(one.path)),
    box: evidence || answers.every((one) => one.box === boxOf(writing.kind, one.path)),
  };
}

/**
 * Where an operation's answer belongs: most say all in the open.
 * @param {string} kind
 * @param {string} path
 * @returns {string|null}
 */
function boxOf(kind, path) {
  if (kind === "alert_details") return path === "/alert" ? null : "dispatch";
  return kind === "family_card" ? "intake" : null;
}

/**
 * Throws OutboxError bad_answer naming the member that is wrong.
 * @param {Writing} writing
 */
export function checkShape(writing) {
  const wrong = Object.entries(members(writing)).find(([, right]) => !right);
  if (wrong) throw new OutboxError("bad_answer", wrong[0]);
}
