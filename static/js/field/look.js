// What was chosen for this phone's screen: theme, plain name, staying awake, a short buzz on Save. The first two are read before the first paint
// (early.js), so they lie in localStorage; the worker is told of the plain name by an entry of a cache of its own.
import { state, subscribe } from "./state.js";

/** @typedef {{theme?: "light"|"dark", plain?: "en"|"es", awake?: boolean, buzz?: boolean}} Look */

/** @returns {Look} */
export function look() {
  try {
    return JSON.parse(localStorage.getItem("look") ?? "{}");
  } catch {
    return {};
  }
}

/** @param {Look} patch undefined takes a choice back */
export async function choose(patch) {
  const chosen = { ...look(), ...patch };
  localStorage.setItem("look", JSON.stringify(chosen));
  const root = document.documentElement;
  if (chosen.theme) root.dataset.theme = chosen.theme;
  else delete root.dataset.theme;
  const dark = chosen.theme ? chosen.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  for (const one of document.querySelectorAll('meta[name="theme-color"]')) one.setAttribute("content", dark ? "#0f1317" : "#faf8f4");
  if (!("plain" in patch)) return;
  if (chosen.plain) root.dataset.plain = chosen.plain === "es" ? "Notas" : "Notes";
  else delete root.dataset.plain;
  const kept = await caches.open("fieldapp-look");
  if (chosen.plain) await kept.put("/plain", new Response(""));
  else await kept.delete("/plain");
}

/** @type {WakeLockSentinel|null} */
let awake = null;
let asking = false;

/** The screen stays on while a form or a court session is open, where that was chosen; the browser lets go whenever the app is out of sight. */
async function stayAwake() {
  const wanted = look().awake === true && (state.under.name === "form" || state.court !== null) && document.visibilityState === "visible";
  if (!wanted) return void (await awake?.release().catch(() => undefined));
  if (asking || (awake && !awake.released) || !navigator.wakeLock) return;
  asking = true;
  awake = await navigator.wakeLock.request("screen").catch(() => null); // low battery: the phone says no
  asking = false;
}

let newest = Infinity;

function buzz() {
  const saved = state.items.reduce((most, one) => Math.max(most, one.saved_at), 0);
  if (saved > newest && look().buzz) navigator.vibrate?.(20);
  newest = saved;
}

/** Follows the phone's state from now on. */
export function followLook() {
  const follow = () => {
    void stayAwake();
    buzz();
  };
  subscribe(follow);
  document.addEventListener("visibilitychange", follow);
}
