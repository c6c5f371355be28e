// How a person's own key is kept: wrapped by a passkey, or by seven words that are made here and shown once.
import { t } from "../../lib/i18n.js";
import { busy, button, el, step } from "./dialog.js";
import { wrapWithPasskey, wrapWithWords } from "./holder.js";
import { PrfMissing } from "./prf.js";
import { wordsForm } from "./unlocking.js";
import { sevenWords, tidy } from "./words.js";

/** @typedef {import("./holder.js").Holder} Holder */
/** @typedef {import("./holder.js").Wrapped} Wrapped */

/** @param {Holder} holder @returns {Promise<Wrapped>} as the person chooses */
export async function wrap(holder) {
  const choice = await step(t("How will you open it?"), (/** @type {(value: "passkey"|"words") => void} */ answer) => {
    const passkey = button(t("With my passkey"), "btn go");
    passkey.addEventListener("click", () => answer("passkey"));
    const words = button(t("With seven words on paper"));
    words.addEventListener("click", () => answer("words"));
    return [el("p", "", t("What opens the box is yours alone. A passkey is quickest; seven words work on any computer.")), el("div", "acts", passkey, words)];
  });
  if (choice === "passkey") {
    try {
      busy(t("Your key"), t("Waiting for your passkey."));
      return await wrapWithPasskey(holder);
    } catch (error) {
      if (!(error instanceof PrfMissing)) throw error;
    }
  }
  return wrapInWords(holder, choice === "passkey");
}

/**
 * @param {Holder} holder @param {boolean} [instead] of a passkey that cannot
 * @returns {Promise<Wrapped>}
 */
export async function wrapInWords(holder, instead = false) {
  const words = sevenWords(document.documentElement.lang);
  await step(t("Your seven words"), (/** @type {(value: boolean) => void} */ answer) => {
    const parts = instead ? [el("p", "", t("This passkey cannot keep a key. Seven words can."))] : [];
    const done = button(t("I wrote them down"), "btn go");
    done.addEventListener("click", () => answer(true));
    return [...parts, el("p", "", t("Write them on paper, in this order. They are shown once.")), el("ol", "secret mono", ...words.split(" ").map((word) => el("li", "", word))), done];
  });
  await repeated(words);
  busy(t("Your key"), t("Locking it with your words. This takes a few seconds."));
  return wrapWithWords(holder, words);
}

/** @param {string} words */
async function repeated(words) {
  for (let again = false; ; again = true) {
    const wrong = again ? t("Not the same words. Look at the paper once more.") : "";
    const typed = await step(t("Type them once"), (/** @type {(value: string) => void} */ answer) => [wordsForm(t("Your seven words, from the paper"), t("Continue"), answer, wrong)]);
    if (tidy(typed) === tidy(words)) return;
  }
}
