// Making a legal box and admitting people to it (DESIGN 2.6, docs/protocol.md 8). All of it happens on this computer.
import { decode, encode } from "../../lib/b64.js";
import { canonical } from "../../lib/canonical.js";
import { DOMAIN_BOX_MANIFEST, DOMAIN_BOX_WITNESS } from "../../lib/protocol.js";
import { digest, sign } from "../../lib/sign.js";
import { signingKey } from "./holder.js";

/** @typedef {import("./holder.js").Holder} Holder */
/** @typedef {import("../../lib/manifest.js").Manifest} Manifest */
/** @typedef {import("../../lib/manifest.js").Holder} ManifestHolder */
/** @typedef {import("../../lib/receipt.js").Signed} Signed */
/** @typedef {{holder: string, sealed: string}[]} Grants the box's identity, an age file for each holder */

export const RECOVERY = "recovery";
const age = () => import("age-encryption");

/** @param {string} text @param {string} recipient @returns {Promise<string>} b64u age file */
async function sealTo(text, recipient) {
  const { Encrypter } = await age();
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return encode(new Uint8Array(await encrypter.encrypt(text)));
}

/** @param {Manifest} manifest @param {Holder} by @returns {Promise<Signed>} */
async function signed(manifest, by) {
  const text = canonical(manifest);
  return { text, sig: await sign(await signingKey(by), DOMAIN_BOX_MANIFEST, text) };
}

/** @param {ManifestHolder[]} holders @returns {ManifestHolder[]} */
const sorted = (holders) => [...holders].sort((a, b) => (a.holder < b.holder ? -1 : 1));

/**
 * A new box, for records unless it says otherwise: its manifest, its key sealed to its first holder and to a recovery key, and that recovery key for paper.
 * @param {{box: string, chapter: string, purpose?: string, holderId: string, holder: Holder, now: number}} about
 * @returns {Promise<{manifest: Signed, grants: Grants, recovery: string}>}
 */
export async function newBox({ box, chapter, purpose = "legal", holderId, holder, now }) {
  const { generateHybridIdentity, identityToRecipient } = await age();
  const [identity, recovery] = await Promise.all([generateHybridIdentity(), generateHybridIdentity()]);
  const recoveryRecipient = await identityToRecipient(recovery);
  const holders = sorted([
    { holder: holderId, recipient: holder.recipient, sign: holder.sign },
    { holder: RECOVERY, recipient: recoveryRecipient, sign: null },
  ]);
  /** @type {Manifest} */
  const manifest = {
    v: 1, type: "box_manifest", box, chapter, purpose, version: 1, recipient: await identityToRecipient(identity),
    holders, previous: null, successor: null, created_at: now,
  };
  const grants = await Promise.all(holders.map(async (one) => ({ holder: one.holder, sealed: await sealTo(identity, one.recipient) })));
  return { manifest: await signed(manifest, holder), grants, recovery };
}

/**
 * The box's own identity, from the grant to one of its holders.
 * @param {string} grant b64u age file
 * @param {{identity: string}} holder a holder, or the recovery key
 * @returns {Promise<string>}
 */
export async function openGrant(grant, holder) {
  const { Decrypter } = await age();
  const decrypter = new Decrypter();
  decrypter.addIdentity(holder.identity);
  return decrypter.decrypt(decode(grant), "text");
}

/**
 * The next version of a box's manifest with one more holder, and the box's key sealed to them.
 * @param {{previous: Signed, by: Holder, boxIdentity: string, joining: {holder: string, recipient: string, sign: import("../../lib/sign.js").Jwk}, now: number}} about
 * @returns {Promise<{manifest: Signed, grants: Grants}>}
 */
export async function admit({ previous, by, boxIdentity, joining, now }) {
  /** @type {Manifest} */
  const before = JSON.parse(previous.text);
  const { holder, recipient, sign: key } = joining;
  const next = {
    ...before,
    version: before.version + 1,
    holders: sorted([...before.holders, { holder, recipient, sign: key }]),
    previous: await digest(previous.text),
    created_at: now,
  };
  return { manifest: await signed(next, by), grants: [{ holder, sealed: await sealTo(boxIdentity, recipient) }] };
}

/**
 * The next version of a box's manifest with one holder less.
 * @param {{previous: Signed, by: Holder, leaving: string, now: number}} about
 * @returns {Promise<{manifest: Signed, grants: Grants}>}
 */
export async function letGo({ previous, by, leaving, now }) {
  /** @type {Manifest} */
  const before = JSON.parse(previous.text);
  const holders = before.holders.filter((one) => one.holder !== leaving);
  const next = { ...before, version: before.version + 1, holders, previous: await digest(previous.text), created_at: now };
  return { manifest: await signed(next, by), grants: [] };
}

/**
 * A holder of the box above stands for a box.
 * @param {Signed} first the first manifest of that box
 * @param {Holder} by
 * @returns {Promise<string>} their signature over its text
 */
export const witness = async (first, by) => sign(await signingKey(by), DOMAIN_BOX_WITNESS, first.text);

/**
 * What two people read to each other to be sure that they speak of the same box: 80 bits of its first manifest's hash.
 * @param {Signed} first
 * @returns {Promise<string>}
 */
export async function checkCode(first) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(first.text)));
  const hex = [...hash.slice(0, 10)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.match(/.{4}/g)?.join(" ") ?? "";
}
