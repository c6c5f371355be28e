// Half an hour of being unlocked, across pages: the box keys under an AES key that cannot leave this browser, gone at "Lock again".
import { openDB } from "idb";

/** @typedef {{until: number, key: CryptoKey, iv: Uint8Array<ArrayBuffer>, data: ArrayBuffer}} Kept */
export const MINUTES = 30;

const base = () => openDB("fieldapp-legal", 1, { upgrade: (db) => void db.createObjectStore("unlocked") });

/**
 * Keeps the boxes' identities for half an hour.
 * @param {Record<string, string>} identities box id to age identity
 * @param {number} now ms
 */
export async function keep(identities, now) {
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(JSON.stringify(identities)));
  const db = await base();
  await db.put("unlocked", { until: now + MINUTES * 60_000, key, iv, data }, "now");
  db.close();
}

/**
 * What is unlocked, or null; what has run out is removed.
 * @param {number} now ms
 * @returns {Promise<{identities: Record<string, string>, until: number}|null>}
 */
export async function unlocked(now) {
  const db = await base();
  /** @type {Kept|undefined} */
  const kept = await db.get("unlocked", "now");
  db.close();
  if (!kept) return null;
  if (kept.until <= now) return lock().then(() => null);
  const opened = await crypto.subtle.decrypt({ name: "AES-GCM", iv: kept.iv }, kept.key, kept.data);
  return { identities: JSON.parse(new TextDecoder().decode(opened)), until: kept.until };
}

/** Forgets every box key on this computer. */
export async function lock() {
  const db = await base();
  await db.clear("unlocked");
  db.close();
}
