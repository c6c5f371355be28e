// What the screen shows, in one object. Pages are functions of it; every change draws the screen anew.

/** @typedef {import("./types.js").State} State */

/** @type {State} */
export const state = {
  lang: "en",
  route: { name: "today", id: "" },
  under: { name: "today", id: "" },
  online: true,
  offlineSince: null,
  ready: false,
  kept: true,
  session: "unknown",
  stranger: null,
  person: null,
  snapshot: null,
  items: [],
  drafts: [],
  media: [],
  lock: "none",
  lockFault: "",
  lockedDrafts: 0,
  otherPasskey: null,
  here: null,
  others: 0,
  link: "unknown",
  court: null,
  sealing: false,
  persisted: null,
  push: "unknown",
  reach: null,
  update: false,
  now: 0,
  busy: "",
  fault: "",
  said: "",
  rejected: false,
  boxWaits: false,
};

/** @type {Set<() => void>} */
const listeners = new Set();
let asked = false;

/**
 * Changes some members and draws the screen once, soon.
 * @param {Partial<State>} patch
 */
export function set(patch) {
  Object.assign(state, patch);
  if (asked) return;
  asked = true;
  queueMicrotask(() => {
    asked = false;
    for (const listener of listeners) listener();
  });
}

/**
 * @param {() => void} listener
 * @returns {() => void} to stop
 */
export function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
