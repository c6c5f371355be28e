// Writing to the server from a page: JSON with the page's CSRF token, errors in the server's one shape, step-up when it is asked for.
import { t } from "../lib/i18n.js";

/** What the server, or the way to it, said: message, what is safe, what to do. */
export class ApiError extends Error {
  /**
   * @param {{code: string, message: string, safe?: string, do?: string, fields?: Record<string, string>}} error
   * @param {number} status
   */
  constructor(error, status) {
    super(error.message);
    this.name = "ApiError";
    this.code = error.code;
    this.safe = error.safe ?? "";
    this.what = error.do ?? "";
    this.fields = error.fields ?? {};
    this.status = status;
  }
}

/** @returns {string} the token that base.html carries */
export function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]')?.getAttribute("content") ?? "";
}

/** A sign-in on this very page began another session: what is on the page goes on under it. */
export async function renewToken() {
  const answer = await fetch("/api/v1/csrf", { credentials: "same-origin", cache: "no-store", headers: { Accept: "application/json" } });
  const { csrf } = await answer.json();
  document.querySelector('meta[name="csrf-token"]')?.setAttribute("content", csrf);
  for (const input of document.querySelectorAll('input[name="csrf_token"]')) if (input instanceof HTMLInputElement) input.value = csrf;
}

/**
 * POST as JSON; the answer's JSON. When the server wants the passkey once more, it is asked for, then the request is sent again, once.
 * @param {string} url
 * @param {unknown} [body]
 * @returns {Promise<any>}
 */
export const post = (url, body = {}) => send("POST", url, body);

/**
 * The same with another method.
 * @param {"POST"|"PUT"|"DELETE"} method
 * @param {string} url
 * @param {unknown} body
 * @returns {Promise<any>}
 */
export async function send(method, url, body) {
  try {
    return await once(url, body, method);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "step_up") throw error;
    const { stepUp } = await import("./passkeys.js"); // loaded only where it is needed
    await stepUp();
    return once(url, body, method);
  }
}

/**
 * @param {string} url
 * @param {unknown} body
 * @param {string} [method]
 * @returns {Promise<any>}
 */
export async function once(url, body, method = "POST") {
  let answer;
  try {
    answer = await fetch(url, {
      method,
      credentials: "same-origin",
      cache: "no-store",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrfToken() },
      body: JSON.stringify(body),
    });
  } catch {
    throw new ApiError({ code: "offline", message: t("There is no connection."), safe: t("Nothing was changed."), do: t("Try again when you are online.") }, 0);
  }
  const told = await answer.json().catch(() => null);
  if (answer.ok && told !== null) return told;
  throw new ApiError(told?.error ?? { code: "not_ours", message: t("The answer did not come from our server."), safe: t("Nothing was changed."), do: t("You may have to sign in to this network first.") }, answer.status);
}
