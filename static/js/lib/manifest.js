// Box manifests: who can open a box, chained from version to version and pinned by the phone (docs/protocol.md, section 8).
import { DOMAIN_BOX_MANIFEST, DOMAIN_BOX_WITNESS, VERSION } from "./protocol.js";
import { isSigned, readObject } from "./receipt.js";
import { digest, importPublic, publicJwk, verify } from "./sign.js";

/** @typedef {import("./sign.js").Jwk} Jwk */
/** @typedef {import("./receipt.js").Signed} Signed */
/** @typedef {{holder: string, recipient: string, sign: Jwk|null}} Holder */
/** @typedef {{v: 1, type: "box_manifest", box: string, chapter: string, purpose: string, version: number, recipient: string,
 *   holders: Holder[], previous: string|null, successor: string|null, created_at: number}} Manifest */
/** @typedef {Signed & {witnesses?: string[]}} FirstManifest version 1, with what holders of another box signed over the same text */
/** @typedef {"bad_shape"|"bad_signature"|"other_box"|"broken_chain"|"recipient_changed"|"not_successor"} ManifestFault */
/** @typedef {{ok: true, manifest: Manifest}|{ok: false, fault: ManifestFault}} ManifestVerdict */

const HYBRID = /^age1pq1[0-9a-z]+$/;
const MOST_WITNESSES = 20;
const ID = /^[A-Za-z0-9_-]{1,40}$/;

/**
 * Reads a manifest's text; null when it is not one.
 * @param {string} text
 * @returns {Manifest|null}
 */
export function readManifest(text) {
  const said = readObject(text);
  if (!said || said.v !== VERSION || said.type !== "box_manifest" || !Array.isArray(said.holders)) return null;
  const ids = [said.box, said.chapter, said.purpose].every((one) => typeof one === "string" && ID.test(one));
  const version = Number.isSafeInteger(said.version) && Number(said.version) >= 1;
  const links = [said.previous, said.successor].every((one) => one === null || typeof one === "string");
  if (!ids || !version || !links || (said.version === 1) !== (said.previous === null)) return null;
  if (typeof said.recipient !== "string" || !HYBRID.test(said.recipient) || typeof said.created_at !== "number") return null;
  return readHolders(said.holders) ? /** @type {Manifest} */ (/** @type {unknown} */ (said)) : null;
}

/**
 * @param {unknown[]} holders
 * @returns {boolean} whether they are well formed, sorted and without repeats
 */
function readHolders(holders) {
  let last = "";
  for (const one of holders) {
    const { holder, recipient, sign } = /** @type {Record<string, unknown>} */ (one ?? {});
    if (typeof holder !== "string" || !ID.test(holder) || holder <= last) return false;
    if (typeof recipient !== "string" || !HYBRID.test(recipient)) return false;
    try {
      if (sign !== null) publicJwk(sign);
    } catch {
      return false;
    }
    last = holder;
  }
  return holders.length > 0;
}

/**
 * @param {Signed} signed
 * @param {(Jwk|null)[]} keys
 * @param {SubtleCrypto} [subtle]
 * @param {string} [domain]
 * @returns {Promise<boolean>} whether one of the keys signed it
 */
async function signedByOne(signed, keys, subtle, domain = DOMAIN_BOX_MANIFEST) {
  for (const jwk of keys) {
    if (jwk && (await verify(await importPublic(jwk, subtle), domain, signed.text, signed.sig, subtle))) return true;
  }
  return false;
}

/**
 * Whether somebody who holds a box that is known already stands for a first manifest, verified before: as its maker, or as a witness.
 * @param {FirstManifest} first version 1
 * @param {Manifest[]} known newest manifests of boxes that are trusted
 * @param {SubtleCrypto} [subtle]
 * @returns {Promise<boolean>}
 */
export async function vouchedFor(first, known, subtle) {
  const keys = known.flatMap((one) => one.holders.map(({ sign }) => sign));
  if (await signedByOne(first, keys, subtle)) return true;
  const sigs = Array.isArray(first.witnesses) ? first.witnesses.slice(0, MOST_WITNESSES) : [];
  for (const sig of sigs) {
    if (typeof sig === "string" && (await signedByOne({ text: first.text, sig }, keys, subtle, DOMAIN_BOX_WITNESS))) return true;
  }
  return false;
}

/**
 * Verifies version 1 of a box: signed by its only signing holder. `replaces` is the last manifest of the box that this one
 * succeeds; then that one must name this box, and the signer must have been a holder there, so that a server cannot slip in a box.
 * @param {Signed} signed
 * @param {Manifest|null} [replaces]
 * @param {SubtleCrypto} [subtle]
 * @returns {Promise<ManifestVerdict>}
 */
export async function verifyFirst(signed, replaces = null, subtle) {
  const manifest = isSigned(signed) ? readManifest(signed.text) : null;
  if (!manifest || manifest.version !== 1) return { ok: false, fault: "bad_shape" };
  const signers = manifest.holders.flatMap((one) => (one.sign ? [one.sign] : []));
  if (signers.length !== 1) return { ok: false, fault: "bad_shape" };
  if (replaces && !succeeds(manifest, replaces, signers[0])) return { ok: false, fault: "not_successor" };
  return (await signedByOne(signed, signers, subtle)) ? { ok: true, manifest } : { ok: false, fault: "bad_signature" };
}

/**
 * @param {Manifest} manifest
 * @param {Manifest} old
 * @param {Jwk|undefined} signer
 * @returns {boolean}
 */
function succeeds(manifest, old, signer) {
  const known = old.holders.some((one) => one.sign && signer && one.sign.x === signer.x && one.sign.y === signer.y);
  return old.successor === manifest.box && old.chapter === manifest.chapter && old.purpose === manifest.purpose && known;
}

/**
 * Verifies that a manifest follows another: next version, same box and recipient, hash of the one before, signed by one of ITS holders.
 * @param {Signed} signed
 * @param {Signed} before verified already
 * @param {SubtleCrypto} [subtle]
 * @returns {Promise<ManifestVerdict>}
 */
export async function verifyNext(signed, before, subtle) {
  const manifest = isSigned(signed) ? readManifest(signed.text) : null;
  const old = readManifest(before.text);
  if (!manifest || !old) return { ok: false, fault: "bad_shape" };
  if (manifest.box !== old.box || manifest.chapter !== old.chapter || manifest.purpose !== old.purpose) return { ok: false, fault: "other_box" };
  if (manifest.recipient !== old.recipient) return { ok: false, fault: "recipient_changed" };
  if (manifest.version !== old.version + 1 || manifest.previous !== (await digest(before.text, subtle))) return { ok: false, fault: "broken_chain" };
  const signers = old.holders.map((one) => one.sign);
  return (await signedByOne(signed, signers, subtle)) ? { ok: true, manifest } : { ok: false, fault: "bad_signature" };
}
