// A person's own key: shifts, roster, training and drafts lie under it where a passkey wraps it on this phone. Unlocked it is in memory only.
import { askForKey, hand, listen, share, takeBack } from "./handover.js";
import { readRings, useKey } from "./keep.js";
import { outbox } from "./outbox.js";
import { set, state } from "./state.js";

/** @typedef {import("./handover.js").Held} Held */
/** @typedef {import("./keep.js").Ring} Ring */

/** @type {Held|null} */
let held = null;
/** @type {Ring[]} those of the person who is signed in */
let rings = [];
/** @type {() => Promise<void>} */
let opened = async () => undefined;

/** @param {string} person @returns {Held|null} their key, where it is unlocked */
export const heldBy = (person) => (held?.person === person ? held : null);

/** @param {string} ring @returns {number|null} when a passkey of it was last used here, ms; null when it is not the person's */
export function lastUsed(ring) {
  const found = rings.find((one) => one.id === ring);
  return found ? Math.max(...found.wraps.map((one) => one.used_at)) : null;
}

/** @returns {string|undefined} the ring that is unlocked */
export const openRing = () => held?.ring;

export { askForKey };

/**
 * Follows the other tabs and hands the key on when this page is left.
 * @param {() => Promise<void>} whenOpened reads anew what has just become readable
 */
export function followKey(whenOpened) {
  opened = whenOpened;
  addEventListener("pagehide", () => void (held && hand(held)));
  listen({ asked: () => held, heard: (other) => void heard(other), locked: () => void (held && lockHere()), dropped: () => void (held ? lockHere() : dropHere()) });
}

/** @param {Held} other a key of another tab */
async function heard(other) {
  if (!held && state.lock === "locked" && other.person === state.person?.id && rings.some((one) => one.id === other.ring)) await take(other);
}

/**
 * Whether this person's things open with a passkey here; if so asks whoever may hold the key. Leaves them locked where nobody does.
 * @param {import("./types.js").Person|null} person
 * @param {Promise<Held|null>} [asked] already, so that a cold start does not wait for one thing after the other
 */
export async function meet(person, asked) {
  const all = await readRings();
  rings = all.rings.filter((one) => one.person === person?.id);
  const ring = person ? all.current[person.id] : "";
  if (held && (held.person !== person?.id || held.ring !== ring)) held = null;
  if (!ring || !person) {
    useKey(null);
    set({ lock: "none", lockFault: "" });
    return;
  }
  useKey(held ?? "locked");
  set({ person, lock: held ? "open" : "locked", lockFault: "" });
  if (held) return;
  const found = await (asked ?? askForKey());
  if (!held && found?.person === person.id && found.ring === ring) await use(found);
}

/** @param {Held} mine */
async function use(mine) {
  held = mine;
  useKey(mine);
  set({ lock: "open", lockFault: "" });
  await outbox.drafts.unlock(mine.ring, mine.key).catch(() => undefined); // those that cannot move now stay where they are
}

/**
 * Takes a key into use that a passkey has just unwrapped, and lets the other tabs and the next page have it.
 * @param {Held} mine
 */
export async function take(mine) {
  rings = (await readRings()).rings.filter((one) => one.person === mine.person);
  await use(mine);
  hand(mine);
  share(mine);
  await opened();
}

/**
 * Nobody's key is in this page any more: someone signs out, or another signs in. Drafts stay locked until their writer is back.
 * @param {boolean} [next] a page before this one has handed the next person's key on
 */
export async function forgetKey(next) {
  try {
    await outbox.drafts.lock();
  } finally {
    held = null; // also where a full disk would not take the last words
    rings = [];
    useKey(null);
    set({ lock: "none", lockFault: "" });
    takeBack(next);
  }
}

/** Locks now: in this tab, in the others, and in the service worker. */
export async function lockNow() {
  takeBack();
  await lockHere();
}

async function lockHere() {
  held = null; // first of all: nothing may hand it on from here
  useKey("locked");
  set({ lock: "locked" }); // together: an answer that comes from here on must not pass for kept when half of it was not
  await outbox.drafts.lock().catch(() => undefined);
  clear();
}

/** Another page of a phone without a passkey's lock has thrown away what this one had begun. */
function dropHere() {
  outbox.drafts.waiting.clear();
  clear();
}

/** Takes what is personal off this page. */
function clear() {
  const { snapshot } = state;
  set({ drafts: [], snapshot: snapshot && { ...snapshot, personal: null } });
  location.hash = "#/today";
  // A fresh page has nothing of it in its memory. Where none would come up (offline, in a browser that keeps nothing) the screen is cleared only.
  if (globalThis.navigator.serviceWorker?.controller || navigator.onLine) location.reload();
}
