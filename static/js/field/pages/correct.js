// One question of a record that is saved already: the new answer, or taking the old one back. What stood there is never shown; nobody here can read it.
import { LitElement, html, nothing } from "lit";
import es from "../../lib/es/saved.js";
import { canTakeBack, momentAs, narrowed, patchOf } from "../../lib/forms/correct.js";
import { TIMELINE } from "../../lib/forms/definition.js";
import { validate } from "../../lib/forms/validate.js";
import { momentOf, wallOf } from "../../lib/forms/zone.js";
import { register, t } from "../../lib/i18n.js";
import { place } from "../find.js";
import { isFillable } from "../form/plan.js";
import { sealedSign } from "../form/tiles.js";
import { chipsOf } from "../form/timeline.js";
import { noBox } from "../form/view.js";
import { icon } from "../icon.js";
import { taskBar } from "../parts.js";
import { to } from "../router.js";
import { state } from "../state.js";
import { halfDay, placeShort } from "../words.js";
import { save, zoneOfDraft } from "../writing.js";
import { titleOf } from "./outbox.js";

register("es", es);

/** @typedef {import("../types.js").Draft} Draft */
/** @typedef {import("../types.js").Corrects} Corrects */
/** @typedef {import("../../lib/forms/definition.js").Definition} Definition */
/** @typedef {import("../../lib/forms/definition.js").Field} Field */

/** What it is a correction to, where and when. @param {Draft} of @param {Corrects} corrects */
function about(of, { id, form, order }) {
  const record = titleOf({ form, label: { kind: "observation", form, order, corrects: undefined } });
  const where = place(of.place);
  return { id, words: [record, where ? placeShort(where) : "", of.part ? halfDay(of.part, state.now, zoneOfDraft(of)) : ""].filter(Boolean).join(", ") };
}

class Correct extends LitElement {
  /** @override */
  static properties = { draft: { attribute: false }, definition: { attribute: false }, answers: { attribute: false }, context: { attribute: false }, status: { attribute: false }, busy: { attribute: false }, _asking: { state: true }, _problem: { state: true } };

  constructor() {
    super();
    /** @type {Draft} */
    this.draft = /** @type {any} */ (undefined);
    /** @type {Definition} */
    this.definition = /** @type {any} */ (undefined);
    /** @type {Record<string, any>} */
    this.answers = {};
    /** @type {import("../form/control.js").Context} */
    this.context = {};
    /** @type {unknown} */
    this.status = nothing;
    this.busy = false;
    /** "Take it back" was tapped once. */
    this._asking = false;
    this._problem = false;
  }

  /** @override */
  createRenderRoot() {
    return this;
  }

  /** @type {{of: Definition|undefined, ask: string, form: Definition|undefined}} the same object for the same question, so that the form is not begun anew */
  #one = { of: undefined, ask: "", form: undefined };

  /** @param {Field} field */
  #narrowed(field) {
    if (this.#one.of !== this.definition || this.#one.ask !== field.id) this.#one = { of: this.definition, ask: field.id, form: narrowed(this.definition, field) };
    return this.#one.form;
  }

  /** @override */
  render() {
    const { corrects } = this.draft;
    if (!corrects) return nothing;
    const { id, words } = about(this.draft, corrects);
    const field = this.definition.fields.find((one) => one.id === corrects.ask);
    return html`${taskBar(t("Correct an answer"), words, to("choose", id), t("Back to the questions"))}
      ${state.fault ? html`<div class="note note--wait note--bar" role="alert">${icon("circle-alert")}<p>${state.fault}</p></div>` : nothing}
      ${this._asking && field ? this.#ask(field) : field ? this.#form(field) : this.#moment()}`;
  }

