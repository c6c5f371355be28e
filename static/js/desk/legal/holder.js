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

/**
 * Opens a holder. Throws when the passkey or the words are not the ones.
 * @param {Wrapped} wrapped
 * @param {string} [words] for the method "passphrase"
 * @returns {Promise<Holder>}
 */
export async function unwrap(wrapped, words = "") {
  const { Decrypter, identityToRecipient } = await age();
  let text;
  if (wrapped.method === "prf") text = await prf.unwrap(wrapped);
  else {
    const decrypter = new Decrypter();
    decrypter.addPassphrase(tidy(words));
    text = await decrypter.decrypt(decode(wrapped.data), "text");
  }
  const { identity, sign } = JSON.parse(text);
  return { identity, recipient: await identityToRecipient(identity), signKey: sign, sign: publicJwk(sign) };
}

/** @param {Holder} holder @returns {Promise<CryptoKey>} */
export function signingKey(holder) {
  return crypto.subtle.importKey("jwk", { ...holder.signKey, ext: true }, { name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
}
