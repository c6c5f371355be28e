// Unfinished forms that were begun while locked, sealed to a key of their person that only the passkey opens. The phone that sealed them
// cannot read them again until then. (P-256 ECDH with a fresh key for each, HKDF-SHA-256, AES-GCM under the draft's label.)
import { decode, encode, utf8 } from "../lib/b64.js";
import { canonical } from "../lib/canonical.js";
import { openWith, sealWith } from "../lib/prf.js";
import { lockWith, unlockWith } from "../outbox/vault.js";
import { outbox } from "./outbox.js";

/** @typedef {import("./keep.js").Ring} Ring */
/** @typedef {import("../outbox/drafts.js").DraftRow & {eph?: string}} Row `eph`: the fresh key's public half, of a sealed one */

const CURVE = { name: "ECDH", namedCurve: "P-256" };
const INFO = utf8("fieldapp/phone-draft/v1");

/** A ring's own pair: the public half in the clear, the private one under the ring's key. @param {CryptoKey} key @returns {Promise<{pub: string, priv: string}>} */
export async function makePair(key) {
  const pair = await crypto.subtle.generateKey(CURVE, true, ["deriveBits"]);
  const [pub, priv] = await Promise.all([crypto.subtle.exportKey("raw", pair.publicKey), crypto.subtle.exportKey("pkcs8", pair.privateKey)]);
  return { pub: encode(new Uint8Array(pub)), priv: await sealWith(key, new Uint8Array(priv)) };
}

/** @param {CryptoKey} priv @param {CryptoKey} pub @returns {Promise<CryptoKey>} */
async function agreed(priv, pub) {
  const bits = await crypto.subtle.deriveBits({ name: "ECDH", public: pub }, priv, 256);
  const base = await crypto.subtle.importKey("raw", bits, "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: INFO };
  return crypto.subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

/** @param {string} raw b64u @returns {Promise<CryptoKey>} */
const publicKey = (raw) => crypto.subtle.importKey("raw", decode(raw), CURVE, false, []);

/** @returns {Promise<Row[]>} */
async function rows() {
  const all = await outbox.store.read(["drafts"], (tx) => tx.objectStore("drafts").getAll());
  return all.filter((/** @type {Row} */ one) => one.ct);
}

/** @param {Row} row @param {Row|null} next null: thrown away. Nothing where it was written anew, saved or thrown away meanwhile */
async function replace(row, next) {
  await outbox.store.write(["drafts"], async (tx) => {
    const drafts = tx.objectStore("drafts");
    const now = await drafts.get(row.id);
    if (!now?.ct || now.at !== row.at || now.by !== row.by) return;
    await (next ? drafts.put(next) : drafts.delete(row.id));
  });
}

/** Those of a person that lie under the phone's own key. @param {string} person @returns {Promise<{row: Row, text: string}[]>} */
async function clear(person) {
  await outbox.drafts.flush();
  const { effects, vault } = outbox;
  const found = await Promise.all((await rows()).filter((one) => one.by === "phone").map(async (row) => {
    const text = await unlockWith(effects, await vault.key(), `draft ${row.id}`, row).catch(() => "");
    return text && JSON.parse(text).person === person ? [{ row, text }] : [];
  }));
  return found.flat();
}

/** @param {string} person @returns {Promise<number>} how many that phone could read */
export const countClear = async (person) => (await clear(person)).length;

/** Seals them to the person's ring. One without a pair (not unlocked since this came) keeps them as they are. @param {string} person @param {Ring} ring */
export async function sealClear(person, ring) {
  if (!ring.seal) return;
  for (const { row, text } of await clear(person)) {
    const fresh = await crypto.subtle.generateKey(CURVE, true, ["deriveBits"]);
    const key = await agreed(fresh.privateKey, await publicKey(ring.seal.pub));
    const eph = encode(new Uint8Array(await crypto.subtle.exportKey("raw", fresh.publicKey)));
    await replace(row, { id: row.id, at: row.at, by: "passkey", ring: ring.id, eph, ...(await lockWith(outbox.effects, key, `draft ${row.id}`, text)) });
  }
}

/**
 * Throws them away: a phone without a passkey's lock has nothing to seal them to, and its person was told. A form with photos, film or
 * sound stays without its answers: without a form no record would ever name them, and counsel never find them.
 * @param {string} person
 */
export async function dropClear(person) {
  const media = await outbox.media.list();
  for (const { row, text } of await clear(person)) {
    outbox.drafts.forget(row.id);
    await replace(row, media.some((one) => one.draft === row.id) ? await emptied(row, text) : null);
  }
}

/** @param {Row} row @param {string} text @returns {Promise<Row>} the same form with nothing answered in it */
async function emptied(row, text) {
  const { person, value } = JSON.parse(text);
  const { effects, vault } = outbox;
  const bare = canonical({ person, value: { ...value, answers: {} } });
  return { ...row, ...(await lockWith(effects, await vault.key(), `draft ${row.id}`, bare)) };
}

/** The passkey was used: what was sealed lies under the ring's key from now on. @param {Ring} ring @param {CryptoKey} key */
export async function openSealed(ring, key) {
  const sealed = (await rows()).filter((one) => one.ring === ring.id && one.eph);
  if (!sealed.length || !ring.seal) return;
  const priv = await crypto.subtle.importKey("pkcs8", await openWith(key, ring.seal.priv), CURVE, false, ["deriveBits"]);
  for (const row of sealed) {
    const text = await unlockWith(outbox.effects, await agreed(priv, await publicKey(/** @type {string} */ (row.eph))), `draft ${row.id}`, row);
    await replace(row, { id: row.id, at: row.at, by: "passkey", ring: ring.id, ...(await lockWith(outbox.effects, key, `draft ${row.id}`, text)) });
  }
}
