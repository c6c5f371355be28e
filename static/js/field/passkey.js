// Signing in and joining with a passkey, inside the app. The same gesture asks for its PRF; what that computes stays on the phone.
import { startAuthentication, startRegistration } from "@simplewebauthn/browser";
import { t } from "../lib/i18n.js";
import { parted } from "../lib/prf.js";
import { ApiError, forgetToken, send } from "./api.js";
import { tellAgain } from "./push.js";
import { deviceName } from "./register.js";
import { welcomed } from "./session.js";
import { asking, mustOwn, settle, StrangeWelcome } from "./unlock.js";

/** Whether this browser can hold passkeys at all. */
export const canPasskeys = () => typeof PublicKeyCredential !== "undefined";

/** Signs in with any passkey of this installation. */
export async function signIn() {
  forgetToken();
  const { ceremony, options } = await send("POST", "/api/v1/sign-in/begin", {});
  const { options: optionsJSON, salt } = await asking(options);
  const { sent, used } = parted(await startAuthentication({ optionsJSON }), salt);
  const welcome = await send("POST", "/api/v1/sign-in/finish", { ceremony, credential: sent });
  await mustOwn(welcome.person.id, used);
  await welcomed(welcome, (person) => settle(person, used));
  await tellAgain();
}

/**
 * Joins with an invite.
 * @param {string} token @param {string} name the field name @param {"en"|"es"} lang
 */
export async function join(token, name, lang) {
  forgetToken();
  const { ceremony, options } = await send("POST", "/api/v1/enrol/begin", { token, field_name: name, lang });
  const { options: optionsJSON, salt } = await asking(options);
  const { sent, used } = parted(await startRegistration({ optionsJSON }), salt);
  const welcome = await send("POST", "/api/v1/enrol/finish", { ceremony, credential: sent, passkey_name: deviceName() });
  await welcomed(welcome, (person) => settle(person, used));
}

/** The token of an invite link, or of what was typed by hand. @param {string} text */
export const tokenOf = (text) => text.trim().split("#").pop()?.trim() ?? "";

/** @param {unknown} error @returns {string} what happened, what is safe, what to do */
export function whyNot(error) {
  if (error instanceof ApiError) {
    if (error.status === 0) return t("The server cannot be reached. What is on this phone is safe. Try again with network.");
    return [error.words.message, error.words.safe, error.words.do].filter(Boolean).join(" ");
  }
  if (error instanceof StrangeWelcome) return t("The server says that this passkey is somebody else's. On this phone it is known as another person's, so nobody was changed. Tell your coordinator.");
  const name = /** @type {{name?: string}} */ (error).name;
  if (name === "NotAllowedError" || name === "AbortError") return t("The passkey was not used. Nothing was changed. Try again when you are ready.");
  if (name === "InvalidStateError") return t("This phone has a passkey here already. Sign in with it instead.");
  if (name === "NotSupportedError" || name === "ConstraintError") return t("This phone cannot keep a passkey. Set a screen lock, or use a security key or another phone.");
  return t("The passkey did not work here. What is on this phone is safe. Try another browser, or another phone.");
}
