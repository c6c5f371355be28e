// The service worker from the page's side: registered, woken after a save, replaced when the person says so.
import { scriptURL } from "../lib/trusted.js";
import { registered } from "./handover.js";
import { set } from "./state.js";

/** @type {ServiceWorkerRegistration|null} */
let registration = null;
let asked = false;

/** Registers the worker; without one (a private window) the app works as long as it is open. */
export async function startWorker() {
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (asked) location.reload();
  });
  try {
    registration = await navigator.serviceWorker.register(/** @type {string} */ (scriptURL("/sw.js")), { scope: "/", updateViaCache: "none" });
  } catch {
    return; // No worker: no offline start, nothing else is lost.
  }
  registered(registration);
  watch(registration);
}

/** @param {ServiceWorkerRegistration} one */
function watch(one) {
  const ready = () => set({ update: Boolean(one.waiting && navigator.serviceWorker.controller) });
  ready();
  one.addEventListener("updatefound", () => one.installing?.addEventListener("statechange", ready));
}

/** Asks whether there is a newer version; it waits until it is taken. */
export const lookForUpdate = () => registration?.update().catch(() => undefined);

/** Uses the new version: what is written is on the phone already, drafts too. */
export function takeUpdate() {
  asked = true;
  registration?.waiting?.postMessage({ type: "take-over" });
}

/** Asks the browser to drain when the network returns, also after the app was closed (Chromium only). */
export async function askForSync() {
  const ready = await navigator.serviceWorker?.ready;
  await /** @type {any} */ (ready)?.sync?.register("drain").catch(() => undefined);
}
