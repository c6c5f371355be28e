// What a person does around a shift. Each is a record: saved on this phone first, then sent.
import { plural, t } from "../lib/i18n.js";
import { VOID_AFTER } from "../lib/protocol.js";
import { zoneOf } from "./find.js";
import { follow, forgetRoster, outbox, refresh, rememberHere } from "./phone.js";
import { set, state } from "./state.js";
import { dayPart, timeZoned } from "./words.js";

/** @typedef {import("./types.js").Shift} Shift */
/** @typedef {import("../outbox/types.js").Answer} Answer */
/** @typedef {"claim"|"release"|"check_in"|"quiet"|"check_out"|"after"|"wait"|"unwait"|"swap"|"unswap"} Act */

/** What changes how one stands to the shift one is at. */
const THERE = new Set(["check_in", "quiet", "check_out", "after"]);

/** What screen readers hear; the screen itself has changed. @param {string} text */
export const announce = (text) => set({ said: text });

/**
 * Saves one operation on a shift.
 * @param {Act} kind @param {Shift} shift @param {Answer[]} [answers] @param {object} [label]
 * @returns {Promise<boolean>} whether it is saved on this phone
 */
export async function operate(kind, shift, answers = [], label = {}) {
  if (state.busy) return false;
  set({ busy: kind });
  try {
    const zone = zoneOf(shift);
    await outbox.save({
      kind, answers, lang: state.lang, purpose: shift.purpose, day_part: dayPart(state.now, zone), shift: shift.id,
      void_after: shift.ends_at + VOID_AFTER[kind].ms, draft: crypto.randomUUID(),
      label: { kind, shift: shift.id, place: shift.place, part: dayPart(shift.starts_at, zone), ...label }, // it stays when the record has left
    });
    if (THERE.has(kind)) await follow().then(() => rememberHere(shift)).catch(() => undefined); // saved is saved
    return true;
  } catch (error) {
    announce(whyNotSaved(error));
    return false;
  } finally {
    set({ busy: "" });
  }
}

/** @param {unknown} error @returns {string} what happened, what is safe, what to do */
export function whyNotSaved(error) {
  const code = /** @type {{code?: string}} */ (error).code;
  if (code === "not_signed_in" || code === "not_enrolled") return t("Nobody is signed in on this phone. Nothing was sent. Sign in first.");
  if (code === "storage_full") return t("This phone is full. What was saved is safe. Make room, then save again.");
  if (code === "person_changed") return t("Someone else has signed in here meanwhile. Nothing was sent in their name. Sign in as yourself.");
  if (code === "no_box") return t("There is no legal team to lock it for yet. Nothing was sent. Leave the locked fields empty, or ask your coordinator.");
  if (code === "too_large") return t("That is too long for one record. Nothing is lost. Save a part of it, then write another.");
  return t("It could not be saved just now. What you wrote is still here. Try again.");
}

/** After a claim the roster may be another: look once it has been answered. @param {boolean} saved */
export async function thenLook(saved) {
  if (!saved) return;
  await outbox.drain();
  await refresh();
}

/** @param {Shift} shift */
export async function take(shift) {
  const saved = await operate("claim", shift);
  if (saved) announce(state.online ? t("Asked for this shift.") : t("Asked, not yours yet. It goes when there is network."));
  await thenLook(saved);
}

/** @param {Shift} shift */
export async function giveBack(shift) {
  const saved = await operate("release", shift);
  if (saved) announce(t("Asked to give it back."));
  await thenLook(saved);
}

/** @param {Shift} shift */
export async function checkIn(shift) {
  const saved = await operate("check_in", shift);
  if (saved) announce(t("You are here. Saved on this phone."));
  await thenLook(saved);
}

/** @param {Shift} shift @param {number} until */
export async function quiet(shift, until) {
  const answers = [{ path: "/until", value: until, box: null }];
  const saved = await operate("quiet", shift, answers, { until });
  if (saved) announce(t("Phone off until {time}.", { time: timeZoned(until, zoneOf(shift)) }));
  await thenLook(saved);
}

/** @param {Shift} shift @param {Answer[]} [answers] */
export async function checkOut(shift, answers) {
  const saved = await operate("check_out", shift, answers);
  if (!saved) return;
  announce(t("You are out. Saved on this phone."));
  await forgetRoster(shift.id);
  await thenLook(true);
}

/** @param {Shift} shift @param {"fine"|"shaken"|"call_me"} how */
export async function after(shift, how) {
  if (await operate("after", shift, [{ path: "/how", value: how, box: null }])) {
    announce(how === "call_me" ? t("Someone will call you.") : t("Thank you. Noted."));
  }
  await thenLook(true);
}

/** @param {number} n */
export const casesWritten = (n) => plural("{n} case written", "{n} cases written", n);

