// A holder under a passkey's PRF: a ceremony of its own, never a sign-in (docs/protocol.md, Wrapping).
import { decode, encode } from "../../lib/b64.js";
import { askPrf, openWith, sealWith, wrappingKey } from "../../lib/prf.js";

export { PrfMissing } from "../../lib/prf.js";

/** @typedef {{method: "prf", credential: string, salt: string, data: string}} PrfWrap `data` is 12 bytes IV, then the ciphertext */

const INFO = "fieldapp/holder-wrap/v1";

/**
 * Wraps text under a passkey's PRF. Throws PrfMissing: seven words do.
 * @param {string} text
 * @returns {Promise<PrfWrap>}
 */
export async function wrap(text) {
  const salt = crypto.getRandomValues(new Uint8Array(32));
  const { credential, secret } = await askPrf(salt);
  const data = await sealWith(await wrappingKey(secret, INFO), new TextEncoder().encode(text));
  return { method: "prf", credential, salt: encode(salt), data };
}

/**
 * Opens what `wrap` made, with whichever of its passkeys the person has here.
 * @param {PrfWrap[]} wrappings of the same text, one for each passkey
 * @returns {Promise<string>}
 */
export async function unwrap(wrappings) {
  const asked = wrappings.map(({ credential: id, salt }) => ({ id, salt }));
  const { credential, secret } = await askPrf(decode(asked[0]?.salt ?? ""), asked);
  const wrapped = wrappings.find((one) => one.credential === credential);
  if (!wrapped) throw new Error("another passkey answered");
  return new TextDecoder().decode(await openWith(await wrappingKey(secret, INFO), wrapped.data));
}
