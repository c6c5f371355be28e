// The rescue file (docs/protocol.md 14): what is not received yet, as one age file that only this installation opens. Works locked and without
// network; nothing leaves the outbox by it. Memory stays flat: records are opened one at a time while they are sealed, film goes a
// frame at a time.
import { utf8 } from "../lib/b64.js";
import { DOMAIN_HAND_IN, VERSION } from "../lib/protocol.js";
import { isSigned, readObject } from "../lib/receipt.js";
import { verify } from "../lib/sign.js";
import { OutboxError } from "./errors.js";

/** @typedef {import("./types.js").Item} Item */
/** @typedef {import("./media/types.js").MediaRow} MediaRow */
/** @typedef {{records: number, media: number, unreadable: number}} Count `unreadable`: on this phone but not in the file */
/** @typedef {Count & {file: Blob}} Rescue */

const MAGIC = "fieldapp-rescue/1\n";

/**
 * The recipient that the installation's certificate names. Throws OutboxError no_hand_in where there is none, bad_hand_in where it was not
 * signed by a server key under the pinned root: somebody may have swapped it.
 * @param {import("./index.js").Outbox} outbox
 * @param {unknown} certificate
 * @returns {Promise<string>}
 */
export async function handInRecipient({ drainer, effects }, certificate) {
  if (certificate === undefined || certificate === null) throw new OutboxError("no_hand_in");
  const said = isSigned(certificate) ? readObject(certificate.text) : null;
  const key = said?.v === VERSION && said.type === "hand_in" ? (await drainer.parts.keyring.keys()).get(String(said.server_key)) : undefined;
  const { text, sig } = /** @type {import("../lib/receipt.js").Signed} */ (certificate);
  if (!said || !key || !(await verify(key, DOMAIN_HAND_IN, text, sig, effects.subtle))) throw new OutboxError("bad_hand_in");
  if (typeof said.recipient !== "string" || !said.recipient.startsWith("age1pq1")) throw new OutboxError("bad_hand_in");
  return said.recipient;
}

/**
 * Photos, film and sound of records that are not received, whoever took them, oldest first.
 * @param {Pick<import("./index.js").Outbox, "store">} outbox
 * @returns {Promise<MediaRow[]>}
 */
export async function unsentMedia({ store }) {
  const rows = /** @type {MediaRow[]} */ (await store.read(["media"], (tx) => tx.objectStore("media").getAll()));
  return rows.filter((row) => row.state === "saved" && row.let_go_at === null).sort((a, b) => a.order - b.order);
}

/**
 * Makes the file of all that is not received, whoever wrote it.
 * @param {import("./index.js").Outbox} outbox
 * @param {unknown} certificate of the hand-in key, as the snapshot has it
 * @param {{media?: boolean}} [how] without media it stays small enough for a message
 * @returns {Promise<Rescue>}
 */
export async function makeRescue(outbox, certificate, { media = true } = {}) {
  const recipient = await handInRecipient(outbox, certificate);
  const items = /** @type {Item[]} */ (await outbox.store.read(["items"], (tx) => tx.objectStore("items").getAll()));
  const waiting = items.filter((one) => one.state !== "received").sort((a, b) => a.order - b.order);
  const films = media ? await unsentMedia(outbox) : [];
  const count = { records: 0, media: 0, unreadable: 0 };
  const { Encrypter } = await import("age-encryption");
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  const sealed = await encrypter.encrypt(streamOf(parts(outbox, waiting, films, count)));
  const file = await new Response(sealed).blob(); // the browser keeps a large one on disk
  return { file, ...count };
}

/**
 * @param {import("./index.js").Outbox} outbox @param {Item[]} items @param {MediaRow[]} films @param {Count} count
 * @returns {AsyncGenerator<Uint8Array<ArrayBuffer>>}
 */
async function* parts(outbox, items, films, count) {
  const { store, vault } = outbox;
  yield utf8(MAGIC);
  for (const { id } of items) {
    let text;
    try {
      text = await vault.unlock(`body ${id}`, await store.read(["bodies"], (tx) => tx.objectStore("bodies").get(id)));
    } catch {
      count.unreadable += 1;
      continue;
    }
    const envelope = utf8(text);
    yield utf8(`${JSON.stringify({ size: envelope.length, type: "record" })}\n`);
    yield envelope;
    count.records += 1;
  }
  if (films.length) yield* allOf(outbox, films, count);
  yield utf8(`${JSON.stringify({ entries: count.records + count.media, type: "end" })}\n`);
}

/**
 * @param {import("./index.js").Outbox} outbox @param {MediaRow[]} films @param {Count} count
 * @returns {AsyncGenerator<Uint8Array<ArrayBuffer>>}
 */
async function* allOf(outbox, films, count) {
  const media = await outbox.media.load();
  for (const { id } of films) {
    const pieces = media.carried(id);
    const first = await pieces.next().catch(() => null);
    if (!first) count.unreadable += 1;
    if (!first?.value) continue;
    count.media += 1;
    yield first.value;
    yield* pieces;
  }
}

/**
 * @param {AsyncGenerator<Uint8Array<ArrayBuffer>>} pieces
 * @returns {ReadableStream<Uint8Array<ArrayBuffer>>}
 */
function streamOf(pieces) {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await pieces.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
}
