// One photo, film or recording being taken: each piece is sealed and on disk before the next, so that a killed browser loses only what the
// recorder had not handed over. The plaintext is never written down, and nothing on this phone can open what was sealed.
import { sha256 } from "@noble/hashes/sha2.js";
import { encode } from "../../lib/b64.js";
import { canonical } from "../../lib/canonical.js";
import { DOMAIN_MEDIA, MAX_MEDIA_BYTES, MEDIA_FRAME_BYTES, MEDIA_ID_BYTES, MEDIA_LENGTH_BYTES, VERSION } from "../../lib/protocol.js";
import { sign } from "../../lib/sign.js";
import { OutboxError } from "../errors.js";
import { trustIn } from "../server.js";
import { framesOf } from "./rows.js";
import { lockTag, tagOf } from "./tag.js";

/** @typedef {import("../types.js").Bytes} Bytes */
/** @typedef {import("./types.js").MediaRow} MediaRow */
/** @typedef {import("./types.js").MediaTag} MediaTag */
/** @typedef {{effects: import("../types.js").Effects, store: import("../store.js").Store, vault: import("../vault.js").Vault,
 *   keys: import("../keys.js").Keys, boxes: import("../boxes.js").Boxes, changed: () => void}} Parts */
/** @typedef {{draft: string, kind: import("./types.js").Kind, mime: string, source: import("./types.js").Source, name?: string|null, size?: number}} Asked
 *   `size` where it is known: a picked file */

/** Left free on the phone, so that what is written can still be saved after a film has filled it. */
export const RESERVE = 24 * 1048576;
/** Pieces handed over and not sealed yet, in bytes: a phone too slow for its own camera must not run out of memory. */
const BACKLOG = 64 * 1048576;
/** What a frame costs beyond its plaintext, at most. */
const OVERHEAD = 2048;
/** A phone without room for the end of a recording is tried again this often. */
const FULL_MS = 3000;

/**
 * @param {import("../types.js").Effects} effects
 * @returns {Promise<number>} bytes that may still be taken; Infinity where the browser does not say
 */
export async function roomLeft(effects) {
  /** @type {{usage?: number, quota?: number}} */
  const { usage = 0, quota } = (await effects.estimate?.().catch(() => undefined)) ?? {};
  return quota === undefined ? Infinity : Math.max(0, quota - usage - RESERVE);
}

/** Recordings of this tab, where there are no locks to tell. @type {Set<string>} */
const live = new Set();

/** @param {string} id @returns {string} the lock that says that somebody is recording it */
const lockName = (id) => `fieldapp-capture-${id}`;

export class Capture {
  /** @param {Parts} parts @param {string} id @param {string} recipient @param {import("../types.js").Seal} seal */
  constructor(parts, id, recipient, seal) {
    this.parts = parts;
    this.id = id;
    this.recipient = recipient;
    this.seal = seal;
    this.cipher = sha256.create();
    this.original = sha256.create();
    /** Bytes of the original that are on disk, sealed. */
    this.stored = 0;
    /** Of the ciphertext. */
    this.size = 0;
    this.frames = 0;
    this.backlog = 0;
    /** @type {unknown} why it cannot go on; what was stored until then stays */
    this.failed = null;
    /** @type {Promise<void>} */
    this.chain = Promise.resolve();
    /** @type {Promise<boolean>|null} */
    this.ended = null;
    /** @type {() => void} */
    this.release = () => undefined;
  }

  /**
   * Begins one. Throws OutboxError not_signed_in, not_enrolled, no_box, no_room or gone (its draft was saved meanwhile); then nothing is begun.
   * @param {Parts} parts
   * @param {import("../types.js").Person} person
   * @param {Asked} asked
   * @returns {Promise<Capture>}
   */
  static async begin(parts, person, asked) {
    const { effects, boxes } = parts;
    const [seal, addresses, room] = await Promise.all([effects.sealer(), boxes.addresses(person), roomLeft(effects)]);
    if (!addresses.legal) throw new OutboxError("no_box", "legal");
    if (room <= (asked.size ?? 0) * 1.01) throw new OutboxError("no_room");
    if ((asked.size ?? 0) > MAX_MEDIA_BYTES * 0.99) throw new OutboxError("too_large");
    const made = new Capture(parts, encode(effects.bytes(MEDIA_ID_BYTES)), addresses.legal.recipient, seal);
    await made.#hold();
    try {
      await made.#open(person, asked);
    } catch (error) {
      made.release();
      throw error;
    }
    parts.changed();
    return made;
  }

