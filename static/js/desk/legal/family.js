// Cards for families: opened on this computer by who holds the intake box, and deleted once somebody was told.
import { getLanguage, t } from "../../lib/i18n.js";
import { getBytes, post } from "./api.js";
import { busy, button, el, failed, step } from "./dialog.js";
import { NoBox, unlockBoxes } from "./unlocking.js";
import { lock, unlocked } from "./unlocked.js";

/** @typedef {{consent: unknown, lang: unknown, who: unknown, how: unknown, message: unknown, at: unknown}} Card */

/** @param {HTMLElement} page */
export function familyPage(page) {
  page.addEventListener("click", (event) => {
    const pressed = event.target instanceof Element ? event.target.closest("button") : null;
    if (!pressed) return;
    const card = pressed.closest("[data-card]");
    if ("lock" in pressed.dataset) lock().then(() => location.reload(), failed);
    else if (card instanceof HTMLElement && "open" in pressed.dataset) open(page, card).catch(failed);
    else if (card instanceof HTMLElement && "handOver" in pressed.dataset) handOver(card).catch(failed);
  });
}

/** @param {HTMLElement} page @param {HTMLElement} card */
async function open(page, card) {
  const { box = "", sealed = "", zone = "UTC" } = card.dataset;
  const identity = await identityOf(box);
  const opened = identity ? [fields(await read(sealed, identity), zone)] : [el("p", "error", t("You do not hold the box that this card is sealed to. Ask somebody who does."))];
  card.querySelector("[data-opened]")?.replaceChildren(...opened);
  page.querySelector("[data-locking]")?.removeAttribute("hidden");
  const kept = await unlocked(Date.now());
  // What is read stands no longer on the screen than the key is kept.
  if (kept) setTimeout(() => location.reload(), kept.until - Date.now());
  if (identity) card.querySelector("[data-open]")?.setAttribute("hidden", "");
}

/** @param {string} box @returns {Promise<string|undefined>} its key, once this person opened theirs */
async function identityOf(box) {
  const kept = await unlocked(Date.now());
  if (kept?.identities[box]) return kept.identities[box];
  try {
    return (await unlockBoxes(Date.now()))[box];
  } catch (error) {
    if (error instanceof NoBox) return undefined;
    throw error;
  }
}

/** @param {string} url @param {string} identity @returns {Promise<Card>} */
async function read(url, identity) {
  const { Decrypter } = await import("age-encryption");
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  /** @type {[string, string, Card][]} */
  const said = JSON.parse(await decrypter.decrypt(await getBytes(url), "text"));
  const card = said.find(([, path]) => path === "/card")?.[2];
  if (typeof card !== "object" || card === null) throw new Error("no card");
  return card;
}

/** @param {Card} card @param {string} zone @returns {HTMLElement} */
function fields({ consent, lang, who, how, message, at }, zone) {
  const rows = [
    [t("Whom to tell"), text(who)],
    [t("How to reach them"), text(how)],
    [t("What to tell them"), text(message)],
    [t("Their language"), language(lang)],
    [t("Asked for by the person"), consent === true ? t("yes") : t("It does not say so. Do not use it; ask whoever wrote it.")],
    [t("Written"), typeof at === "number" ? moment(at, zone) : ""],
  ];
  return el("dl", "facts", ...rows.flatMap(([name = "", value = ""]) => (value ? [el("dt", "", name), el("dd", "", value)] : [])));
}

/** @param {unknown} value */
const text = (value) => (typeof value === "string" ? value : "");

/** @param {unknown} code @returns {string} a language by its name, where the browser knows it */
function language(code) {
  try {
    return new Intl.DisplayNames([getLanguage()], { type: "language" }).of(text(code)) ?? "";
  } catch {
    return text(code);
  }
}

/** @param {number} at @param {string} zone */
const moment = (at, zone) => new Intl.DateTimeFormat(getLanguage() === "es" ? "es-US" : "en-US", { dateStyle: "medium", timeStyle: "short", timeZone: zone }).format(at);

/** @param {HTMLElement} card */
async function handOver(card) {
  await step(t("Handed over?"), (/** @type {(value: boolean) => void} */ answer) => {
    const done = button(t("Yes, delete it now"), "btn stop");
    done.addEventListener("click", () => answer(true));
    return [el("p", "", t("Somebody was told, or whoever tells them has it. The card is deleted at once, and nobody can bring it back.")), done];
  });
  busy(t("Handed over?"), t("Deleting it."));
  await post(card.dataset.handedOver ?? "");
  location.reload();
}
