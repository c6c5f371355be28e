// A person asks: what was put off by this phone goes now. What the server asked for (later, Retry-After) stands, and so does a conflict.

/** @typedef {import("./types.js").Item} Item */
/** @typedef {{until: number|null, needs: string|null, behind: boolean}} Wait `until` phone clock, null: not put off; `needs`: the record that must
 *   be received first; `behind`: an earlier act on the same shift goes first */

const STANDS = new Set(["later", "conflict"]);
const NEVER = Number.MAX_SAFE_INTEGER;

/**
 * @param {import("./index.js").Outbox} outbox
 * @param {string} [id] this one only
 */
export async function again(outbox, id) {
  await outbox.store.write(["items"], async (tx) => {
    const items = tx.objectStore("items");
    for (const state of ["waiting", "attention"]) {
      for (const item of /** @type {Item[]} */ (await items.index("state").getAll(state))) {
        if ((id !== undefined && item.id !== id) || !item.not_before || STANDS.has(item.code ?? "")) continue;
        await items.put({ ...item, not_before: 0, set_at: 0 });
      }
    }
  });
  await outbox.drain({ eager: true });
}

/**
 * What each record that is not received waits for, beside the network.
 * @param {import("./index.js").Outbox} outbox
 * @returns {Promise<Map<string, Wait>>}
 */
export async function waits({ store, tags, effects }) {
  const items = /** @type {Item[]} */ (await store.read(["items"], (tx) => tx.objectStore("items").getAll()));
  const pending = items.filter((one) => one.state !== "received").sort((a, b) => a.order - b.order);
  const [known, ids, now, lanes] = [await tags.of(pending), new Set(pending.map((one) => one.id)), effects.now(), new Set()];
  return new Map(pending.map((one) => {
    const tag = known.get(one.id);
    const lane = one.rank < 2 && tag?.shift ? `${tag.person} ${tag.shift}` : "";
    const behind = lanes.has(lane);
    if (lane) lanes.add(lane);
    const until = one.not_before > now && one.not_before < NEVER ? one.not_before : null;
    return [one.id, { until, needs: tag?.needs && ids.has(tag.needs) ? tag.needs : null, behind }];
  }));
}
