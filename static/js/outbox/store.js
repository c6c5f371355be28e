// The outbox's database. Every write is a strict transaction: done means on disk. A connection closed under us is opened again.
import { wrap } from "idb";
import { OutboxError } from "./errors.js";

/** @typedef {import("idb").IDBPDatabase} Database */
/** @typedef {import("idb").IDBPTransaction<unknown, string[], "readwrite">} Tx */
/** @typedef {"meta"|"keys"|"items"|"bodies"|"receipts"|"drafts"|"media"|"frames"} StoreName */

const VERSION = 2;
const REOPENS = 3;
/** What a closed or broken connection looks like (iOS closes them when it likes); the work may be run again. */
const LOST = new Set(["InvalidStateError", "AbortError", "UnknownError", "TransactionInactiveError"]);

/** @param {Database} db @param {number} from the version that the phone has */
function upgrade(db, from) {
  if (from < 1) first(db);
  // Film, photos and sound: a row each, and a row for each sealed frame, under its offset, so that memory stays flat.
  db.createObjectStore("media", { keyPath: "id" }).createIndex("draft", "draft");
  db.createObjectStore("frames", { keyPath: ["media", "at"] });
}

/** @param {Database} db */
function first(db) {
  db.createObjectStore("meta", { keyPath: "k" });
  db.createObjectStore("keys", { keyPath: "kid" });
  db.createObjectStore("items", { keyPath: "id" }).createIndex("state", "state");
  db.createObjectStore("bodies", { keyPath: "id" });
  db.createObjectStore("receipts", { keyPath: "id" });
  db.createObjectStore("drafts", { keyPath: "id" });
}

export class Store {
  /** @param {import("./types.js").Effects} effects */
  constructor(effects) {
    this.effects = effects;
    /** @type {Promise<Database>|null} */
    this.opening = null;
  }

  /** @returns {Promise<Database>} */
  open() {
    this.opening ??= this.#open().catch((error) => {
      this.opening = null;
      throw error;
    });
    return this.opening;
  }

  async #open() {
    const request = this.effects.indexedDB.open(this.effects.name, VERSION);
    request.addEventListener("upgradeneeded", ({ oldVersion }) => upgrade(/** @type {Database} */ (wrap(request.result)), oldVersion));
    const db = /** @type {Database} */ (await wrap(request));
    db.addEventListener("close", () => this.#forget(db));
    db.addEventListener("versionchange", () => {
      this.#forget(db);
      db.close();
    });
    return db;
  }

  /** @param {Database} _db the connection that is gone */
  #forget(_db) {
    this.opening = null;
  }

  close() {
    const opening = this.opening;
    this.opening = null;
    opening?.then((db) => db.close()).catch(() => undefined);
  }

  /**
   * Runs work in one transaction and waits until it is on disk. Work may run again after a lost connection, so it must only read and
   * write rows, and await nothing but them. Throws OutboxError storage_full or storage_failed, or what work threw (then nothing is written).
   * @template T
   * @param {StoreName[]} names
   * @param {(tx: Tx) => Promise<T>} work
   * @param {"strict"|"relaxed"} [durability] relaxed only for what may be forgotten
   * @returns {Promise<T>}
   */
  async write(names, work, durability = "strict") {
    return this.#run(names, "readwrite", work, durability);
  }

  /**
   * @template T
   * @param {StoreName[]} names
   * @param {(tx: Tx) => Promise<T>} work
   * @returns {Promise<T>}
   */
  async read(names, work) {
    return this.#run(names, "readonly", work, "relaxed");
  }

  /**
   * @template T
   * @param {StoreName[]} names
   * @param {"readonly"|"readwrite"} mode
   * @param {(tx: Tx) => Promise<T>} work
   * @param {"strict"|"relaxed"} durability
   * @returns {Promise<T>}
   */
  async #run(names, mode, work, durability) {
    for (let attempt = 1; ; attempt++) {
      try {
        return await once(await this.open(), names, mode, work, durability);
      } catch (error) {
        if (error instanceof OutboxError || !(error instanceof DOMException)) throw error;
        if (error.name === "QuotaExceededError") throw new OutboxError("storage_full");
        if (!LOST.has(error.name) || attempt > REOPENS) throw new OutboxError("storage_failed", error.name);
        this.close();
      }
    }
  }
}

/**
 * @template T
 * @param {Database} db
 * @param {StoreName[]} names
 * @param {"readonly"|"readwrite"} mode
 * @param {(tx: Tx) => Promise<T>} work
 * @param {"strict"|"relaxed"} durability
 * @returns {Promise<T>}
 */
async function once(db, names, mode, work, durability) {
  const tx = /** @type {Tx} */ (/** @type {unknown} */ (db.transaction(names, mode, { durability })));
  const done = tx.done;
  done.catch(() => undefined);
  let value;
  try {
    value = await work(tx);
  } catch (error) {
    try {
      tx.abort();
    } catch {
      // Over already: the transaction itself failed, and `error` says so.
    }
    throw error;
  }
  await done;
  return value;
}