  /** @param {Field} field */
  #form(field) {
    return html`<fa-form .definition=${this.#narrowed(field)} .answers=${this.answers} .context=${this.context} .status=${this.status} .busy=${this.busy}
      .action=${t("Save the correction")} .lead=${field.type === "rows" ? onlyAdding(t("One line can be added")) : nothing} .tail=${this.#tail(field)}
      @change=${(/** @type {CustomEvent} */ event) => (this.answers = event.detail.answers ?? this.answers)}
      @save=${(/** @type {CustomEvent} */ event) => void save(this.draft, event.detail.answers)}></fa-form>`;
  }

  /** @param {Field} field */
  #tail(field) {
    if (!canTakeBack(field) || !isFillable(field, Boolean(this.context.legalBox))) return nothing;
    return html`<div class="stack stack--1 stack--low"><p class="quiet">${t("The new answer stands beside the old one. What you answered before is not shown here; the legal team sees both.")}</p>
      <button class="btn btn--second btn--block" type="button" data-back @click=${() => this.#turn(true)}>${icon("undo-2")}${t("Take this answer back")}</button></div>`;
  }

  /** Asked once more. @param {Field} field */
  #ask(field) {
    return html`<main class="main" id="main"><div class="stack head"><h2 class="title" tabindex="-1" data-asked>${t("Take this answer back?")}</h2>
        <p class="lead">${(field.ask ?? field.label)[state.lang]}</p></div>
        <div class="note">${icon("info")}<div><b>${t("It will count as not answered")}</b><p>${t("The legal team still sees what stood there, struck through, and that you took it back. You can answer it again later with another correction.")}</p></div></div>
        <button class="btn btn--second btn--block stack--low" type="button" @click=${() => this.#turn(false)}>${t("Keep the answer")}</button></main>
      <footer class="dock dock__act"><p class="dock__line">${this.status}</p>
        <button class="btn btn--primary btn--field" type="button" data-save aria-disabled=${this.busy} @click=${() => void save(this.draft, null)}>${icon("undo-2")}${t("Take it back")}</button></footer>`;
  }

  /** @param {boolean} asking */
  async #turn(asking) {
    this._asking = asking;
    await this.updateComplete;
    await new Promise((done) => requestAnimationFrame(done));
    /** @type {HTMLElement|null} */ (this.querySelector(asking ? "[data-asked]" : "[data-back]"))?.focus();
  }

  /** One more moment of the timeline: what happened, and when. */
  #moment() {
    const zone = zoneOfDraft(this.draft);
    const [entry = {}] = /** @type {{at?: number, chip?: string}[]} */ (Object.values(this.answers[TIMELINE] ?? {}));
    const sealing = this.context.legalBox;
    return html`<main class="main" id="main" @change=${(/** @type {Event} */ event) => event.stopPropagation()}>
        ${this._problem ? html`<div class="note note--wait" role="alert" tabindex="-1">${icon("circle-alert")}<p><b>${t("Two answers are needed")}</b>${t("What happened, and when.")}</p></div>` : nothing}
        ${sealing ? nothing : noBox({ locked: 1 })}
        ${onlyAdding(t("One moment can be added"))}
        ${sealing ? html`<fieldset class="q sealed" data-q="chip"><legend class="q__ask">${t("What happened?")}</legend>${sealedSign()}
          <div class="taps taps--odd">${chipsOf(this.definition, state.lang, this.context.chips ?? []).map(({ chip, words }) => html`<label class="tap tap--small tap--chip"><input type="radio" autocomplete="off" name="q-chip"
            .checked=${entry.chip === chip} @change=${() => this.#set({ ...entry, chip })}><span>${words}</span></label>`)}</div></fieldset>
        <fieldset class="q sealed" data-q="at"><legend class="q__ask">${t("When?")}</legend>${sealedSign()}
          <label class="stack stack--1"><span class="quiet">${t("The time in {zone}", { zone })}</span><input class="input" type="datetime-local" autocomplete="off"
            .value=${entry.at ? wallOf(entry.at, zone) : ""} @change=${(/** @type {Event} */ event) => this.#at(entry, /** @type {HTMLInputElement} */ (event.target).value, zone)}></label></fieldset>` : nothing}
      </main>
      <footer class="dock dock__act"><p class="dock__line">${this.status}</p>
        <button class="btn btn--primary btn--field" type="button" data-save aria-disabled=${this.busy} @click=${() => this.#saveMoment()}>${icon("lock")}${t("Save the correction")}</button></footer>`;
  }

  /** @param {{at?: number, chip?: string}} entry @param {string} wall @param {string} zone */
  #at(entry, wall, zone) {
    const at = momentOf(wall, zone);
    this.#set({ ...entry, at: at ?? undefined });
  }

  /** @param {{at?: number, chip?: string}} entry */
  #set(entry) {
    this.answers = momentAs(entry, this.answers);
    this._problem = false;
    this.dispatchEvent(new CustomEvent("change", { detail: { answers: this.answers } }));
  }

  #saveMoment() {
    const cells = patchOf(this.definition, TIMELINE, this.answers);
    this._problem = !cells.length || validate(this.definition, cells, { amendment: true }).length > 0;
    if (this._problem) void this.updateComplete.then(() => /** @type {HTMLElement|null} */ (this.querySelector(".note"))?.focus());
    else void save(this.draft, this.answers);
  }
}

/** @param {string} title */
function onlyAdding(title) {
  return html`<div class="note">${icon("list-plus")}<div><b>${title}</b><p>${t("Those saved before cannot be changed or taken back: the phone cannot tell them apart any more. If one of them is wrong, tell the legal team.")}</p></div></div>`;
}

customElements.define("fa-correct", Correct);
