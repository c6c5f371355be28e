// The legal desk's requests. A fresh passkey is asked for when the server wants one; what the passkey's PRF gives stays here.
import { ApiError, post, send } from "../post.js";

/** @typedef {import("./holder.js").Wrapped & {id?: string}} Wrapping */
/** @typedef {{id: string, recipient: string, sign: import("../../lib/sign.js").Jwk, wrapped: Wrapping[], grants: Grant[]}} OwnHolder */
/** @typedef {{box: string, chapter: string, sealed: string}} Grant a box's identity, sealed to one holder or to the recovery key */

export { post, send };

/**
 * GET; after a step-up once more when the server asks for one.
 * @param {string} url
 * @param {boolean} [again]
 * @param {{signal?: AbortSignal, headers?: Record<string, string>}} [more]
 * @returns {Promise<Response>}
 */
export async function get(url, again = true, { signal, headers = {} } = {}) {
  const asked = proofs;
  const answer = await fetch(url, { credentials: "same-origin", cache: "no-store", signal: signal ?? null, headers: { Accept: "application/json, application/octet-stream;q=0.9", ...headers } });
  if (answer.ok) return answer;
  const told = await answer.json().catch(() => null);
  const error = new ApiError(told?.error ?? { code: "fault", message: String(answer.status) }, answer.status);
  if (error.code !== "step_up" || !again) throw error;
  if (proofs === asked) await proveOnce(); // else the proof was given while this answer was on its way
  return get(url, false, { ...(signal ? { signal } : {}), headers });
}

/** @type {Promise<unknown>|null} */
let proving = null;
let proofs = 0;

/** One ceremony for all requests that wait for it: a second one would break off the first. */
function proveOnce() {
  proving ??= import("../passkeys.js").then(({ stepUp }) => stepUp()).then(() => proofs++).finally(() => (proving = null));
  return proving;
}

/** @param {string} url @returns {Promise<any>} */
export const getJson = async (url) => (await get(url)).json();

/** @param {string} url @returns {Promise<Uint8Array<ArrayBuffer>>} */
export const getBytes = async (url) => new Uint8Array(await (await get(url)).arrayBuffer());

/** @returns {Promise<{holders: OwnHolder[], recovery: Grant[]}>} this person's own holders, newest first, and the grants to recovery keys */
export const ownKeys = () => getJson("/api/v1/boxes/holder");

/** @returns {Promise<OwnHolder[]>} this person's own holders, newest first, with the grants to them */
export const ownHolders = async () => (await getJson("/api/v1/boxes/holder")).holders;
