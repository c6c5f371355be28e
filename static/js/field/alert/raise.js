// Raising an alert, taking it back, and asking whether somebody has it. An alert is a record like any other, but first in line.
import { cellOf } from "../../lib/forms/definition.js";
import { ask, read } from "../api.js";
import { arrived, here, homeZone, place } from "../find.js";
import { follow, outbox } from "../phone.js";
import { set, state } from "../state.js";
import { dayPart, phoneZone } from "../words.js";

/** @typedef {import("../types.js").Item} Item */
/** @typedef {"ice_here"|"being_taken"|"need_help"} What */
/** @typedef {{place?: string, shift?: string, cell?: string, position?: {lat: number, lon: number, accuracy: number}}} Where */
/** @typedef {{state: "raised"|"got_it"|"over"|"cancelled", raised_at: number, arrived_at: number, got_it: {role: string, at: number}|null}} Answer */

/** An alert raised longer ago than this is not shown as the one of now. */
const FRESH_MS = 2 * 3600000;
/** What a text message calls the three kinds. */
export const NUMBER = { ice_here: 1, being_taken: 2, need_help: 3 };

/** Where one probably is: the shift's place, else the one written about last today. @returns {Where|null} */
export function guess() {
  const at = here();
  if (at.place) return at;
  const last = state.items.find((one) => one.label.place && state.now - one.saved_at < 6 * 3600000)?.label.place ?? state.court?.place;
  return last ? { place: last } : null;
}

/** The phone's own position, for those who answer; null when it will not say. @returns {Promise<Where|null>} */
export function locate() {
  return new Promise((resolve) => {
    if (!navigator.geolocation) return resolve(null);
    const found = (/** @type {GeolocationPosition} */ { coords }) => {
      const { latitude, longitude, accuracy } = coords;
      const position = { lat: Math.round(latitude * 1e6), lon: Math.round(longitude * 1e6), accuracy: Math.round(accuracy) };
      resolve({ cell: cellOf(position), position });
    };
    navigator.geolocation.getCurrentPosition(found, () => resolve(null), { enableHighAccuracy: true, timeout: 10000, maximumAge: 60000 });
  });
}

/** @param {Where} where */
export const zoneThere = (where) => place(where.place)?.zone ?? (where.place ? homeZone() : phoneZone());

/**
 * @param {What} what @param {Where} where
 * @returns {Promise<string>} the record's id; it is on this phone, and on its way where there is network
 */
export async function raise(what, where) {
  const raised_at = Date.now();
  const answers = [
    { path: "/what", value: what, box: null },
    { path: "/raised_at", value: raised_at, box: null },
    ...(where.position ? [{ path: "/position", value: where.position, box: null }] : []),
  ];
  const { place: at, shift, cell } = where;
  const spot = { ...(at ? { place: at } : { cell }), ...(shift ? { shift } : {}) };
  const day_part = dayPart(raised_at, zoneThere(where));
  const label = /** @type {any} */ ({ kind: "alert", what, raised_at, part: day_part, ...spot });
  const purpose = state.snapshot?.public?.chapter.purpose ?? "monitoring";
  const saved = await outbox.save({ kind: "alert", answers, lang: state.lang, purpose, day_part, ...spot, draft: crypto.randomUUID(), label });
  set({ now: Date.now() });
  await follow();
  return saved.id;
}

/** @param {Item} alert */
export async function takeBack(alert) {
  const { place: where, cell, part = "", what } = alert.label;
  const spot = where ? { place: where } : { cell };
  await outbox.save({
    kind: "alert_cancel", answers: [{ path: "/alert", value: alert.id, box: null }], lang: state.lang, purpose: "monitoring",
    day_part: part, draft: `cancel-${alert.id}`, label: /** @type {any} */ ({ kind: "alert_cancel", alert: alert.id, part, what, ...spot }),
  });
}

/** @returns {Item|undefined} the alert raised last, unless it was taken back or is old */
export function latest() {
  const found = state.items.find((one) => one.kind === "alert" && state.now - one.saved_at < FRESH_MS);
  return found && !isTakenBack(found) ? found : undefined;
}

/** @param {Item} alert */
export const isTakenBack = (alert) => state.items.some((one) => one.kind === "alert_cancel" && one.label.alert === alert.id);

/** @param {Item} alert @returns {boolean} whether the server has it: then somebody is being told */
export const isSent = (alert) => arrived(alert) && alert.status.state === "received";

/**
 * Asks the notice door, with the key that raised it; no session is needed. Null when it does not answer.
 * @param {Item} alert
 * @returns {Promise<Answer|null>}
 */
export async function answerTo(alert) {
  const person = await outbox.person();
  const signed = person && (await outbox.keys.signNotice(person, { alert: alert.id, key: alert.key }));
  if (!signed) return null;
  try {
    const init = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(signed), credentials: /** @type {const} */ ("omit") };
    return (await read(await ask("/api/v1/notice", init))).alert ?? null;
  } catch {
    return null;
  }
}
