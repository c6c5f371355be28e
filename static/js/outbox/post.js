// One request, and nothing of what it means.
import { REQUEST_MS } from "./lock.js";

/** The request or its answer did not get through. */
export class NetworkError extends Error {}

/**
 * Sends envelopes. Throws NetworkError when no answer came within a minute, or the controller was aborted.
 * @param {import("./types.js").Effects} effects
 * @param {string} url
 * @param {string[]} records envelopes as JSON
 * @param {AbortController} controller
 * @returns {Promise<{response: Response, text: string}>}
 */
export async function post(effects, url, records, controller) {
  const timer = new AbortController();
  void effects.sleep(REQUEST_MS, timer.signal).then(() => timer.signal.aborted || controller.abort("timeout"));
  try {
    const response = await effects.fetch(url, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: `{"v":1,"records":[${records.join(",")}]}`,
      credentials: "omit", cache: "no-store", redirect: "error", signal: controller.signal,
    });
    return { response, text: response.status === 200 ? await response.text() : "" }; // else the status says it all
  } catch (error) {
    throw new NetworkError(String(error));
  } finally {
    timer.abort();
  }
}
