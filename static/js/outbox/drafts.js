// Unfinished forms. Locked at rest under the phone's key, or under the person's own, which only their passkey unlocks, where there is one.
import { canonical } from "../lib/canonical.js";
import { dropMediaOf } from "./media/rows.js";
import { readPerson } from "./person.js";
import { lockWith, unlockWith } from "./vault.js";

/** @typedef {import("./types.js").Bytes} Bytes */
/** @typedef {import("./types.js").Effects} Effects */
/** @typedef {import("./types.js").Json} Json */
/** @typedef {import("./store.js").Store} Store */
/** @typedef {{id: string, at: number, value: Json}} Draft */
/** @typedef {{id: string, at: number, by: "phone"|"passkey", ring?: string, iv: Bytes, ct: Bytes}} DraftRow `ring`: whose key opens it */

const DEBOUNCE_MS = 400;

export class Drafts {
  /** @param {Effects} effects @param {Store} store @param {import("./vault.js").Vault} vault */
  constructor(effects, store, vault) {
    this.effects = effects;
    this.store = store;
    this.vault = vault;
    /** @type {Map<string, CryptoKey>} unlocked keys by their ring */
    this.keys = new Map();
    /** The ring that new words go under; empty: the phone's key. */
    this.ring = "";
    /** @type {Map<string, {value: Json, person: string}>} */
    this.waiting = new Map();
    /** @type {Promise<void>} */
    this.writing = Promise.resolve();
    /** @type {AbortController|null} */
    this.timer = null;
  }

  /**
   * Keeps the newest value of a draft, shortly after the last call; flush() when the page is about to go.
   * @param {string} id
   * @param {Json} value
   * @param {import("./types.js").Person} person whose words these are, as the screen knew when it opened
   */
  put(id, value, person) {
    this.waiting.set(id, { value, person: person.id });
    if (this.timer) return;
    const timer = new AbortController();
    this.timer = timer;
    void this.effects.sleep(DEBOUNCE_MS, timer.signal).then(() => this.flush().catch(() => undefined));
  }

  /** Writes what is waiting, now. Rejects when it could not be kept; it is still waiting then. */
  flush() {
    this.timer?.abort();
    this.timer = null;
    const written = this.writing.then(() => this.#writeAll());
    this.writing = written.catch(() => undefined);
    return written;
  }

  async #writeAll() {
    for (const [id, draft] of [...this.waiting]) {
      const row = await this.#locked(id, this.effects.now(), { person: draft.person, value: draft.value });
      await this.store.write(["drafts"], async (tx) => {
        const drafts = tx.objectStore("drafts");
        if ((await drafts.get(id))?.done) return; // Saved meanwhile: a draft must not come back to be saved twice.
        await drafts.put(row);
      });
      if (this.waiting.get(id) === draft) this.waiting.delete(id);
    }
  }

  /** @param {string} id @param {number} at @param {{person: string, value: Json}} words @returns {Promise<DraftRow>} under the key in use */
  async #locked(id, at, words) {
    const { ring } = this;
    const own = this.keys.get(ring);
    const locked = await lockWith(this.effects, own ?? (await this.vault.key()), `draft ${id}`, canonical(words));
    return { id, at, ...(own ? { by: "passkey", ring } : { by: "phone" }), ...locked };
  }

  /** @param {string} id saved or thrown away: what is still waiting of it is not written any more */
  forget(id) {
    this.waiting.delete(id);
  }

  /**
   * Throws a draft away, and what was photographed, filmed or recorded for it.
   * @param {string} id
   */
  async remove(id) {
    this.forget(id);
    await this.writing;
    await this.store.write(["drafts", "media", "frames"], async (tx) => {
      const drafts = tx.objectStore("drafts");
      if ((await drafts.get(id))?.done) return;
      await drafts.delete(id);
      await dropMediaOf(tx, id);
    });
  }

  /**
   * The drafts of the person signed in, newest first, and for each that is locked (whoever wrote it) the ring whose key opens it.
   * @returns {Promise<{drafts: Draft[], locked: string[]}>}
   */
  async list() {
    const person = await readPerson(this.store);
    const rows = await this.#rows();
    const opened = await Promise.all(rows.map((row) => this.#openRow(row)));
    const drafts = opened.flatMap((one, i) => {
      const row = rows[i];
      return one && row && one.person === person?.id ? [{ id: row.id, at: row.at, value: one.value }] : [];
    });
    drafts.sort((a, b) => b.at - a.at);
    return { drafts, locked: rows.flatMap((row) => (row.by === "passkey" && !this.keys.has(row.ring ?? "") ? [row.ring ?? ""] : [])) };
  }

  /** @returns {Promise<DraftRow[]>} */
  async #rows() {
    const rows = await this.store.read(["drafts"], (tx) => tx.objectStore("drafts").getAll());
    return rows.filter((one) => one.ct);
  }

  /**
   * @param {string} id
   * @returns {Promise<Draft|null>}
   */
  async get(id) {
    return (await this.list()).drafts.find((one) => one.id === id) ?? null;
  }

  /**
   * @param {DraftRow} row
   * @returns {Promise<{person: string, value: Json}|null>} null when locked or unreadable
   */
  async #openRow(row) {
    const key = row.by === "passkey" ? this.keys.get(row.ring ?? "") : await this.vault.key();
    if (!key) return null;
    try {
      return JSON.parse(await unlockWith(this.effects, key, `draft ${row.id}`, row));
    } catch {
      return null;
    }
  }

  /**
   * Uses a person's own key from now on. What is readable of theirs and lies under another key moves under this one.
   * @param {string} ring
   * @param {CryptoKey} key
   */
  async unlock(ring, key) {
    this.keys.set(ring, key);
    this.ring = ring;
    await this.flush();
    const person = await readPerson(this.store);
    for (const row of await this.#rows()) {
      if (row.by === "passkey" && row.ring === ring) continue;
      const words = await this.#openRow(row);
      if (words && words.person === person?.id) await this.#move(row, words);
    }
  }

  /** @param {DraftRow} row @param {{person: string, value: Json}} words */
  async #move(row, words) {
    const moved = await this.#locked(row.id, row.at, words);
    await this.store.write(["drafts"], async (tx) => {
      const drafts = tx.objectStore("drafts");
      const now = await drafts.get(row.id);
      if (now?.ct && now.at === row.at && now.by === row.by) await drafts.put(moved); // else it was written anew, saved or thrown away meanwhile
    });
  }

  /**
   * Opens what lies under another key of the same person too; with unlock() for the one in use after it, those drafts move.
   * @param {string} ring
   * @param {CryptoKey} key
   */
  open(ring, key) {
    this.keys.set(ring, key);
  }

  /** Forgets the person's keys: their drafts cannot be read until the next unlock; new writing goes on under the phone's key. */
  async lock() {
    try {
      await this.flush();
    } finally {
      this.keys.clear();
      this.ring = "";
    }
  }
}
