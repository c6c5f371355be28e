// A passkey's PRF (WebAuthn Level 3, section 10.1.4) as a wrapping key. What it computes is a secret: it is never sent, never kept.
import { decode, encode } from "./b64.js";

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */
/** @typedef {{id: string, salt: string, transports?: string[]}} Asked a credential that may answer, and what it is asked; b64u */
/** @typedef {{credential: string, secret: ArrayBuffer}} Told */
/** @typedef {{id: string, clientExtensionResults: object, authenticatorAttachment?: string}} Credential as the library gives it back */
/** @typedef {{credential: string, salt: string, secret: ArrayBuffer|null, transports: string[]}} Used a passkey that was used just now; no secret: it has no PRF */

const IV = 12;

/** The passkey has no PRF. */
export class PrfMissing extends Error {}

/**
 * The client's part of an extension request: `salt` for whichever credential answers.
 * @param {Bytes} salt
 */
export const prfOf = (salt) => ({ prf: { eval: { first: salt } } });

/**
 * What a finished ceremony says of its PRF.
 * @param {AuthenticationExtensionsClientOutputs} results
 * @returns {ArrayBuffer|null}
 */
export function secretIn(results) {
  const secret = results.prf?.results?.first;
  return secret ? copied(secret) : null;
}

/**
 * Takes what extensions computed out of a credential: the server needs none of it, and the PRF's result is a secret.
 * @template {Credential} T
 * @param {T} credential
 * @param {string} [salt] that it was asked for; none: it was not asked
 * @returns {{sent: T, used: Used}}
 */
export function parted(credential, salt = "") {
  const secret = salt ? secretIn(/** @type {AuthenticationExtensionsClientOutputs} */ (credential.clientExtensionResults)) : null;
  const transports = credential.authenticatorAttachment === "platform" ? ["internal"] : [];
  return { sent: { ...credential, clientExtensionResults: {} }, used: { credential: credential.id, salt, secret, transports } };
}

/**
 * Asks a passkey for its PRF: a ceremony of its own with a challenge of this page, never a sign-in, so it needs no network.
 * @param {Bytes} salt for a credential that is not named
 * @param {Asked[]} [credentials] that may answer; none: any of this site
 * @returns {Promise<Told>} throws PrfMissing, or what the browser says when the person stopped
 */
export async function askPrf(salt, credentials = []) {
  const named = Object.fromEntries(credentials.map((one) => [one.id, { first: decode(one.salt) }]));
  const found = await navigator.credentials.get({
    publicKey: {
      challenge: crypto.getRandomValues(new Uint8Array(32)),
      rpId: location.hostname,
      userVerification: "required",
      allowCredentials: credentials.map(({ id, transports }) => ({
        type: "public-key", id: decode(id), ...(transports?.length ? { transports: /** @type {AuthenticatorTransport[]} */ (transports) } : {}),
      })),
      extensions: credentials.length ? { prf: { evalByCredential: named } } : prfOf(salt),
    },
  });
  if (!(found instanceof PublicKeyCredential)) throw new Error("no passkey answered");
  const secret = secretIn(found.getClientExtensionResults());
  if (!secret) throw new PrfMissing();
  return { credential: encode(new Uint8Array(found.rawId)), secret };
}

/** @param {BufferSource} source @returns {ArrayBuffer} */
function copied(source) {
  const view = source instanceof ArrayBuffer ? new Uint8Array(source) : new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  return new Uint8Array(view).buffer;
}

/**
 * @param {ArrayBuffer} secret
 * @param {string} info what it is for: two uses of one passkey have nothing in common
 * @returns {Promise<CryptoKey>}
 */
export async function wrappingKey(secret, info) {
  const base = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const hkdf = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info: new TextEncoder().encode(info) };
  return crypto.subtle.deriveKey(hkdf, base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

/** @param {CryptoKey} key @param {Bytes} plain @returns {Promise<string>} b64u of 12 bytes IV, then the ciphertext */
export async function sealWith(key, plain) {
  const iv = crypto.getRandomValues(new Uint8Array(IV));
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, plain));
  const data = new Uint8Array(IV + sealed.length);
  data.set(iv);
  data.set(sealed, IV);
  return encode(data);
}

/** @param {CryptoKey} key @param {string} sealed @returns {Promise<Bytes>} throws when it is not the key */
export async function openWith(key, sealed) {
  const data = decode(sealed);
  return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv: data.slice(0, IV) }, key, data.slice(IV)));
}
