// A holder: a person's own age identity and manifest-signing key. It exists in the clear only in this page's memory.
import { decode, encode } from "../../lib/b64.js";
import { canonical } from "../../lib/canonical.js";
import { publicJwk } from "../../lib/sign.js";
import * as prf from "./prf.js";
import { tidy } from "./words.js";

/** @typedef {import("../../lib/sign.js").Jwk} Jwk */
/** @typedef {{method: "passphrase", data: string}} WordWrap */
/** @typedef {prf.PrfWrap|WordWrap} Wrapped */
/** @typedef {{identity: string, recipient: string, signKey: JsonWebKey, sign: Jwk}} Holder */

const age = () => import("age-encryption");

/**
 * A new holder: a hybrid post-quantum age identity and a P-256 key that signs manifests.
 * @returns {Promise<Holder>}
 */
export async function newHolder() {
  const { generateHybridIdentity, identityToRecipient } = await age();
  const identity = await generateHybridIdentity();
  const pair = /** @type {CryptoKeyPair} */ (
    await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"])
  );
  const signKey = await crypto.subtle.exportKey("jwk", pair.privateKey);
  return { identity, recipient: await identityToRecipient(identity), signKey, sign: publicJwk(signKey) };
}

/** @param {Holder} holder @returns {string} */
const packed = (holder) => canonical({ identity: holder.identity, sign: pick(holder.signKey), v: 1 });

/** @param {JsonWebKey} jwk */
const pick = ({ crv, d, kty, x, y }) => ({ crv, d, kty, x, y });

/** @param {Holder} holder @returns {Promise<Wrapped>} */
export const wrapWithPasskey = (holder) => prf.wrap(packed(holder));

/** @param {Holder} holder @param {string} words @returns {Promise<Wrapped>} */
export async function wrapWithWords(holder, words) {
  const { Encrypter } = await age();
  const encrypter = new Encrypter();
  encrypter.setPassphrase(tidy(words));
  return { method: "passphrase", data: encode(new Uint8Array(await encrypter.encrypt(packed(holder)))) };
}

/** @param {string} text what was wrapped @returns {Promise<Holder>} */
async function unpacked(text) {
  const { identityToRecipient } = await age();
  const { identity, sign } = JSON.parse(text);
  return { identity, recipient: await identityToRecipient(identity), signKey: sign, sign: publicJwk(sign) };
}

/**
 * Opens a holder with one of the passkeys that wrap it. Throws when none of them answers.
 * @param {Wrapped[]} wrapped
 * @returns {Promise<Holder>}
 */
export const openWithPasskey = async (wrapped) => unpacked(await prf.unwrap(wrapped.flatMap((one) => (one.method === "prf" ? [one] : []))));

/**
 * Opens a holder with seven words. Throws when they are not the ones.
 * @param {Wrapped[]} wrapped
 * @param {string} words
 * @returns {Promise<Holder>}
 */
export async function openWithWords(wrapped, words) {
  const { Decrypter } = await age();
  const decrypter = new Decrypter();
  decrypter.addPassphrase(tidy(words));
  const found = wrapped.find((one) => one.method === "passphrase");
  if (!found) throw new Error("not wrapped by words");
  return unpacked(await decrypter.decrypt(decode(found.data), "text"));
}

/** @param {Holder} holder @returns {Promise<CryptoKey>} */
export function signingKey(holder) {
  return crypto.subtle.importKey("jwk", { ...holder.signKey, ext: true }, { name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
}
