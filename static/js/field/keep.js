// What the phone keeps beside its outbox: the snapshot in two halves, and small choices. Forms, places, box manifests and the hotline stay
// readable, so that writing never needs an unlock; the personal half and the open court session lie under a key that cannot be exported.
import { openDB } from "idb";
import { utf8 } from "../lib/b64.js";

/** @typedef {import("./types.js").Snapshot} Snapshot */
/** @typedef {{iv: Uint8Array<ArrayBuffer>, ct: ArrayBuffer}} Locked */
/** @typedef {() => Promise<CryptoKey>} KeyProvider */

/** @type {Promise<import("idb").IDBPDatabase>|null} */
let opening = null;

function database() {
  opening ??= openDB("fieldapp-phone", 1, {
    upgrade: (db) => void db.createObjectStore("kept"),
    terminated: () => void (opening = null),
    blocking: (_from, _to, event) => void /** @type {IDBDatabase} */ (event.target).close(),
  }).catch((error) => {
    opening = null;
    throw error;
  });
  return opening;
}

/**
 * Runs work again once when the connection was closed under us (iOS does that).
 * @template T
 * @param {(db: import("idb").IDBPDatabase) => Promise<T>} work
 * @returns {Promise<T>}
 */
async function withDatabase(work) {
  try {
    return await work(await database());
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== "InvalidStateError") throw error;
    opening = null;
    return work(await database());
  }
}

/** @param {string} name @returns {Promise<any>} */
const get = (name) => withDatabase((db) => db.get("kept", name));

/** @param {Record<string, unknown>} values undefined removes */
async function put(values) {
  await withDatabase(async (db) => {
    const tx = db.transaction("kept", "readwrite");
    for (const [name, value] of Object.entries(values)) void (value === undefined ? tx.store.delete(name) : tx.store.put(value, name));
    await tx.done;
  });
}

/** @returns {Promise<CryptoKey>} this phone's own key, made once */
async function ownKey() {
  const known = await get("key");
  if (known) return known;
  const fresh = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  return withDatabase(async (db) => {
    const tx = db.transaction("kept", "readwrite");
    const other = await tx.store.get("key");
    if (!other) await tx.store.put(fresh, "key");
    await tx.done;
    return other ?? fresh;
  });
}

/** @type {KeyProvider} */
let keyOf = ownKey;

/**
 * Puts another key in front of the personal half, such as one wrapped by a passkey's PRF. What lies under the old one is dropped.
 * @param {KeyProvider} provider
 */
export async function setKeyProvider(provider) {
  keyOf = provider;
  await dropPersonal();
}

/** @param {string} name @param {unknown} value @returns {Promise<Locked>} */
async function lock(name, value) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const how = { name: "AES-GCM", iv, additionalData: utf8(name) };
  return { iv, ct: await crypto.subtle.encrypt(how, await keyOf(), utf8(JSON.stringify(value))) };
}

/** @param {string} name @param {Locked|undefined} locked @returns {Promise<any>} null where there is nothing, or it cannot be opened */
async function unlock(name, locked) {
  if (!locked) return null;
  try {
    const how = { name: "AES-GCM", iv: locked.iv, additionalData: utf8(name) };
    return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(how, await keyOf(), locked.ct)));
  } catch {
    return null;
  }
}

/** @returns {Promise<Snapshot|null>} */
export async function readSnapshot() {
  const [open, locked] = await Promise.all([get("public"), get("personal")]);
  if (!open) return null;
  return { etag: open.etag, fetched_at: open.fetched_at, server_at: open.server_at, public: open.half, personal: await unlock("personal", locked) };
}

/** @param {Snapshot} snapshot */
export async function writeSnapshot(snapshot) {
  const personal = snapshot.personal ? await lock("personal", snapshot.personal) : undefined;
  const { etag, fetched_at, server_at } = snapshot;
  await put({ public: { etag, fetched_at, server_at, half: snapshot.public }, personal });
}

/** Drops what is personal: shifts, roster, training, the open court session. No record and no draft of the outbox. */
export async function dropPersonal() {
  const open = await get("public");
  await put({ personal: undefined, court: undefined, public: open && { ...open, etag: "" } });
}

/** @returns {Promise<import("./types.js").Court|null>} */
export const readCourt = async () => unlock("court", await get("court"));

/** @param {import("./types.js").Court|null} court */
export const writeCourt = async (court) => put({ court: court ? await lock("court", court) : undefined });

/** @param {string} name @returns {Promise<any>} a choice of this phone, such as its language */
export const readChoice = (name) => get(`choice ${name}`);

/** @param {string} name @param {unknown} value */
export const writeChoice = (name, value) => put({ [`choice ${name}`]: value });
