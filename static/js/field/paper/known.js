// What the pages of paper ask of the snapshot and the drafts.
import { hiddenQuestions } from "../../lib/forms/conditions.js";
import { offered } from "../form/plan.js";
import { allShifts, homeZone, place } from "../find.js";
import { state } from "../state.js";
import { dayPart } from "../words.js";
import { formNamed } from "../writing.js";

/** @typedef {import("./saving.js").Kept} Kept */
/** @typedef {import("./saving.js").Open} Open */
/** @typedef {import("../../lib/forms/definition.js").Definition} Definition */

/** Unfinished ones. @returns {(Kept & {id: string, at: number})[]} */
export const books = () => /** @type {any[]} */ (state.drafts).filter((one) => one.paper);

/** Sheets that are typed in and not accounted for. @returns {(Open & {id: string})[]} */
export const openSheets = () => /** @type {any[]} */ (state.drafts).filter((one) => one.sheet);

/** @param {string} id of a place */
export const zoneAt = (id) => place(id)?.zone ?? homeZone();

/** One's own shift at that place in that half-day, where the phone still has it. @param {string} where @param {string} part */
export const shiftAt = (where, part) => allShifts().find((one) => one.mine && one.place === where && dayPart(one.starts_at, one.zone) === part)?.id;

/** The forms that a session of these answers holds cases of. @param {Definition} defn @param {Record<string, any>} answers @returns {Definition[]} */
export function caseForms(defn, answers) {
  const found = offered({ ...defn, offers: defn.cases ?? [] }, answers, hiddenQuestions(defn.fields, answers));
  return found.flatMap((id) => formNamed(id) ?? []);
}

/** @param {string} where @returns {import("./keys.js").Known} */
export function knownAt(where) {
  const spot = place(where);
  return { lang: state.lang, lists: { ...(state.snapshot?.public?.lists ?? {}), judges: spot?.judges ?? [], courtrooms: spot?.courtrooms ?? [] } };
}
