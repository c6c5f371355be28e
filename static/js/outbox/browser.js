// The browser's effects, for page and service worker.

/** @typedef {import("./types.js").Bytes} Bytes */
/** @typedef {import("./types.js").Effects} Effects */
/** @typedef {import("./types.js").Seal} Seal */

/**
 * Loads age and returns a sealer that takes hybrid (post-quantum) recipients only.
 * @returns {Promise<Seal>}
 */
export async function ageSealer() {
  const { Encrypter } = await import("age-encryption");
  return async (recipient, plaintext) => {
    if (!recipient.startsWith("age1pq1")) throw new TypeError("not a hybrid recipient");
    const encrypter = new Encrypter();
    encrypter.addRecipient(recipient);
    return /** @type {Bytes} */ (await encrypter.encrypt(plaintext));
  };
}

/**
 * @param {number} ms
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>} resolves early when aborted
 */
function sleep(ms, signal) {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, signal?.aborted ? 0 : ms);
    signal?.addEventListener("abort", end);
  });
}

/** @returns {import("./types.js").Channel|null} */
function openChannel() {
  if (typeof BroadcastChannel === "undefined") return null;
  const channel = new BroadcastChannel("fieldapp-outbox");
  return {
    post: (message) => channel.postMessage(message),
    listen: (heard) => channel.addEventListener("message", (event) => heard(String(event.data))),
    close: () => channel.close(),
  };
}

/**
 * @returns {Effects}
 */
export function browserEffects() {
  return {
    indexedDB: globalThis.indexedDB,
    name: "fieldapp-outbox",
    subtle: crypto.subtle,
    bytes: (n) => crypto.getRandomValues(new Uint8Array(n)),
    unit: () => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32,
    now: () => Date.now(),
    sleep,
    fetch: (url, init) => fetch(url, init),
    locks: globalThis.navigator.locks ?? null,
    channel: openChannel(),
    sealer: ageSealer,
    estimate: async () => (await globalThis.navigator.storage?.estimate?.()) ?? {},
  };
}
