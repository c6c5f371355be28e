// Unfinished forms. Locked at rest under the phone's key, or under one that only the person's passkey unlocks, where there is one.
import { canonical } from "../lib/canonical.js";
import { readPerson } from "./person.js";
import { lockWith, unlockWith } from "./vault.js";

/** @typedef {import("./types.js").Bytes} Bytes */
/** @typedef {import("./types.js").Effects} Effects */
/** @typedef {import("./types.js").Json} Json */
/** @typedef {import("./store.js").Store} Store */
/** @typedef {{wrap: (key: Bytes) => Promise<Bytes>, unwrap: (wrapped: Bytes) => Promise<Bytes>}} WrapKey by the passkey's PRF */
/** @typedef {{id: string, at: number, value: Json}} Draft */
/** @typedef {{id: string, at: number, by: "phone"|"passkey", iv: Bytes, ct: Bytes}} DraftRow */

const DEBOUNCE_MS = 400;

export class Drafts {
  /** @param {Effects} effects @param {Store} store @param {import("./vault.js").Vault} vault */
  constructor(effects, store, vault) {
    this.effects = effects;
    this.store = store;
    this.vault = vault;
    /** @type {CryptoKey|null} */
    this.passkeyKey = null;
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
      const by = this.passkeyKey ? "passkey" : "phone";
      const text = canonical({ person: draft.person, value: draft.value });
      const locked = await lockWith(this.effects, this.passkeyKey ?? (await this.vault.key()), `draft ${id}`, text);
      await this.store.write(["drafts"], async (tx) => {
        const drafts = tx.objectStore("drafts");
        if ((await drafts.get(id))?.done) return; // Saved meanwhile: a draft must not come back to be saved twice.
        await drafts.put({ id, at: this.effects.now(), by, ...locked });
      });
      if (this.waiting.get(id) === draft) this.waiting.delete(id);
    }
  }

  /** @param {string} id saved or thrown away: what is still waiting of it is not written any more */
  forget(id) {
    this.waiting.delete(id);
  }

  /**
   * Throws a draft away.
   * @param {string} id
   */
  async remove(id) {
    this.forget(id);
    await this.writing;
    await this.store.write(["drafts"], async (tx) => {
      const drafts = tx.objectStore("drafts");
      if (!(await drafts.get(id))?.done) await drafts.delete(id);
    });
  }

  /**
   * The drafts of the person signed in, newest first, and how many are locked until the passkey is used.
   * @returns {Promise<{drafts: Draft[], locked: number}>}
   */
  async list() {
    const person = await readPerson(this.store);
    const rows = /** @type {DraftRow[]} */ (
      (await this.store.read(["drafts"], (tx) => tx.objectStore("drafts").getAll())).filter((one) => one.ct)
    );
    const opened = await Promise.all(rows.map((row) => this.#openRow(row)));
    const drafts = opened.flatMap((one, i) => {
      const row = rows[i];
      return one && row && one.person === person?.id ? [{ id: row.id, at: row.at, value: one.value }] : [];
    });
    drafts.sort((a, b) => b.at - a.at);
    return { drafts, locked: rows.filter((row) => row.by === "passkey" && !this.passkeyKey).length };
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
    const key = row.by === "passkey" ? this.passkeyKey : await this.vault.key();
    if (!key) return null;
    try {
      return JSON.parse(await unlockWith(this.effects, key, `draft ${row.id}`, row));
    } catch {
      return null;
    }
  }

  /**
   * Uses a passkey's PRF for drafts from now on; those written before move under it.
   * @param {WrapKey} wrapKey
   */
  async unlock(wrapKey) {
    const row = await this.store.read(["meta"], (tx) => tx.objectStore("meta").get("draft_key"));
    const raw = row ? await wrapKey.unwrap(row.wrapped) : this.effects.bytes(32);
    if (!row) {
      const wrapped = await wrapKey.wrap(raw);
      await this.store.write(["meta"], (tx) => tx.objectStore("meta").put({ k: "draft_key", wrapped }));
    }
    this.passkeyKey = await this.effects.subtle.importKey("raw", raw, { name: "AES-GCM" }, false, ["encrypt", "decrypt"]);
    const person = await readPerson(this.store);
    const { drafts } = await this.list();
    for (const one of drafts) if (person && !this.waiting.has(one.id)) this.waiting.set(one.id, { value: one.value, person: person.id });
    await this.flush();
  }

  /** Forgets the passkey's key: its drafts cannot be read until the next unlock; new writing goes on under the phone's key. */
  async lock() {
    await this.flush();
    this.passkeyKey = null;
  }
}
