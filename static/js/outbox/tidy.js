// Forgets what is over: received records after a fortnight, old marks of saved drafts, a quiet time that has passed.
import { isDue } from "../lib/clock.js";

/** @typedef {import("./types.js").Item} Item */

const RECEIVED_KEPT_MS = 14 * 86400000;
/** By number, not by age: a clock that jumps must not let a draft be saved a second time. */
const MARKS_KEPT = 200;

/**
 * @param {import("./store.js").Store} store
 * @param {import("./tags.js").Tags} tags
 * @param {import("./keys.js").Keys} keys
 * @param {number} now
 */
export async function tidy(store, tags, keys, now) {
  const due = await store.read(["meta"], async (tx) => {
    const last = await tx.objectStore("meta").get("tidied");
    const quiet = await tx.objectStore("meta").get("quiet");
    return !last || now - last.at > 3600000 || now < last.at || (quiet && isDue(quiet, now));
  });
  if (!due) return;
  await store.write(["meta", "items", "receipts", "drafts"], async (tx) => {
    const meta = tx.objectStore("meta");
    const quiet = await meta.get("quiet");
    if (quiet && isDue(quiet, now)) await meta.delete("quiet");
    for (const item of /** @type {Item[]} */ (await tx.objectStore("items").index("state").getAll("received"))) {
      if (item.held || item.let_go_at === null || now - item.let_go_at <= RECEIVED_KEPT_MS) continue;
      await tx.objectStore("items").delete(item.id);
      await tx.objectStore("receipts").delete(item.id);
    }
    const marks = (await tx.objectStore("drafts").getAll()).filter((row) => row.done).sort((a, b) => b.order - a.order);
    for (const row of marks.slice(MARKS_KEPT)) await tx.objectStore("drafts").delete(row.id);
    await meta.put({ k: "tidied", at: now });
  });
  await keys.prune(await neededKeys(store, tags));
}

/**
 * @param {import("./store.js").Store} store
 * @param {import("./tags.js").Tags} tags
 * @returns {Promise<Set<string>>} keys of all records whose original is still here, and of media
 */
async function neededKeys(store, tags) {
  const [items, media] = await store.read(["items", "media"], (tx) => Promise.all([tx.objectStore("items").getAll(), tx.objectStore("media").getAll()]));
  const opened = await tags.of(items.filter((/** @type {Item} */ one) => one.state !== "received" || one.held));
  return new Set([...[...opened.values()].map((tag) => tag.key), ...media.map((row) => row.key)]);
}
