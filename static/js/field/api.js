// Requests with a session: same origin, JSON, the CSRF token where something is written. Components never call fetch; they call this.

/** An answer that is not the server's own, or none at all. `status` 0: no network, or something in between answered. */
export class ApiError extends Error {
  /** @param {number} status @param {string} code @param {{message?: string, safe?: string, do?: string}} [words] */
  constructor(status, code, words = {}) {
    super(code);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.words = words;
  }
}

const PATIENCE_MS = 20000;
let token = "";

/**
 * @param {string} path @param {RequestInit} [init]
 * @returns {Promise<Response>}
 */
export async function ask(path, init = {}) {
  const headers = { Accept: "application/json", ...init.headers };
  try {
    return await fetch(path, { credentials: "same-origin", cache: "no-store", redirect: "error", signal: AbortSignal.timeout(PATIENCE_MS), ...init, headers });
  } catch {
    throw new ApiError(0, "offline");
  }
}

/**
 * The JSON of an answer. Throws ApiError for errors, and for what is no JSON (a captive portal).
 * @param {Response} response
 * @returns {Promise<any>}
 */
export async function read(response) {
  const body = await response.json().catch(() => null);
  if (response.ok && body && typeof body === "object") return body;
  const error = body?.error;
  throw new ApiError(error ? response.status : 0, error?.code ?? "portal", error ?? {});
}

/** @returns {Promise<string>} */
async function csrf() {
  token ||= (await read(await ask("/api/v1/csrf"))).csrf;
  return token;
}

/** Another session begins: its token is another. */
export function forgetToken() {
  token = "";
}

/**
 * @param {"POST"|"PUT"|"DELETE"} method @param {string} path @param {unknown} body @param {boolean} [again]
 * @returns {Promise<any>}
 */
export async function send(method, path, body, again = true) {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": await csrf() };
  try {
    return await read(await ask(path, { method, headers, body: JSON.stringify(body) }));
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "csrf" || !again) throw error;
    forgetToken();
    return send(method, path, body, false);
  }
}
