// Locks values at rest under a non-extractable AES-GCM key that lives in the same database: it must open while the phone is locked.
import { encode, utf8 } from "../lib/b64.js";
import { OutboxError } from "./errors.js";

/** @typedef {import("./types.js").Effects} Effects */
/** @typedef {import("./types.js").Locked} Locked */
/** @typedef {import("./store.js").Store} Store */

export class Vault {
  /** @param {Effects} effects @param {Store} store */
  constructor(effects, store) {
    this.effects = effects;
    this.store = store;
    /** @type {Promise<CryptoKey>|null} */
    this.loading = null;
  }

  /** @returns {Promise<CryptoKey>} */
  key() {
    this.loading ??= this.#load().catch((error) => {
      this.loading = null;
      throw error;
    });
    return this.loading;
  }

  async #load() {
    const known = await this.store.read(["meta"], (tx) => tx.objectStore("meta").get("vault"));
    if (known) return known.key;
    const fresh = await this.effects.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    return this.store.write(["meta"], async (tx) => {
      const meta = tx.objectStore("meta");
      const other = await meta.get("vault"); // another tab may have been first
      if (!other) await meta.put({ k: "vault", key: fresh });
      return other?.key ?? fresh;
    });
  }

  /**
   * @param {string} label where it is kept, so that rows cannot be swapped
   * @param {string} text
   * @returns {Promise<Locked>}
   */
  async lock(label, text) {
    return lockWith(this.effects, await this.key(), label, text);
  }

  /**
   * Throws OutboxError unreadable.
   * @param {string} label
   * @param {Locked} locked
   * @returns {Promise<string>}
   */
  async unlock(label, locked) {
    return unlockWith(this.effects, await this.key(), label, locked);
  }
}

/**
 * What stands for a person's id where rows lie in the clear: a hash salted on this phone, so that a glance does not name who has used it.
 * @param {Effects} effects
 * @param {Store} store
 * @param {string} person
 * @returns {Promise<string>} b64u
 */
export function aliasOf(effects, store, person) {
  const known = aliases.get(store) ?? new Map();
  aliases.set(store, known);
  const alias = known.get(person) ?? salted(effects, store, person);
  known.set(person, alias);
  alias.catch(() => known.delete(person));
  return alias;
}

/** Known already: a save does not wait for the database once more. @type {WeakMap<Store, Map<string, Promise<string>>>} */
const aliases = new WeakMap();

/** @param {Effects} effects @param {Store} store @param {string} person */
async function salted(effects, store, person) {
  const known = await store.read(["meta"], (tx) => tx.objectStore("meta").get("salt"));
  const fresh = effects.bytes(16);
  const { salt } = known ?? (await store.write(["meta"], async (tx) => {
    const other = await tx.objectStore("meta").get("salt"); // another tab may have been first
    if (!other) await tx.objectStore("meta").put({ k: "salt", salt: fresh });
    return other ?? { salt: fresh };
  }));
  return encode(new Uint8Array(await effects.subtle.digest("SHA-256", new Uint8Array([...salt, ...utf8(person)]))));
}

/**
 * @param {Effects} effects
 * @param {CryptoKey} key
 * @param {string} label
 * @param {string} text
 * @returns {Promise<Locked>}
 */
export async function lockWith(effects, key, label, text) {
  const iv = effects.bytes(12);
  const ct = await effects.subtle.encrypt({ name: "AES-GCM", iv, additionalData: utf8(label) }, key, utf8(text));
  return { iv, ct: new Uint8Array(ct) };
}

/**
 * @param {Effects} effects
 * @param {CryptoKey} key
 * @param {string} label
 * @param {Locked} locked
 * @returns {Promise<string>}
 */
export async function unlockWith(effects, key, label, locked) {
  try {
    const plain = await effects.subtle.decrypt({ name: "AES-GCM", iv: locked.iv, additionalData: utf8(label) }, key, locked.ct);
    return new TextDecoder().decode(plain);
  } catch {
    throw new OutboxError("unreadable", label);
  }
}
