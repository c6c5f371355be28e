// The WebAuthn ceremonies of docs/protocol.md 9. What a passkey's PRF makes never leaves this module's caller: it is stripped here.
import { browserSupportsWebAuthnAutofill, startAuthentication, startRegistration, WebAuthnAbortService } from "@simplewebauthn/browser";
import { t } from "../lib/i18n.js";
import { ApiError, once } from "./post.js";

/** @typedef {{person: {id: string, field_name: string, lang: string}, chapter: string}} Welcome */

/**
 * A credential's answer without what its extensions computed: the server needs none of it, and PRF results are secrets.
 * @template {{clientExtensionResults: object}} T
 * @param {T} credential
 * @returns {T}
 */
export function stripped(credential) {
  return { ...credential, clientExtensionResults: {} };
}

/**
 * @param {string} token the invite's
 * @param {string} fieldName
 * @param {string} lang
 * @param {string} passkeyName
 * @returns {Promise<Welcome>}
 */
export async function enrol(token, fieldName, lang, passkeyName) {
  const { ceremony, options } = await once("/api/v1/enrol/begin", { token, field_name: fieldName, lang });
  const credential = await said(startRegistration({ optionsJSON: options }));
  return once("/api/v1/enrol/finish", { ceremony, credential: stripped(credential), passkey_name: passkeyName });
}

/** @returns {Promise<Welcome>} */
export async function signIn() {
  return authenticate("sign-in");
}

/**
 * Waits until a passkey is chosen from the browser's autofill; null where there is none, or when another ceremony took over.
 * @returns {Promise<Welcome|null>}
 */
export async function signInByAutofill() {
  if (!(await browserSupportsWebAuthnAutofill())) return null;
  const { ceremony, options } = await once("/api/v1/sign-in/begin", {});
  let credential;
  try {
    credential = await startAuthentication({ optionsJSON: options, useBrowserAutofill: true });
  } catch {
    return null; // the button was pressed, or the page is left: whoever acted reports
  }
  return once("/api/v1/sign-in/finish", { ceremony, credential: stripped(credential) });
}

/** Ends an autofill that waits, so that a new challenge can be asked for. */
export function endAutofill() {
  WebAuthnAbortService.cancelCeremony();
}

/**
 * Proves the signed-in person once more.
 * @returns {Promise<{until: number}>}
 */
export async function stepUp() {
  return authenticate("step-up");
}

/**
 * One more passkey for the signed-in person.
 * @param {string} name
 * @returns {Promise<{id: string, name: string}>}
 */
export async function addPasskey(name) {
  const { ceremony, options } = await once("/api/v1/passkeys/begin", {});
  const credential = await said(startRegistration({ optionsJSON: options }));
  return once("/api/v1/passkeys/finish", { ceremony, credential: stripped(credential), name });
}

/**
 * Tells the browser which passkeys still work, so that it stops offering the others (Signal API).
 * @param {{rpId: string, userId: string, allAcceptedCredentialIds: string[]}} known
 */
export async function signal(known) {
  const api = /** @type {any} */ (globalThis.PublicKeyCredential);
  if (typeof api?.signalAllAcceptedCredentials !== "function") return;
  await api.signalAllAcceptedCredentials(known).catch(() => undefined); // a hint to the browser: nothing hangs on it
}

/**
 * @param {"sign-in"|"step-up"} name
 * @returns {Promise<any>}
 */
async function authenticate(name) {
  const { ceremony, options } = await once(`/api/v1/${name}/begin`, {});
  const credential = await said(startAuthentication({ optionsJSON: options }));
  return once(`/api/v1/${name}/finish`, { ceremony, credential: stripped(credential) });
}

/**
 * The browser's errors in our words.
 * @template T
 * @param {Promise<T>} ceremony
 * @returns {Promise<T>}
 */
async function said(ceremony) {
  try {
    return await ceremony;
  } catch (error) {
    throw new ApiError(worded(causeName(error)), 0);
  }
}

/**
 * @param {unknown} error
 * @returns {string}
 */
function causeName(error) {
  if (!(error instanceof Error)) return "";
  return error.cause instanceof Error ? error.cause.name : error.name;
}

/**
 * @param {string} name of the DOMException
 * @returns {{code: string, message: string, safe: string, do: string}}
 */
function worded(name) {
  const safe = t("Nothing was changed.");
  if (name === "InvalidStateError") return { code: "known", message: t("This device already holds a passkey for you."), safe, do: t("Sign in with it, or use another device.") };
  if (name === "ConstraintError" || name === "NotSupportedError")
    return { code: "no_lock", message: t("This device cannot hold a passkey: it has no screen lock."), safe, do: t("Set a screen lock (PIN, pattern or fingerprint), or use a security key or another device.") };
  if (name === "SecurityError") return { code: "address", message: t("This address cannot use passkeys."), safe, do: t("Open the address that you were given, exactly.") };
  return { code: "cancelled", message: t("The passkey was not confirmed."), safe, do: t("Try again when you are ready.") };
}
