// An unlocked key goes from page to page in memory only: by way of the service worker when a page is left, by a channel to other tabs.
// It is a CryptoKey that cannot be exported, and it is never written down.

/** @typedef {{person: string, ring: string, key: CryptoKey}} Held */
/** @typedef {{asked: () => Held|null, heard: (held: Held) => void, locked: () => void, dropped: () => void}} Ears */

const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("fieldapp-key");
/** @type {ServiceWorkerRegistration|undefined} */
let registration;
/** The service worker, also one that is still being installed: a page may be left before it is ready. */
const worker = () => globalThis.navigator.serviceWorker?.controller ?? registration?.active ?? registration?.waiting ?? registration?.installing;
const TABS_MS = 200;
const WORKER_MS = 1000;

/** The service worker of this page has just been registered. @param {ServiceWorkerRegistration} made */
export function registered(made) {
  registration = made;
}

/** Gives the key to the service worker, which keeps it for a minute. @param {Held} held */
export function hand(held) {
  try {
    worker()?.postMessage({ type: "key-keep", held });
  } catch {
    // A browser that cannot pass a key along: the next page asks for the passkey again.
  }
}

/** Gives the key to the other tabs. @param {Held} held */
export function share(held) {
  channel?.postMessage({ type: "held", held });
}

/** Nobody holds the key any more: neither another tab nor the service worker, unless that has the next person's already. @param {boolean} [next] */
export function takeBack(next = false) {
  if (!next) worker()?.postMessage({ type: "key-drop" });
  channel?.postMessage({ type: "lock" });
}

/** The other tabs of a phone that has no passkey's lock let go of what is personal, too. */
export const dropInOthers = () => channel?.postMessage({ type: "drop" });

/** @type {Ears|null} */
let ears = null;

/**
 * Answers other tabs, and hears from them.
 * @param {Ears} own
 */
export function listen(own) {
  ears = own;
  channel?.addEventListener("message", ({ data }) => {
    const held = data?.type === "ask" ? own.asked() : null;
    if (held) share(held);
    if (data?.type === "held" && data.held?.key instanceof CryptoKey) own.heard(data.held);
    if (data?.type === "lock") own.locked();
    if (data?.type === "drop") own.dropped();
  });
}

/**
 * Asks for a key that an earlier page handed over. Another tab's comes by listen(), and is waited for a moment only where there is one.
 * @returns {Promise<Held|null>}
 */
export async function askForKey() {
  channel?.postMessage({ type: "ask" });
  if (!worker()) registration = await globalThis.navigator.serviceWorker?.getRegistration("/").catch(() => undefined);
  const { held, others } = await askWorker();
  if (!held && others && channel) await new Promise((resolve) => setTimeout(resolve, TABS_MS));
  return held;
}

/** @returns {Promise<{held: Held|null, others: boolean}>} a late answer is heard as another tab's is: nobody waits for it */
function askWorker() {
  const here = worker();
  const nothing = { held: null, others: false };
  if (!here) return Promise.resolve(nothing);
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    const late = setTimeout(() => {
      resolve(nothing);
      port1.onmessage = ({ data }) => void (data?.held?.key instanceof CryptoKey && ears?.heard(data.held));
    }, WORKER_MS);
    port1.onmessage = ({ data }) => {
      clearTimeout(late);
      resolve({ held: data?.held?.key instanceof CryptoKey ? data.held : null, others: data?.others === true });
    };
    here.postMessage({ type: "key-ask" }, [port2]);
  });
}
