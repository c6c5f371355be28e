// One drainer per phone: a Web Lock, or where there is none a lease in the database.
/** @typedef {import("./types.js").Effects} Effects */
/** @typedef {import("./store.js").Store} Store */
/** @typedef {{held: () => Promise<boolean>}} Hold asked right before each request: whether this drainer still is the one, for as long as one lasts */

const NAME = "fieldapp-outbox-drain";
/** A request takes no longer than this. */
export const REQUEST_MS = 60000;
/** Longer than a request, so that a live drainer never loses its lease in mid-request. */
const LEASE_MS = 90000;

/**
 * Runs work as the phone's only drainer; waits for its turn.
 * @param {Effects} effects
 * @param {Store} store
 * @param {string} owner this tab, random
 * @param {(hold: Hold) => Promise<void>} work
 * @param {AbortSignal} signal ends the waiting
 * @param {string} [name] what there is only one of
 */
export async function asOnlyDrainer(effects, store, owner, work, signal, name = NAME) {
  if (effects.locks) {
    await effects.locks.request(name, { signal }, () => work({ held: async () => true }));
    return;
  }
  for (;;) {
    const wait = await takeLease(effects, store, owner, name);
    if (signal.aborted) return;
    if (wait === 0) break;
    await effects.sleep(wait, signal);
  }
  try {
    await work({ held: () => renewLease(effects, store, owner, name) });
  } finally {
    await store.write(["meta"], async (tx) => {
      const meta = tx.objectStore("meta");
      if ((await meta.get(name))?.owner === owner) await meta.delete(name);
    }, "relaxed");
  }
}

/**
 * Renews until there is time enough for a request: a phone may be suspended for any time between two lines.
 * @param {Effects} effects
 * @param {Store} store
 * @param {string} owner
 * @param {string} name
 * @returns {Promise<boolean>}
 */
async function renewLease(effects, store, owner, name) {
  for (;;) {
    const began = effects.now();
    if ((await takeLease(effects, store, owner, name)) !== 0) return false;
    const took = effects.now() - began;
    if (took >= 0 && took < LEASE_MS - REQUEST_MS) return true;
  }
}

/**
 * Takes or renews the lease.
 * @param {Effects} effects
 * @param {Store} store
 * @param {string} owner
 * @param {string} name
 * @returns {Promise<number>} 0 when it is ours, else ms until it is worth another try
 */
async function takeLease(effects, store, owner, name) {
  return store.write(["meta"], async (tx) => {
    const meta = tx.objectStore("meta");
    const now = effects.now();
    const lease = await meta.get(name);
    // A lease that ends further ahead than a lease can was set before the clock went back.
    if (lease && lease.owner !== owner && now < lease.until && lease.until - now <= LEASE_MS) return Math.max(1000, lease.until - now);
    await meta.put({ k: name, owner, until: now + LEASE_MS });
    return 0;
  }, "relaxed");
}
