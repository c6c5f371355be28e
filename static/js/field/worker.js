// The service worker from the page's side: registered, woken after a save. When it is replaced says updates.js.
import { scriptURL } from "../lib/trusted.js";
import { registered } from "./handover.js";

/** @type {ServiceWorkerRegistration|null} */
let registration = null;

/** Registers the worker; without one (a private window) the app works as long as it is open. */
export async function startWorker() {
  if (!("serviceWorker" in navigator)) return;
  try {
    registration = await navigator.serviceWorker.register(/** @type {string} */ (scriptURL("/sw.js")), { scope: "/", updateViaCache: "none" });
  } catch {
    return; // No worker: no offline start, nothing else is lost.
  }
  const one = registration;
  registered(one);
  void import("./updates.js").then(({ followUpdates }) => followUpdates(one)).catch(() => undefined);
}

/** Asks whether there is a newer version; it waits until it is taken. */
export const lookForUpdate = () => registration?.update().catch(() => undefined);

/** Asks the browser to drain when the network returns, also after the app was closed (Chromium only). */
export async function askForSync() {
  const ready = await navigator.serviceWorker?.ready;
  await /** @type {any} */ (ready)?.sync?.register("drain").catch(() => undefined);
}
