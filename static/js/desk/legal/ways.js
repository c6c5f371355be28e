// More than one way to open one's own key: another passkey, or seven words on paper, so that a lost phone locks nobody out.
import { t } from "../../lib/i18n.js";
import { ownHolders, post, send } from "./api.js";
import { busy, button, el, step } from "./dialog.js";
import { wrapWithPasskey } from "./holder.js";
import { PrfMissing } from "./prf.js";
import { openHolder } from "./unlocking.js";
import { wrapInWords } from "./wrapping.js";

/** @typedef {import("./api.js").OwnHolder} OwnHolder */
/** @typedef {import("./holder.js").Holder} Holder */
/** @typedef {import("./holder.js").Wrapped} Wrapped */

/** @returns {Promise<OwnHolder>} the key that holds a box, else the newest one */
async function mine() {
  const holders = await ownHolders();
  const own = holders.find((one) => one.grants.length > 0) ?? holders[0];
  if (!own) throw new Error("no key yet");
  return own;
}

/** @param {OwnHolder} own @param {Wrapped} wrapping */
async function keep(own, wrapping) {
  busy(t("Your key"), t("Keeping it, wrapped, on the server."));
  await post(`/api/v1/boxes/holder/${own.id}/wrappings`, { wrapping });
}

/** One more passkey: first the key is opened as before, then the other passkey is asked for. */
export async function addPasskeyWay() {
  const own = await mine();
  const holder = await openHolder(own);
  const known = own.wrapped.flatMap((one) => (one.method === "prf" ? [one.credential] : []));
  for (let wrong = ""; ; ) {
    await other(wrong);
    busy(t("Your key"), t("Waiting for your passkey."));
    try {
      const wrapping = await wrapWithPasskey(holder);
      if (wrapping.method === "prf" && !known.includes(wrapping.credential)) return keep(own, wrapping);
      wrong = t("That passkey opens it already. Choose another one.");
    } catch (error) {
      if (!(error instanceof PrfMissing)) throw error;
      wrong = t("This passkey cannot keep a key. Choose another one, or close this and add seven words.");
    }
  }
}

/** @param {string} wrong what was wrong with the passkey before */
function other(wrong) {
  return step(t("Another passkey"), (/** @type {(value: boolean) => void} */ answer) => {
    const go = button(t("Use the other passkey"), "btn go");
    go.addEventListener("click", () => answer(true));
    return [el("p", "", t("Now the passkey that should open it too. It has to be one of yours here already: add it on your own page first.")), ...(wrong ? [el("p", "error", wrong)] : []), go];
  });
}

/** Seven words beside the passkey. */
export async function addWordsWay() {
  const own = await mine();
  const holder = await openHolder(own);
  await keep(own, await wrapInWords(holder));
}

/** @param {string} id of the wrapping that goes */
export async function removeWay(id) {
  const own = await mine();
  const way = own.wrapped.find((one) => one.id === id);
  await step(t("Take a way to open it away"), (/** @type {(value: boolean) => void} */ answer) => {
    const done = button(t("Take it away"), "btn stop");
    done.addEventListener("click", () => answer(true));
    const words = way?.method === "passphrase";
    return [el("p", "", words ? t("The seven words on paper open your key no more. Destroy the paper.") : t("That passkey opens your key no more. It still lets you sign in.")), el("p", "", t("The other ways stay as they are.")), done];
  });
  busy(t("Your key"), t("Taking it away."));
  await send("DELETE", `/api/v1/boxes/holder/${own.id}/wrappings/${id}`, {});
}
