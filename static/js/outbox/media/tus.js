// One request of the upload (tus 1.0.0), and what its answer says. Only our own shape is an answer; a captive portal's page is none.
import { encode, toStd, utf8 } from "../../lib/b64.js";
import { headerInteger, retryAfter } from "../../lib/clock.js";
import { TUS_VERSION } from "../../lib/protocol.js";
import { REQUEST_MS } from "../lock.js";
import { NetworkError } from "../post.js";

/** @typedef {import("../types.js").Bytes} Bytes */
/** @typedef {{kind: "ok", offset: number|null, length: number|null, body: any}|{kind: "wrong_offset"}|{kind: "unknown"}|{kind: "refused", code: string}
 *   |{kind: "slow", wait: number|null, code: string}|{kind: "portal"}|{kind: "failed", code: string}} Said */

/** @param {import("../types.js").Signed} token @returns {string} */
const credentials = ({ text, sig }) => `Fieldapp ${encode(utf8(text))}.${sig}`;

/** What stays wrong however often it is asked. */
const FINAL = new Set(["too_large", "length", "bad_token", "bad_request", "tus_version"]);

/**
 * Throws NetworkError when no answer came within a minute, or the controller was aborted.
 * @param {import("../types.js").Effects} effects
 * @param {string} url
 * @param {"POST"|"HEAD"|"PATCH"|"GET"} method
 * @param {import("../types.js").Signed} token
 * @param {{headers?: Record<string, string>, body?: Bytes, controller: AbortController}} more
 * @returns {Promise<Said>}
 */
export async function ask(effects, url, method, token, { headers = {}, body, controller }) {
  const timer = new AbortController();
  void effects.sleep(REQUEST_MS, timer.signal).then(() => timer.signal.aborted || controller.abort("timeout"));
  try {
    const response = await effects.fetch(url, {
      method, headers: { "Tus-Resumable": TUS_VERSION, Authorization: credentials(token), ...headers }, ...(body && { body }),
      credentials: "omit", cache: "no-store", redirect: "error", signal: controller.signal,
    });
    const text = method === "HEAD" ? "" : await response.text();
    return read(response, text, method, effects.now());
  } catch (error) {
    throw new NetworkError(String(error));
  } finally {
    timer.abort();
  }
}

/** @param {string} text @returns {any} */
function json(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const EXPECTED = { POST: 201, HEAD: 200, PATCH: 204, GET: 200 };

/**
 * @param {{status: number, headers: {get: (name: string) => string|null}}} response
 * @param {string} text
 * @param {"POST"|"HEAD"|"PATCH"|"GET"} method
 * @param {number} now
 * @returns {Said}
 */
export function read({ status, headers }, text, method, now) {
  const ours = headers.get("Tus-Resumable") === TUS_VERSION;
  const body = json(text);
  const code = headers.get("Fieldapp-Error") ?? body?.error?.code ?? "";
  if (status === 429 || status === 503 || status === 507) return { kind: "slow", wait: retryAfter(headers.get("Retry-After"), headers.get("Date"), now), code };
  if (!ours) return status < 400 ? { kind: "portal" } : { kind: "failed", code: String(status) };
  if (status === EXPECTED[method] || (method === "HEAD" && status === 204)) {
    return { kind: "ok", offset: headerInteger(headers.get("Upload-Offset")), length: headerInteger(headers.get("Upload-Length")), body };
  }
  if (status === 404) return { kind: "unknown" };
  if (status === 409 && code !== "length" && code !== "busy") return { kind: "wrong_offset" };
  return FINAL.has(code) ? { kind: "refused", code } : { kind: "failed", code: code || String(status) };
}

/** @param {Bytes} bytes @param {SubtleCrypto} subtle @returns {Promise<string>} the value of Upload-Checksum */
export async function checksum(bytes, subtle) {
  return `sha256 ${toStd(new Uint8Array(await subtle.digest("SHA-256", bytes)))}`;
}
