// Photo, video and sound of this phone: taken, kept, sent, let go of. Loaded when the first is taken, or lies here.
// One chunk, with all of the outbox in its reach: so the bundler leaves the first screen's chunks whole.
import "../index.js";
import { readPerson } from "../person.js";
import { requireSignedIn } from "../save.js";
import { Capture, recover, roomLeft } from "./capture.js";
import { carried } from "./carry.js";
import { framesOf, mediaOf } from "./rows.js";
import { entryOf } from "./status.js";
import { tagOf } from "./tag.js";
import { Uploads } from "./upload.js";

export { attach } from "./attach.js";

/** @typedef {import("./types.js").MediaRow} MediaRow */
/** @typedef {import("./types.js").MediaEntry} MediaEntry */
/** @typedef {import("./capture.js").Asked} Asked */
/** @typedef {import("./upload.js").Parts & Pick<import("./capture.js").Parts, "keys"|"boxes">} Parts */

const TELL_MS = 300;

export class Media {
  /** @param {Parts} parts */
  constructor(parts) {
    this.parts = { ...parts, changed: () => this.#changed(parts.changed) };
    this.uploads = new Uploads(this.parts);
    /** @type {Map<string, {sealed: unknown, tag: import("./types.js").MediaTag}>} */
    this.tags = new Map();
  }

  /** A film changes many times a second: screens are told now and then, and at the end. @param {() => void} tell */
  #changed(tell) {
    if (this.telling) return;
    this.telling = true;
    void this.parts.effects.sleep(TELL_MS).then(() => {
      this.telling = false;
      tell();
    });
  }

  telling = false;

  /**
   * Begins a photo, film or recording of the person signed in; see Capture. While it is written, it is sent.
   * @param {Asked} asked
   * @returns {Promise<import("./capture.js").Capture>}
   */
  async begin(asked) {
    const changed = () => {
      this.parts.changed();
      void this.uploads.drain().catch(() => undefined);
    };
    return Capture.begin({ ...this.parts, changed }, await requireSignedIn(this.parts.store), asked);
  }

  /** @returns {Promise<number>} bytes that may still be taken */
  room() {
    return roomLeft(this.parts.effects);
  }

  /** One of a record, for a rescue file; see carry.js. @param {string} id */
  carried(id) {
    return carried(this.parts, id);
  }

  /** Keeps, as part of their drafts, recordings that a kill has cut. @returns {Promise<number>} how many */
  recover() {
    return recover(this.parts);
  }

  /**
   * Of the person signed in, oldest first.
   * @param {{draft?: string}} [which] of one draft only
   * @returns {Promise<MediaEntry[]>}
   */
  async list({ draft } = {}) {
    const person = await readPerson(this.parts.store);
    const rows = /** @type {MediaRow[]} */ (await this.parts.store.read(["media"], (tx) => (draft === undefined ? tx.objectStore("media").getAll() : mediaOf(tx, draft))));
    const entries = await Promise.all(rows.sort((a, b) => a.order - b.order).map((row) => this.#entry(row, person?.id)));
    return entries.flatMap((one) => one ?? []);
  }

  /** @param {MediaRow} row @param {string|undefined} person @returns {Promise<MediaEntry|null>} */
  async #entry(row, person) {
    const known = this.tags.get(row.id);
    const tag = known && sameLock(known.sealed, row.tag) ? known.tag : await tagOf(row, this.parts.vault).catch(() => null);
    if (!tag) return null;
    this.tags.set(row.id, { sealed: row.tag, tag });
    return tag.person === person ? entryOf(row, tag, this.uploads.inFlight?.id === row.id) : null;
  }

  /**
   * Throws one away that is not part of a record yet. What is, stays: the record names it.
   * @param {string} id
   */
  async remove(id) {
    await this.parts.store.write(["media", "frames"], async (tx) => {
      const row = /** @type {MediaRow|undefined} */ (await tx.objectStore("media").get(id));
      if (!row || row.state === "saved") return;
      await tx.objectStore("frames").delete(framesOf(id));
      await tx.objectStore("media").delete(id);
    });
    await this.uploads.look();
    this.parts.changed();
  }

  /** @param {{eager?: boolean}} [how] */
  drain(how) {
    return this.uploads.drain(how);
  }

  close() {
    this.uploads.close();
  }
}

/** @param {any} one @param {import("../types.js").Locked} other */
const sameLock = (one, other) => one.iv.length === other.iv.length && one.iv.every((/** @type {number} */ byte, /** @type {number} */ i) => byte === other.iv[i]);
