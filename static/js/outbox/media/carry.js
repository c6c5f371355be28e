// One photo, film or recording for the rescue file (docs/protocol.md, section 14): as it is stored, a frame at a time.
import { utf8 } from "../../lib/b64.js";
import { tagOf } from "./tag.js";

/** @typedef {import("./types.js").MediaRow} MediaRow */

const PIECE = 65536;

/**
 * Its line and its bytes; nothing where the server has sent its receipt meanwhile. Throws, before the first of them, where it cannot be read.
 * @param {Pick<import("../index.js").Outbox, "store"|"vault">} outbox
 * @param {string} id of one that belongs to a record
 * @returns {AsyncGenerator<import("../types.js").Bytes>}
 */
export async function* carried({ store, vault }, id) {
  const row = /** @type {MediaRow|undefined} */ (await store.read(["media"], (tx) => tx.objectStore("media").get(id)));
  if (!row || row.let_go_at !== null) return;
  const { size, sha256 } = row;
  const { token } = await tagOf(row, vault);
  const frame = (/** @type {number} */ at) => store.read(["frames"], (tx) => tx.objectStore("frames").get([id, at]));
  let next = await frame(0);
  if (!next) throw new Error("lost");
  yield utf8(`${JSON.stringify({ media: id, sha256, size, token, type: "media" })}\n`);
  let at = 0;
  for (; next; next = at < size ? await frame(at) : undefined) {
    yield next.bytes;
    at += next.bytes.length;
  }
  // Its receipt came while it was read, so the server has it and passes over these: what follows in the file stays in its place.
  for (; at < size; at += PIECE) yield new Uint8Array(Math.min(PIECE, size - at));
}
