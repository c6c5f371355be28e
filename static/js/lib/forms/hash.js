// What a record's `form_hash` says: b64u(SHA-256(canonical definition)).
import { encode } from "../b64.js";
import { canonical } from "../canonical.js";

/** @param {import("./definition.js").Definition} defn @returns {Promise<string>} */
export async function formHash(defn) {
  return encode(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(canonical(defn)))));
}
