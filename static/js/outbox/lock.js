// One drainer per phone: a Web Lock, or where there is none a lease in the database.
/** @typedef {import("./types.js").Effects} Effects */
/** @typedef {import("./store.js").Store} Store */
/** @typedef {{held: () => Promise<boolean>}} Hold asked before each request: whether this drainer still is the one */

const NAME = "fieldapp-outbox-drain";
/** Longer than a request may last (REQUEST_MS in drain.js), so that a live drainer never loses its lease in mid-request. */
export const LEASE_MS = 90000;

/**
 * Runs work as the phone's only drainer; waits for its turn.
 * @param {Effects} effects
 * @param {Store} store
 * @param {string} owner this tab, random
 * @param {(hold: Hold) => Promise<void>} work
 * @param {AbortSignal} signal ends the waiting
 */
export async function asOnlyDrainer(effects, store, owner, work, signal) {
  if (effects.locks) {
    await effects.locks.request(NAME, { signal }, () => work({ held: async () => true }));
    return;
  }
  for (;;) {
    const wait = await takeLease(effects, store, owner);
    if (signal.aborted) return;
    if (wait === 0) break;
    await effects.sleep(wait, signal);
  }
  try {
    await work({ held: async () => (await takeLease(effects, store, owner)) === 0 });
  } finally {
    await store.write(["meta"], async (tx) => {
      const meta = tx.objectStore("meta");
      if ((await meta.get("lease"))?.owner === owner) await meta.delete("lease");
    }, "relaxed");
  }
}

/**
 * Takes or renews the lease.
 * @param {Effects} effects
 * @param {Store} store
 * @param {string} owner
 * @returns {Promise<number>} 0 when it is ours, else ms until it is worth another try
 */
async function takeLease(effects, store, owner) {
  return store.write(["meta"], async (tx) => {
    const meta = tx.objectStore("meta");
    const now = effects.now();
    const lease = await meta.get("lease");
    // A lease that ends further ahead than a lease can was set before the clock went back.
    if (lease && lease.owner !== owner && now < lease.until && lease.until - now <= LEASE_MS) return Math.max(1000, lease.until - now);
    await meta.put({ k: "lease", owner, until: now + LEASE_MS });
    return 0;
  }, "relaxed");
}
