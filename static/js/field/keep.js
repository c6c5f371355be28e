// What the phone keeps beside its outbox: the snapshot in two halves, and small choices. Forms, places, box manifests and the hotline stay
// readable, so that writing never needs an unlock. The personal half lies under the person's own key where a passkey wraps one (key.js).
// What must go on while that is locked (the open court session, being at a shift) lies under a key of this phone.
import { openDB } from "idb";
import { utf8 } from "../lib/b64.js";

/** @typedef {import("./types.js").Snapshot} Snapshot */
/** @typedef {{iv: Uint8Array<ArrayBuffer>, ct: ArrayBuffer}} Locked */
/** @typedef {Locked & {by?: string, server_at?: number, fetched_at?: number}} LockedHalf `by`: the ring whose key opens it; none: this phone's own */
/** @typedef {{ring: string, key: CryptoKey}} Own a person's own key, unlocked */
/** @typedef {{id: string, person: string, self: string, wraps: Wrap[], seal?: {pub: string, priv: string}}} Ring a person's key, wrapped; `self`: itself under itself, so that
 *   more can be added; `seal`: what is sealed to it while it is locked (sealed.js) */
/** @typedef {{credential: string, salt: string, data: string, used_at: number, transports: string[]}} Wrap by one passkey; `used_at` ms */
/** @typedef {{salt: string, current: Record<string, string>, rings: Ring[]}} Rings `current`: by person, the ring that is used; empty: this phone's own key */

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
export const get = (name) => withDatabase((db) => db.get("kept", name));

/** @param {Record<string, unknown>} values undefined removes */
export async function put(values) {
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

/** The person's own key, or that it is locked; null: this phone's own key serves. @type {Own|"locked"|null} */
let own = null;

/** Says which key the personal half lies under from now on. @param {Own|"locked"|null} key */
export function useKey(key) {
  own = key;
}

/** @param {CryptoKey} key @param {string} name @param {unknown} value @returns {Promise<Locked>} */
async function lock(key, name, value) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const how = { name: "AES-GCM", iv, additionalData: utf8(name) };
  return { iv, ct: await crypto.subtle.encrypt(how, key, utf8(JSON.stringify(value))) };
}

/** @param {CryptoKey} key @param {string} name @param {Locked|undefined} locked @returns {Promise<any>} null where there is nothing, or it cannot be opened */
async function unlock(key, name, locked) {
  if (!locked) return null;
  try {
    const how = { name: "AES-GCM", iv: locked.iv, additionalData: utf8(name) };
    return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(how, key, locked.ct)));
  } catch {
    return null;
  }
}

/** @param {string} name @returns {Promise<any>} what lies under this phone's own key */
const getOwn = async (name) => unlock(await ownKey(), name, await get(name));

/** @param {string} name @param {unknown} value null removes */
const putOwn = async (name, value) => put({ [name]: value === null ? undefined : await lock(await ownKey(), name, value) });

/** What lies under the key that the personal half lies under. @param {string} name @param {LockedHalf|undefined} locked @returns {Promise<any>} */
export async function openMine(name, locked) {
  if (!locked || own === "locked" || (locked.by ?? "") !== (own?.ring ?? "")) return null;
  return unlock(own?.key ?? (await ownKey()), name, locked);
}

/** Nothing while that key is locked. @param {string} name @param {unknown} value @returns {Promise<LockedHalf|undefined>} */
export async function lockMine(name, value) {
  if (own === "locked") return undefined;
  const by = own?.ring ?? "";
  return { ...(await lock(own?.key ?? (await ownKey()), name, value)), by };
}

/** @returns {Promise<Snapshot|null>} without its personal half where that is locked */
export async function readSnapshot() {
  /** @type {[any, LockedHalf|undefined]} */
  const [open, locked] = await Promise.all([get("public"), get("personal")]);
  if (!open) return null;
  const personal = await openMine("personal", locked);
  const { fetched_at, server_at } = personal && locked?.server_at !== undefined ? locked : open;
  return { etag: open.etag, fetched_at, server_at, lang: open.lang, public: open.half, personal };
}

/**
 * Keeps a snapshot. Without a personal half the one that is kept stays as it is, locked; while it is locked none is written, and an answer that
 * had one is asked for again. Nothing is written of what was asked for before the last "Lock now", on whatever page that was: one transaction
 * looks and writes, and the tap writes its time before anything is dropped.
 * @param {Snapshot} snapshot
 * @param {number} [asked] when it was asked for, ms
 * @returns {Promise<boolean>} whether it was kept
 */
export async function writeSnapshot(snapshot, asked = snapshot.fetched_at) {
  const { fetched_at, server_at, lang } = snapshot;
  const etag = snapshot.personal && own === "locked" ? "" : snapshot.etag;
  const half = { etag, fetched_at, server_at, lang, half: snapshot.public };
  const locked = snapshot.personal && (await lockMine("personal", snapshot.personal));
  return withDatabase(async (db) => {
    const tx = db.transaction("kept", "readwrite");
    const kept = !isBefore(asked, await tx.store.get("choice left_at"));
    if (kept) void tx.store.put(half, "public");
    if (kept && locked) void tx.store.put({ ...locked, server_at, fetched_at }, "personal");
    await tx.done;
    return kept;
  });
}

/** A clock that was set back must not keep a phone empty for ever. @param {number} asked ms @param {number|undefined} left when "Lock now" was tapped last, ms */
const isBefore = (asked, left) => left !== undefined && asked <= left && left <= Date.now();

/** @param {number} asked ms @returns {Promise<boolean>} whether "Lock now" was tapped since, on whatever page */
export const leftSince = async (asked) => isBefore(asked, await readChoice("left_at"));

/**
 * Drops what is personal: shifts, roster, training, and with `all` the open court session and being at a shift. No record and no draft of the outbox.
 * @param {boolean} [all] false: who is here stays, and writing and leaving go on
 */
export async function dropPersonal(all = true) {
  const open = await get("public");
  await put({ personal: undefined, guides: undefined, certificate: undefined, copies: undefined, public: open && { ...open, etag: "", ...(all && { lang: undefined }) }, ...(all && { court: undefined, here: undefined }) });
}

/** @returns {Promise<Rings>} the keys that passkeys wrap on this phone, of whoever has signed in here */
export async function readRings() {
  return (await getOwn("rings")) ?? { salt: "", current: {}, rings: [] };
}

/** @param {Rings} rings */
export const writeRings = (rings) => putOwn("rings", rings);

/** @returns {Promise<import("./types.js").Here|null>} */
export const readHere = () => getOwn("here");

/** @param {import("./types.js").Here|null} here */
export const writeHere = (here) => putOwn("here", here);

/** @returns {Promise<import("./types.js").Court|null>} */
export const readCourt = () => getOwn("court");

/** @param {import("./types.js").Court|null} court */
export const writeCourt = (court) => putOwn("court", court);

/** @param {string} name @returns {Promise<any>} a choice of this phone, such as its language */
export const readChoice = (name) => get(`choice ${name}`);

/** @param {string} name @param {unknown} value */
export const writeChoice = (name, value) => put({ [`choice ${name}`]: value });
