// Small questions to the snapshot and the outbox that several pages ask.
import { state } from "./state.js";

/** @typedef {import("./types.js").Item} Item */
/** @typedef {import("./types.js").Place} Place */
/** @typedef {import("./types.js").Shift} Shift */
/** @typedef {import("./types.js").Mine} Mine */
/** @typedef {"asked"|"giving_back"|"yours"|"not_yours"} Standing */

/** @param {string|undefined} id @returns {Place|undefined} */
export const place = (id) => state.snapshot?.public?.places.find((one) => one.id === id);

/** @type {{of: object|null, shifts: Shift[]}} */
let flat = { of: null, shifts: [] };

/** @returns {Shift[]} one's own, those that may be taken and the rest, soonest first */
export function allShifts() {
  const told = state.snapshot?.personal?.shifts ?? null;
  if (!told) return state.lock === "locked" && state.here ? [remembered(state.here)] : [];
  if (flat.of === told) return flat.shifts;
  const own = told.mine.map(({ state: stands, here_at, quiet_until, out_at, after, ...one }) => ({ ...one, why: null, mine: { state: stands, here_at, quiet_until, out_at, after } }));
  const others = [...told.open, ...told.rest].map((one) => ({ ...one, why: one.why ?? null, mine: null }));
  flat = { of: told, shifts: [...own, ...others].sort((a, b) => a.starts_at - b.starts_at) };
  return flat.shifts;
}

/** The shift that one is at, as far as it is known while the rest is locked. @param {import("./types.js").Here} here @returns {Shift} */
function remembered({ here_at, quiet_until, out_at, after, ...one }) {
  return { ...one, minimum: 0, seats: 0, taken: 0, confirmed: 0, experienced: false, why: null, mine: { state: "claimed", here_at, quiet_until, out_at, after } };
}

/** @param {string} id @returns {Shift|undefined} */
export const shift = (id) => allShifts().find((one) => one.id === id);

/** @param {Shift} one @returns {string} IANA zone of its place */
export const zoneOf = (one) => one.zone;

/** The zone of the chapter, else of this phone. */
export const homeZone = () => state.snapshot?.public?.chapter.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;

const ARRIVED = new Set(["received", "quarantined", "not_applied"]);

/** @param {Item} item @returns {boolean} whether a receipt has come */
export const arrived = (item) => ARRIVED.has(item.status.state);

/**
 * Operations on a shift that the snapshot may not know yet: not received, or received after it was made.
 * @param {string} id
 * @returns {Item[]} oldest first
 */
export function acts(id) {
  const since = state.snapshot?.server_at ?? 0;
  return state.items
    .filter((one) => one.shift === id && one.status.state !== "not_applied" && (!arrived(one) || (one.received_at ?? 0) >= since))
    .sort((a, b) => a.saved_at - b.saved_at);
}

/**
 * How the person stands to a shift, with what this phone has asked for laid over what the server said.
 * @param {Shift} one
 * @returns {Standing}
 */
export function standing(one) {
  let stands = /** @type {Standing} */ (one.mine ? "yours" : "not_yours");
  for (const act of acts(one.id)) {
    if (act.kind === "claim") stands = arrived(act) ? "yours" : "asked";
    if (act.kind === "release") stands = arrived(act) ? "not_yours" : "giving_back";
  }
  return stands;
}

/**
 * Being there, with what this phone has saved laid over what the server said.
 * @param {Shift} one
 * @returns {Mine}
 */
export function presence(one) {
  const known = one.mine ?? { state: "claimed", here_at: null, quiet_until: null, out_at: null, after: null };
  const now = { ...known };
  for (const act of acts(one.id)) {
    if (act.kind === "check_in") now.here_at = act.saved_at;
    if (act.kind === "quiet") now.quiet_until = act.label.until ?? null;
    if (act.kind === "check_out") now.out_at = act.saved_at;
    if (act.kind === "after") now.after = "said";
  }
  return now;
}

/** @returns {Shift[]} mine that are not over, soonest first; one that is asked for is not mine yet */
export function mine() {
  return allShifts().filter((one) => !one.cancelled && ["yours", "giving_back"].includes(standing(one)));
}

/** @returns {boolean} whether this person plans the chapter's shifts, at the desk, and none is planned */
export const plansTheFirst = () => Boolean(state.snapshot?.personal?.me.roles.includes("coordinator")) && !allShifts().some((one) => one.ends_at > state.now);

/** @returns {Shift|undefined} the shift that the person is at now: here and not out yet */
export function current() {
  return mine().find((one) => {
    const at = presence(one);
    return at.here_at !== null && at.out_at === null && state.now < one.ends_at + 12 * 3600000;
  });
}

/** @returns {Shift[]} mine still ahead or under way, without the one that the person is at or has left */
export function ahead() {
  return mine().filter((one) => one.ends_at > state.now && presence(one).out_at === null && one !== current());
}

/** @returns {Shift|undefined} the shift that was left last and is not answered for, within 12 hours */
export function justLeft() {
  return mine().find((one) => {
    const at = presence(one);
    return at.out_at !== null && at.after === null && state.now - at.out_at < 12 * 3600000;
  });
}

/** @returns {{place?: string, shift?: string}} where a record written now belongs: the shift one is at, else the next that starts within an hour */
export function here() {
  const now = current() ?? ahead().find((one) => one.starts_at - state.now < 3600000);
  return now ? { place: now.place, shift: now.id } : {};
}

/** @returns {{held: number, attention: number, oldest: number|null, signIn: number}} of the person signed in, not received yet */
export function counts() {
  const held = state.items.filter((one) => !arrived(one));
  const film = state.media.filter((one) => one.record && one.state !== "received");
  const waitsForSignIn = held.filter((one) => one.status.code === "unknown_key").length;
  const attention = [...held.map((one) => one.status), ...film].filter((one) => one.state === "attention").length - waitsForSignIn;
  const oldest = held.reduce((least, one) => Math.min(least, one.saved_at), Infinity);
  return { held: held.length + film.length, attention: Math.max(0, attention), oldest: Number.isFinite(oldest) ? oldest : null, signIn: waitsForSignIn };
}
