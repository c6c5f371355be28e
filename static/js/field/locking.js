// "Lock now": ends the session, and drops from screen and phone what is personal. It deletes no record, and writing goes on.
import { dropPersonal, readRings } from "./keep.js";
import { dropInOthers } from "./handover.js";
import { lockNow } from "./key.js";
import { endLater } from "./ending.js";
import { outbox } from "./outbox.js";
import { countClear, dropClear, sealClear } from "./sealed.js";
import { set, state } from "./state.js";
import { askForSync } from "./worker.js";

/** @returns {Promise<number>} unfinished forms that locking now would have to throw away: this phone has no passkey's lock for them */
export async function losing() {
  return state.person && state.lock === "none" ? countClear(state.person.id) : 0;
}

/** A phone that is full, or a store that fails, must not keep the steps after it from being taken. @param {Promise<unknown>} step @returns {Promise<boolean>} */
const done = (step) => step.then(() => true, () => false);

/** @param {string} person */
async function putAway(person) {
  const { rings, current } = await readRings();
  const ring = rings.find((one) => one.id === current[person]);
  await (ring ? sealClear(person, ring) : dropClear(person));
}

/** Locks now. The screen first, whatever goes wrong after it. */
export async function lockPhone() {
  const { person, snapshot, lock } = state;
  set({ drafts: [], session: "out", snapshot: snapshot && { ...snapshot, etag: "", personal: null } });
  location.hash = "#/today";
  const ending = await done(endLater());
  if (person) await done(putAway(person.id));
  await done(dropPersonal(false));
  if (!ending) await done(endLater()); // what was dropped has made room
  void askForSync().catch(() => undefined);
  if (lock !== "none") return lockNow();
  dropInOthers();
  outbox.drafts.waiting.clear();
  if (globalThis.navigator.serviceWorker?.controller || navigator.onLine) location.reload(); // a fresh page has nothing of it in its memory
}