  /** Says to the other tabs, and to the next start, that somebody is here: a row without this was cut by a kill. */
  async #hold() {
    const { locks } = this.parts.effects;
    if (!locks) {
      live.add(this.id);
      this.release = () => void live.delete(this.id);
      return;
    }
    await new Promise((held, failed) => {
      locks.request(lockName(this.id), {}, () => new Promise((done) => {
        this.release = () => done(undefined);
        held(undefined);
      })).catch(failed);
    });
  }

  /** @param {import("../types.js").Person} person @param {Asked} asked */
  async #open(person, { draft, kind, mime, source, name = null }) {
    const { effects, store, vault, keys } = this.parts;
    const { key, log } = await keys.take(person, async (tx) => {
      const [trust, row] = await Promise.all([trustIn(tx), tx.objectStore("drafts").get(draft)]);
      if (!trust) throw new OutboxError("not_enrolled");
      if (row?.done) throw new OutboxError("gone");
      return { again: null, log: trust.log };
    });
    if (!key) throw new OutboxError("storage_failed", "no key");
    const text = canonical({ chapter: person.chapter, key: key.kid, log, media: this.id, type: "media", v: VERSION });
    const token = { text, sig: await sign(key.privateKey, DOMAIN_MEDIA, text, effects.subtle) };
    const started_at = Math.floor(effects.now());
    /** @type {MediaTag} */
    const tag = { person: person.id, kind, mime, name, source, started_at, ended_at: null, sha256: null, cut: false, token };
    const locked = await lockTag(this.id, tag, vault);
    await store.write(["media", "meta", "drafts"], async (tx) => {
      if ((await tx.objectStore("drafts").get(draft))?.done) throw new OutboxError("gone");
      const order = ((await tx.objectStore("meta").get("media order"))?.n ?? 0) + 1;
      await tx.objectStore("meta").put({ k: "media order", n: order });
      /** @type {MediaRow} */
      const row = {
        id: this.id, state: "recording", draft, record: null, order, key: key.kid, size: 0, plain: 0, frames: 0, sha256: null, sent: 0, told: false,
        code: null, tries: 0, not_before: 0, set_at: 0, received_at: null, let_go_at: null, tag: locked,
      };
      await tx.objectStore("media").put(row);
    });
  }

  /**
   * Seals and stores a piece; they keep their order. Rejects with what stopped it: storage_full, no_room, too_slow, too_large, gone, and every later
   * piece with the same. What was stored before is kept: finish() it.
   * @param {Blob} piece
   * @returns {Promise<void>} when it is on disk
   */
  write(piece) {
    this.backlog += piece.size;
    const written = this.chain.then(() => this.#pieces(piece)).finally(() => (this.backlog -= piece.size));
    this.chain = written.catch(() => undefined);
    return written;
  }

  /** @param {Blob} piece */
  async #pieces(piece) {
    if (this.failed) throw this.failed;
    try {
      if (this.backlog > BACKLOG) throw new OutboxError("too_slow");
      for (let at = 0; at < piece.size; at += MEDIA_FRAME_BYTES) {
        await this.#frame(new Uint8Array(await piece.slice(at, at + MEDIA_FRAME_BYTES).arrayBuffer()));
      }
    } catch (error) {
      this.failed = error;
      throw error;
    }
  }

  /** @param {Bytes} plain */
  async #frame(plain) {
    const { effects, store, changed } = this.parts;
    if ((await roomLeft(effects)) < plain.length + OVERHEAD) throw new OutboxError("no_room");
    const sealed = await this.seal(this.recipient, plain);
    const bytes = new Uint8Array(MEDIA_LENGTH_BYTES + sealed.length);
    new DataView(bytes.buffer).setUint32(0, sealed.length);
    bytes.set(sealed, MEDIA_LENGTH_BYTES);
    const at = this.size;
    if (at + bytes.length > MAX_MEDIA_BYTES) throw new OutboxError("too_large");
    await store.write(["media", "frames"], async (tx) => {
      const row = /** @type {MediaRow|undefined} */ (await tx.objectStore("media").get(this.id));
      if (!row) throw new OutboxError("gone");
      const next = { ...row, size: at + bytes.length, plain: this.stored + plain.length, frames: this.frames + 1 };
      await tx.objectStore("frames").put({ media: this.id, at, bytes });
      await tx.objectStore("media").put(next);
    });
    this.cipher.update(bytes);
    this.original.update(plain);
    this.size = at + bytes.length;
    this.stored += plain.length;
    this.frames += 1;
    changed();
  }

  /**
   * Ends it, when all pieces handed over are stored. With nothing stored there is nothing to keep.
   * @param {{cut?: boolean}} [how] cut: it ended by something else than a person's tap
   * @returns {Promise<boolean>} whether something is kept
   */
  finish({ cut = false } = {}) {
    this.ended ??= this.#finish(cut);
    return this.ended;
  }

  /**
   * Not even the end can be written on a phone that is full to the last byte: what was stored is safe, and the end is written as soon as it can.
   * @param {{sha256: string, original: string, cut: boolean}} end
   * @returns {Promise<boolean>}
   */
  async #end(end) {
    for (;;) {
      try {
        return await close(this.parts, this.id, end);
      } catch (error) {
        if (!(error instanceof OutboxError) || error.code !== "storage_full") throw error;
        await this.parts.effects.sleep(FULL_MS);
      }
    }
  }

  /** @param {boolean} cut @returns {Promise<boolean>} */
  async #finish(cut) {
    await this.chain;
    try {
      const end = { sha256: encode(this.cipher.digest()), original: encode(this.original.digest()), cut: cut || this.failed !== null };
      return await this.#end(end);
    } finally {
      this.release();
      this.parts.changed();
    }
  }
}

