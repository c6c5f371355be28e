// Opening one's own key: by passkey where there is a wrapping for one, else by the seven words.
import { t } from "../../lib/i18n.js";
import { ownHolders } from "./api.js";
import { openGrant } from "./box.js";
import { busy, button, el, step } from "./dialog.js";
import { unwrap } from "./holder.js";
import { keep } from "./unlocked.js";

/** @typedef {import("./api.js").OwnHolder} OwnHolder */
/** @typedef {import("./holder.js").Holder} Holder */

/**
 * Opens a holder that this person made.
 * @param {OwnHolder} own
 * @returns {Promise<Holder>}
 */
export async function openHolder(own) {
  const passkeys = own.wrapped.filter((one) => one.method === "prf");
  const words = own.wrapped.find((one) => one.method === "passphrase");
  for (let again = false; ; again = true) {
    const chosen = await ask(passkeys.length > 0, Boolean(words), again);
    busy(t("Opening"), chosen.words === null ? t("Waiting for your passkey.") : t("The seven words take a few seconds."));
    try {
      const wrapping = chosen.words === null ? passkeys[0] : words;
      if (wrapping) return await unwrap(wrapping, chosen.words ?? "");
    } catch (error) {
      if (error instanceof DOMException && error.name === "NotAllowedError") throw error;
    }
  }
}

/**
 * @param {boolean} passkey @param {boolean} phrase @param {boolean} again
 * @returns {Promise<{words: string|null}>}
 */
function ask(passkey, phrase, again) {
  return step(t("Open what is sealed"), (answer) => {
    const parts = [el("p", "", t("It opens on this computer for 30 minutes. The server never gets the key."))];
    if (again) parts.push(el("p", "error", t("That did not open it. Nothing is lost; try once more.")));
    if (passkey) {
      const use = button(t("Use my passkey"), "btn go");
      use.addEventListener("click", () => answer({ words: null }));
      parts.push(use);
    }
    if (phrase) parts.push(wordsForm(t("Your seven words"), t("Open"), (words) => answer({ words })));
    return parts;
  });
}

/**
 * The field for seven words; Enter is its button.
 * @param {string} says @param {string} verb @param {(words: string) => void} done @param {string} [wrong] what was wrong with what was typed before
 * @returns {HTMLElement}
 */
export function wordsForm(says, verb, done, wrong = "") {
  const form = document.createElement("form");
  form.className = "field";
  const label = document.createElement("label");
  label.append(says);
  label.htmlFor = "seven";
  const input = document.createElement("input");
  Object.assign(input, { id: "seven", type: "text", autocomplete: "off", spellcheck: false, required: true });
  input.autocapitalize = "none";
  const go = button(verb, "btn go");
  go.type = "submit";
  const error = el("p", "error", wrong);
  error.id = "seven-wrong";
  error.setAttribute("role", "alert");
  if (wrong) input.setAttribute("aria-describedby", error.id);
  form.append(label, input, ...(wrong ? [error] : []), go);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    done(input.value);
  });
  return form;
}

/**
 * Opens this person's key and with it every box they hold, and keeps those for half an hour.
 * @param {number} now ms
 * @returns {Promise<Record<string, string>>} box id to age identity
 */
export async function unlockBoxes(now) {
  const holders = (await ownHolders()).filter((one) => one.grants.length > 0);
  const own = holders[0];
  if (!own) throw new NoBox();
  const holder = await openHolder(own);
  const opened = await Promise.all(own.grants.map(async (grant) => /** @type {const} */ ([grant.box, await openGrant(grant.sealed, holder)])));
  const identities = Object.fromEntries(opened);
  await keep(identities, now);
  /** @type {HTMLDialogElement|null} */ (document.getElementById("ceremony"))?.close();
  return identities;
}

/** This person holds no box (yet). */
export class NoBox extends Error {}
