// A passkey's PRF (WebAuthn Level 3, section 10.1.4) as a wrapping key. A ceremony of its own, never a sign-in: nothing of it is sent.
import { decode, encode } from "../../lib/b64.js";

/** @typedef {{method: "prf", credential: string, salt: string, data: string}} PrfWrap `data` is 12 bytes IV, then the ciphertext */

const INFO = new TextEncoder().encode("fieldapp/holder-wrap/v1");

/**
 * Asks a passkey for its PRF of a salt.
 * @param {string[]} credentials b64u ids that may answer; empty: any of this site
 * @param {Uint8Array<ArrayBuffer>} salt
 * @returns {Promise<{credential: string, secret: ArrayBuffer}>} throws when the passkey has no PRF or the person stopped
 */
async function ask(credentials, salt) {
  const found = await navigator.credentials.get({
    publicKey: {
      challenge: crypto.getRandomValues(new Uint8Array(32)),
      rpId: location.hostname,
      userVerification: "required",
      allowCredentials: credentials.map((id) => ({ type: "public-key", id: decode(id) })),
      extensions: { prf: { eval: { first: salt } } },
    },
  });
  if (!(found instanceof PublicKeyCredential)) throw new Error("no passkey answered");
  const secret = found.getClientExtensionResults().prf?.results?.first;
  if (!secret) throw new PrfMissing();
  return { credential: encode(new Uint8Array(found.rawId)), secret: bytes(secret) };
}

/** The passkey cannot wrap: seven words do. */
export class PrfMissing extends Error {}

/** @param {BufferSource} source @returns {ArrayBuffer} */
function bytes(source) {
  const view = source instanceof ArrayBuffer ? new Uint8Array(source) : new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  return new Uint8Array(view).buffer;
}

/** @param {ArrayBuffer} secret @returns {Promise<CryptoKey>} */
async function wrappingKey(secret) {
  const base = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const hkdf = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info: INFO };
  return crypto.subtle.deriveKey(hkdf, base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

/**
 * Wraps text under a passkey's PRF.
 * @param {string} text
 * @returns {Promise<PrfWrap>}
 */
export async function wrap(text) {
  const salt = crypto.getRandomValues(new Uint8Array(32));
  const { credential, secret } = await ask([], salt);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await wrappingKey(secret), new TextEncoder().encode(text)));
  const data = new Uint8Array(iv.length + sealed.length);
  data.set(iv);
  data.set(sealed, iv.length);
  return { method: "prf", credential, salt: encode(salt), data: encode(data) };
}

/**
 * Opens what `wrap` made.
 * @param {PrfWrap} wrapped
 * @returns {Promise<string>}
 */
export async function unwrap(wrapped) {
  const { secret } = await ask([wrapped.credential], decode(wrapped.salt));
  const data = decode(wrapped.data);
  const opened = await crypto.subtle.decrypt({ name: "AES-GCM", iv: data.slice(0, 12) }, await wrappingKey(secret), data.slice(12));
  return new TextDecoder().decode(opened);
}
