// The WebAuthn ceremonies of docs/protocol.md 9. What a passkey's PRF makes is taken out here and never sent.
import { browserSupportsWebAuthnAutofill, startAuthentication, startRegistration, WebAuthnAbortService } from "@simplewebauthn/browser";
import { t } from "../lib/i18n.js";
import { parted } from "../lib/prf.js";
import { ApiError, once } from "./post.js";

/** @typedef {{person: {id: string, field_name: string, lang: string}, chapter: string}} Welcome */
/** @typedef {Promise<typeof import("../field/ahead.js")>|null} Ahead of the app on this phone, which locks with the passkey; null on a desk */

/**
 * A ceremony that signs in or enrols: on a phone the same gesture asks for the PRF.
 * @template {import("../lib/prf.js").Credential} T
 * @param {Ahead} ahead
 * @param {any} options
 * @param {(options: any) => Promise<T>} ceremony
 * @param {(sent: T) => Promise<Welcome>} finish
 * @returns {Promise<Welcome>}
 */
async function welcomed(ahead, options, ceremony, finish) {
  const phone = await ahead?.catch(() => null);
  const { options: optionsJSON, salt } = phone ? await phone.asking(options) : { options, salt: "" };
  const { sent, used } = parted(await ceremony(optionsJSON), salt);
  const welcome = await finish(sent);
  await phone?.settled(welcome, used).catch(() => undefined); // signed in all the same; the app asks again
  return welcome;
}

/**
 * @param {string} token the invite's
 * @param {string} fieldName
 * @param {string} lang
 * @param {string} passkeyName
 * @param {Ahead} ahead
 * @returns {Promise<Welcome>}
 */
export async function enrol(token, fieldName, lang, passkeyName, ahead) {
  const { ceremony, options } = await once("/api/v1/enrol/begin", { token, field_name: fieldName, lang });
  return welcomed(ahead, options, (optionsJSON) => said(startRegistration({ optionsJSON })),
    (credential) => once("/api/v1/enrol/finish", { ceremony, credential, passkey_name: passkeyName }));
}

/** @param {Ahead} ahead @returns {Promise<Welcome>} */
export async function signIn(ahead) {
  const { ceremony, options } = await once("/api/v1/sign-in/begin", {});
  return welcomed(ahead, options, (optionsJSON) => said(startAuthentication({ optionsJSON })),
    (credential) => once("/api/v1/sign-in/finish", { ceremony, credential }));
}

/**
 * Waits until a passkey is chosen from the browser's autofill; null where there is none, or when another ceremony took over.
 * @param {Ahead} ahead
 * @returns {Promise<Welcome|null>}
 */
export async function signInByAutofill(ahead) {
  if (!(await browserSupportsWebAuthnAutofill())) return null;
  const { ceremony, options } = await once("/api/v1/sign-in/begin", {});
  const left = new Error("the button was pressed, or the page is left: whoever acted reports");
  const choose = (/** @type {any} */ optionsJSON) => startAuthentication({ optionsJSON, useBrowserAutofill: true }).catch(() => Promise.reject(left));
  const sent = (/** @type {object} */ credential) => once("/api/v1/sign-in/finish", { ceremony, credential });
  return welcomed(ahead, options, choose, sent).catch((error) => (error === left ? null : Promise.reject(error)));
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
  const { ceremony, options } = await once("/api/v1/step-up/begin", {});
  const credential = parted(await said(startAuthentication({ optionsJSON: options }))).sent;
  return once("/api/v1/step-up/finish", { ceremony, credential });
}

/**
 * One more passkey for the signed-in person.
 * @param {string} name
 * @returns {Promise<{id: string, name: string}>}
 */
export async function addPasskey(name) {
  const { ceremony, options } = await once("/api/v1/passkeys/begin", {});
  const credential = parted(await said(startRegistration({ optionsJSON: options }))).sent;
  return once("/api/v1/passkeys/finish", { ceremony, credential, name });
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
