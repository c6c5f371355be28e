// Locks by itself when nobody has touched the app for a while, in sight or not. What is being typed was kept at every change, and is locked
// with the rest. A page on which something is being recorded says so by [data-recording], and is left alone; so are all while one of them
// records: locking here would load that one anew, and cut its film.
import { readChoice, writeChoice } from "./keep.js";
import { lockNow } from "./key.js";
import { state } from "./state.js";

export const MINUTES = [2, 5, 15];
const DEFAULT = 5;
const LOOK_MS = 10000;
const TELL_MS = 20000;

const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("fieldapp-idle");
let touched = Date.now();
let told = 0;

/** @returns {Promise<number>} minutes that this phone's owner chose */
export async function idleMinutes() {
  const chosen = await readChoice("idle");
  return MINUTES.includes(chosen) ? chosen : DEFAULT;
}

/** @param {number} minutes */
export const chooseIdle = (minutes) => writeChoice("idle", minutes);

function touch() {
  touched = Date.now();
  if (touched - told < TELL_MS) return;
  told = touched;
  channel?.postMessage("touched");
}

/** @returns {Promise<boolean>} whether any page of this browser is recording (outbox/media/capture.js holds a lock meanwhile) */
async function isRecording() {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  return held.some((one) => one.name?.startsWith("fieldapp-capture-"));
}

/** Locks when it is time. A clock that was set back counts from then. */
async function look() {
  if (touched > Date.now()) touched = Date.now();
  if (state.lock !== "open" || state.busy || document.querySelector("fa-recorder, [data-recording]")) return;
  if (Date.now() - touched < (await idleMinutes()) * 60000) return;
  if (await isRecording()) touched = Date.now();
  else await lockNow();
}

for (const kind of ["pointerdown", "keydown", "input", "wheel", "touchmove"]) addEventListener(kind, touch, { capture: true, passive: true });
channel?.addEventListener("message", () => (touched = Date.now()));
setInterval(() => void look(), LOOK_MS);
document.addEventListener("visibilitychange", () => void look());