/**
 * Writes down that it has ended.
 * @param {Pick<Parts, "effects"|"store"|"vault">} parts
 * @param {string} id
 * @param {{sha256: string, original: string|null, cut: boolean}} end
 * @returns {Promise<boolean>} false: nothing was stored, or it was thrown away
 */
async function close({ effects, store, vault }, id, { sha256: digest, original, cut }) {
  const row = await store.read(["media"], (tx) => tx.objectStore("media").get(id));
  if (!row || row.state !== "recording") return Boolean(row);
  const tag = await tagOf(row, vault);
  // After a kill nobody knows when it ended; a photo or a picked file ended as it began.
  const ended_at = original === null ? null : Math.floor(effects.now());
  const locked = await lockTag(id, { ...tag, ended_at, sha256: original, cut }, vault);
  return store.write(["media", "frames"], async (tx) => {
    const now = /** @type {MediaRow|undefined} */ (await tx.objectStore("media").get(id));
    if (!now || now.state !== "recording") return Boolean(now);
    if (now.frames === 0) {
      await tx.objectStore("frames").delete(framesOf(id));
      await tx.objectStore("media").delete(id);
      return false;
    }
    await tx.objectStore("media").put({ ...now, state: "kept", sha256: digest, tag: locked });
    return true;
  });
}

/**
 * Ends what a kill has cut: it is kept, as far as it was stored, as part of its draft.
 * @param {Parts} parts
 * @returns {Promise<number>} how many were found
 */
export async function recover(parts) {
  const rows = await parts.store.read(["media"], (tx) => tx.objectStore("media").getAll());
  let found = 0;
  for (const row of /** @type {MediaRow[]} */ (rows)) if (row.state === "recording" && (await recoverOne(parts, row))) found += 1;
  if (found) parts.changed();
  return found;
}

/** @param {Parts} parts @param {MediaRow} row @returns {Promise<boolean>} */
async function recoverOne(parts, { id }) {
  const { locks } = parts.effects;
  const end = async () => {
    const now = /** @type {MediaRow|undefined} */ (await parts.store.read(["media"], (tx) => tx.objectStore("media").get(id)));
    return now?.state === "recording" && close(parts, id, { sha256: await digestOf(parts.store, now), original: null, cut: true });
  };
  if (!locks) return live.has(id) ? false : Boolean(await end());
  let kept = false;
  await locks.request(lockName(id), { ifAvailable: true }, async (lock) => {
    if (lock) kept = Boolean(await end());
  });
  return kept;
}

/**
 * The digest of what is stored, a frame at a time.
 * @param {import("../store.js").Store} store
 * @param {MediaRow} row
 * @returns {Promise<string>} b64u
 */
async function digestOf(store, { id, size }) {
  const hash = sha256.create();
  for (let at = 0; at < size; ) {
    const { bytes } = await store.read(["frames"], (tx) => tx.objectStore("frames").get([id, at]));
    hash.update(bytes);
    at += bytes.length;
  }
  return encode(hash.digest());
}
