// Opening one's own key: by passkey where there is a wrapping for one, else by the seven words; the recovery key on paper is the last resort.
import { t } from "../../lib/i18n.js";
import { ownKeys } from "./api.js";
import { openGrant } from "./box.js";
import { busy, button, el, step } from "./dialog.js";
import { openWithPasskey, openWithWords } from "./holder.js";
import { keep } from "./unlocked.js";

/** @typedef {import("./api.js").OwnHolder} OwnHolder */
/** @typedef {import("./holder.js").Holder} Holder */

/** The person chose the recovery key on paper instead. */
class OnPaper extends Error {}

/**
 * Opens a holder that this person made.
 * @param {OwnHolder} own @param {boolean} [spare] whether the recovery key would do as well
 * @returns {Promise<Holder>} throws OnPaper when that was chosen
 */
export async function openHolder(own, spare = false) {
  const { wrapped } = own;
  const [passkey, words] = ["prf", "passphrase"].map((method) => wrapped.some((one) => one.method === method));
  for (let again = false; ; again = true) {
    const chosen = await ask(Boolean(passkey), Boolean(words), again, spare);
    if (chosen.paper) throw new OnPaper();
    busy(t("Opening"), chosen.words === null ? t("Waiting for your passkey.") : t("The seven words take a few seconds."));
    try {
      return await (chosen.words === null ? openWithPasskey(wrapped) : openWithWords(wrapped, chosen.words));
    } catch (error) {
      if (error instanceof DOMException && error.name === "NotAllowedError") throw error;
    }
  }
}

/**
 * @param {boolean} passkey @param {boolean} phrase @param {boolean} again @param {boolean} spare
 * @returns {Promise<{words: string|null, paper?: boolean}>}
 */
function ask(passkey, phrase, again, spare) {
  return step(t("Open what is sealed"), (answer) => {
    const parts = [el("p", "", t("It opens on this computer for 30 minutes. The server never gets the key."))];
    if (again) parts.push(el("p", "error", t("That did not open it. Nothing is lost; try once more.")));
    if (passkey) {
      const use = button(t("Use my passkey"), "btn go");
      use.addEventListener("click", () => answer({ words: null }));
      parts.push(use);
    }
    if (phrase) parts.push(wordsForm(t("Your seven words"), t("Open"), (words) => answer({ words })));
    if (spare) {
      const paper = button(t("Use the recovery key on paper"), "btn");
      paper.addEventListener("click", () => answer({ words: null, paper: true }));
      parts.push(paper);
    }
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
  const { holders, recovery } = await ownKeys();
  const own = holders.find((one) => one.grants.length > 0);
  if (!own) throw new NoBox();
  const identities = await openHolder(own, recovery.length > 0).then(
    (holder) => openAll(own.grants, holder.identity),
    (error) => {
      if (error instanceof OnPaper) return openOnPaper(recovery);
      throw error;
    },
  );
  await keep(identities, now);
  /** @type {HTMLDialogElement|null} */ (document.getElementById("ceremony"))?.close();
  return identities;
}

/** @param {import("./api.js").Grant[]} grants @param {string} identity @returns {Promise<Record<string, string>>} */
async function openAll(grants, identity) {
  const opened = await Promise.all(grants.map(async (grant) => /** @type {const} */ ([grant.box, await openGrant(grant.sealed, { identity })])));
  return Object.fromEntries(opened);
}

/** @param {import("./api.js").Grant[]} grants @returns {Promise<Record<string, string>>} every box that this recovery key opens */
async function openOnPaper(grants) {
  for (let wrong = ""; ; wrong = t("That did not open it. Nothing is lost; try once more.")) {
    const typed = await step(t("The recovery key"), (/** @type {(value: string) => void} */ answer) => [wordsForm(t("The recovery key, from the paper"), t("Open"), answer, wrong)]);
    const identity = typed.replace(/\s+/g, "").toUpperCase();
    const tried = await Promise.allSettled(grants.map((grant) => openAll([grant], identity)));
    const opened = tried.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    if (opened.length) return Object.assign({}, ...opened);
  }
}

/** This person holds no box (yet). */
export class NoBox extends Error {}
