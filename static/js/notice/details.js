// What is sealed about an alert, for who was asked: fetched with the device's key, opened here, kept nowhere.
import { html, nothing } from "lit";
import { decode } from "../lib/b64.js";
import es from "../lib/es/details.js";
import { register, t } from "../lib/i18n.js";
import { icon } from "../field/icon.js";
import { timeZoned as time } from "../field/words.js";
import { sealedOf } from "./door.js";

register("es", es);

/** @typedef {import("./door.js").Alert} Alert */
/** @typedef {import("../outbox/dispatch.js").Opened} Opened */
/** @typedef {import("../outbox/dispatch.js").Said} Said */

/** Pictures that are shown now, by part: the same one is not made again at each look. @type {Map<string, string>} */
const pictures = new Map();

/**
 * Asks for what is sealed and opens it.
 * @param {string} notice
 * @returns {Promise<Opened[]>} throws without network
 */
export async function openSealed(notice) {
  const { sealed, outbox } = await sealedOf(notice);
  if (!sealed) return [];
  const [{ openDetails, readingKey }, person, device] = await Promise.all([import("../outbox/dispatch.js"), outbox.person(), outbox.device()]);
  const key = person && (await readingKey(outbox, person));
  return openDetails(sealed, key, device ?? "");
}

/** @param {Opened[]} opened @param {Alert} alert */
export function detailsPart(opened, alert) {
  if (!alert.details || alert.closed_at !== null) return nothing;
  const said = opened.filter((one) => one.said);
  return html`<section class="sealed stack" aria-labelledby="sealed-title" data-details>
    <h2 class="sealed__sign" id="sealed-title">${icon("lock-open")}${t("Only for those who answer")}</h2>
    ${said.map((one) => part(one, alert))}
    ${said.length < alert.details ? html`<p class="quiet">${opened.length ? t("This phone has no key to a part of it yet. Ask your dispatcher, by phone.") : t("Opening what is locked")}</p>` : nothing}
    <p class="quiet">${t("Nothing of it stays on this phone. Do not copy it or pass it on.")}</p></section>`;
}

/** @param {Opened} one @param {Alert} alert */
function part({ id, at, said }, alert) {
  const { where, plate, photo, position } = /** @type {Said} */ (said);
  return html`<dl class="facts">
    ${where ? html`<dt>${t("Where exactly")}</dt><dd>${where}</dd>` : nothing}
    ${position ? html`<dt>${t("Position")}</dt><dd class="num">${(position.lat / 1e6).toFixed(5)}, ${(position.lon / 1e6).toFixed(5)}</dd>` : nothing}
    ${plate ? html`<dt>${t("Plate")}</dt><dd class="num">${plate}</dd>` : nothing}
    ${photo ? html`<dt>${t("Photo")}</dt><dd><img class="sealed__photo" src=${picture(id, photo)} alt=${t("Photo of whoever raised it")}></dd>` : nothing}
    <dt>${t("Said at")}</dt><dd class="num">${time(at, alert.zone)}</dd></dl>`;
}

/** @param {string} id @param {string} photo b64u of a JPEG */
function picture(id, photo) {
  const made = pictures.get(id) ?? URL.createObjectURL(new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (decode(photo))], { type: "image/jpeg" }));
  pictures.set(id, made);
  return made;
}
