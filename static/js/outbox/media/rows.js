// The few things that saving and throwing away must know of media. Small: it is loaded with the first screen, all else later.
import { OutboxError } from "../errors.js";

/** @typedef {import("./types.js").MediaRow} MediaRow */
/** @typedef {import("../store.js").Tx} Tx */

/** @param {string} id @returns {IDBKeyRange} all frames of one */
export const framesOf = (id) => IDBKeyRange.bound([id], [id, []]);

/** @param {Tx} tx over media @param {string|undefined} draft @returns {Promise<MediaRow[]>} */
export async function mediaOf(tx, draft) {
  return draft === undefined ? [] : tx.objectStore("media").index("draft").getAll(draft);
}

/**
 * What was taken for a draft becomes its record's, in the transaction that saves it. Throws OutboxError media_changed when it is not
 * what was sealed into the record.
 * @param {Tx} tx over media
 * @param {import("../types.js").Writing} writing
 * @param {string} record
 */
export async function claimMedia(tx, { draft, media = [] }, record) {
  const rows = await mediaOf(tx, draft);
  if (rows.length !== media.length || !rows.every((row) => media.some((one) => one.sha256 === row.sha256))) throw new OutboxError("media_changed");
  for (const row of rows) await tx.objectStore("media").put({ ...row, state: "saved", record });
}

/**
 * Throws away what was taken for a draft that is thrown away.
 * @param {Tx} tx over media and frames
 * @param {string} draft
 */
export async function dropMediaOf(tx, draft) {
  for (const row of await mediaOf(tx, draft)) {
    if (row.state === "saved") continue;
    await tx.objectStore("frames").delete(framesOf(row.id));
    await tx.objectStore("media").delete(row.id);
  }
}
