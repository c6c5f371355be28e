// More about an alert that was raised here, for those who answer it only: where exactly, a plate, a photo. Locked on this phone to the day's box;
// what is typed is in the inputs and nowhere else.
import { html, nothing } from "lit";
import es from "../../lib/es/details.js";
import { encode } from "../../lib/b64.js";
import { register, t } from "../../lib/i18n.js";
import { whyNotSaved } from "../acts.js";
import { ask, read } from "../api.js";
import { icon } from "../icon.js";
import { outbox } from "../outbox.js";
import { PageElement } from "../page.js";
import { note } from "../parts.js";
import { state } from "../state.js";
import { dayPart } from "../words.js";
import { locate, zoneThere } from "./raise.js";
import { small } from "./picture.js";

register("es", es);

/** @typedef {import("../types.js").Item} Item */
/** @typedef {import("../../outbox/seal.js").BoxAddress} BoxAddress */

const WHERE_MOST = 300;
const PLATE_MOST = 40;

class AlertDetails extends PageElement {
  /** @override */
  static properties = { alert: { attribute: false } };

  constructor() {
    super();
    /** @type {Item|undefined} */
    this.alert = undefined;
    /** @type {""|"asking"|"open"|"none"|"offline"} */
    this.stands = "";
    /** @type {BoxAddress|null} */
    this.box = null;
    this.saved = 0;
    this.fault = "";
    this.busy = false;
    this.photo = false;
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    this.querySelector("form")?.reset();
  }

  /** Asks for the box of the day, with the key that raised the alert; no session is needed. */
  async begin() {
    this.stands = "asking";
    this.requestUpdate();
    try {
      this.box = await boxOf(/** @type {Item} */ (this.alert));
      this.stands = this.box ? "open" : "none";
    } catch {
      this.stands = "offline";
    }
    this.requestUpdate();
    await this.updateComplete;
    /** @type {HTMLElement|null} */ (this.querySelector("textarea"))?.focus();
  }

  /** @param {Event} event */
  chosen(event) {
    this.photo = Boolean(/** @type {HTMLInputElement} */ (event.target).files?.length);
    this.requestUpdate();
  }

  /** @param {SubmitEvent} event */
  async save(event) {
    event.preventDefault();
    const { alert, box } = this;
    if (this.busy || !alert || !box) return;
    const form = /** @type {HTMLFormElement} */ (event.target);
    this.busy = true;
    this.fault = "";
    this.requestUpdate();
    try {
      const value = await saidIn(new FormData(form));
      if (!value) this.fault = t("Nothing is filled in yet.");
      else {
        await keep(alert, box, value);
        form.reset();
        this.photo = false;
        this.saved += 1;
        this.stands = "";
      }
    } catch (error) {
      this.fault = whyNotSaved(error);
    }
    this.busy = false;
    this.requestUpdate();
    await this.updateComplete;
    if (!this.stands) /** @type {HTMLElement|null} */ (this.querySelector("[data-saved]"))?.focus();
  }

  /** @override */
  render() {
    const again = this.saved ? t("Say more, locked") : t("Say where exactly, locked");
    return html`${this.saved ? html`<p class="status status--received" role="status" tabindex="-1" data-saved>${icon("lock")}${t("Locked. It goes by itself.")}</p>` : nothing}
      ${this.stands === "open" ? this.form() : html`<button class="btn btn--second btn--field" type="button" data-more ?disabled=${this.stands === "asking"} @click=${() => void this.begin()}>${icon("lock")}${again}</button>`}
      ${this.stands === "none" ? note("wait", "phone", t("Nobody can open it yet"), t("No coordinator has opened today's box. Say it by phone.")) : nothing}
      ${this.stands === "offline" ? note("wait", "wifi-off", t("No network"), t("The lock could not be fetched. Try again, or say it by phone.")) : nothing}`;
  }

  form() {
    return html`<form class="sealed stack" autocomplete="off" @submit=${(/** @type {SubmitEvent} */ event) => void this.save(event)}>
      <p class="sealed__sign">${icon("lock")}${t("Locked: only those who answer can open it")}</p>
      <p class="quiet">${t("The pair that is asked to look and the coordinators. Gone 24 hours after it is over. Write no names.")}</p>
      <label class="stack stack--1"><span>${t("Where exactly")}</span><textarea name="where" rows="2" maxlength=${WHERE_MOST} autocomplete="off" spellcheck="false"></textarea></label>
      <label class="stack stack--1"><span>${t("Plate")}</span><input class="field num" name="plate" maxlength=${PLATE_MOST} autocomplete="off" autocapitalize="characters" spellcheck="false"></label>
      <div class="stack stack--1"><label class="btn btn--second btn--field pick">${icon(this.photo ? "check" : "camera")}${this.photo ? t("Photo added") : t("Add a photo")}<input class="sr" type="file" name="photo" accept="image/*" capture="environment" aria-describedby="photo-hint" @change=${(/** @type {Event} */ event) => this.chosen(event)}></label>
        <p class="quiet" id="photo-hint">${t("Of a vehicle, never of faces. It is made small.")}</p></div>
      <label class="flag flag--plain"><span>${t("Add where this phone is now, exactly")}</span><input type="checkbox" name="position" autocomplete="off"><i></i></label>
      ${this.fault ? html`<div class="note note--wait" role="alert">${icon("circle-alert")}<p>${this.fault}</p></div>` : nothing}
      <button class="btn btn--primary btn--field" type="submit" ?disabled=${this.busy}>${icon("lock")}${t("Lock and send")}</button></form>`;
  }
}

/** @param {Item} alert @returns {Promise<BoxAddress|null>} */
async function boxOf(alert) {
  const person = await outbox.person();
  const signed = person && (await outbox.keys.signNotice(person, { alert: alert.id, key: alert.key }));
  if (!person || !signed) return null;
  const init = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(signed), credentials: /** @type {const} */ ("omit") };
  const [{ box }, { addressOf }] = await Promise.all([ask("/api/v1/notice/details", init).then(read), import("../../outbox/dispatch.js")]);
  return addressOf(box, person);
}

/** @param {FormData} data @returns {Promise<Record<string, any>|null>} null: nothing was said */
async function saidIn(data) {
  const text = (/** @type {string} */ name, /** @type {number} */ most) => String(data.get(name) ?? "").trim().slice(0, most) || null;
  const file = data.get("photo");
  const [found, photo] = await Promise.all([data.get("position") ? locate() : null, file instanceof File && file.size ? small(file) : null]);
  const said = { where: text("where", WHERE_MOST), plate: text("plate", PLATE_MOST), photo: photo && encode(photo), position: found?.position ?? null };
  return Object.values(said).some((one) => one !== null) ? said : null;
}

/** @param {Item} alert @param {BoxAddress} box @param {Record<string, any>} value */
async function keep(alert, box, value) {
  const part = dayPart(Date.now(), zoneThere(alert.label));
  await outbox.save({
    kind: "alert_details", answers: [{ path: "/alert", value: alert.id, box: null }, { path: "/details", value, box: "dispatch" }], dispatch: box, lang: state.lang,
    purpose: state.snapshot?.public?.chapter.purpose ?? "monitoring", day_part: part, draft: crypto.randomUUID(), label: { kind: "alert_details", alert: alert.id, part },
  });
}

customElements.define("fa-alert-details", AlertDetails);
