// <fa-paper-fates>: what became of the paper. Each answer is a record that this phone signs; until there is one, the sheet stays open.
import { html, nothing } from "lit";
import { serialOf, showSerial } from "../../lib/serial.js";
import { plural, t } from "../../lib/i18n.js";
import { announce, whyNotSaved } from "../acts.js";
import { place } from "../find.js";
import { icon } from "../icon.js";
import { PageElement } from "../page.js";
import { dockLine, empty, note, taskBar } from "../parts.js";
import { follow, outbox } from "../phone.js";
import { to } from "../router.js";
import { state } from "../state.js";
import { halfDay, placeShort } from "../words.js";
import { openSheets, zoneAt } from "./known.js";
import { keep, statement } from "./saving.js";

/** @typedef {{fate: string, whom: string | null, icon: string, label: string}} Fate */

/** @returns {Fate[]} */
const fates = () => [
  { fate: "kept", whom: "me", icon: "user-round", label: t("I keep it") },
  { fate: "kept", whom: "chapter", icon: "house", label: t("The chapter keeps it") },
  { fate: "given", whom: "coordinator", icon: "hand", label: t("Given to a coordinator") },
  { fate: "given", whom: "counsel", icon: "scale", label: t("Given to the legal team") },
  { fate: "destroyed", whom: null, icon: "trash-2", label: t("Destroyed under the rule") },
];

export class PaperFates extends PageElement {
  constructor() {
    super();
    /** Drafts whose destruction is asked about once more. @type {string[]} */
    this.sure = [];
    this.number = "";
    this.single = false;
    this.fault = "";
    this.busy = false;
  }

  /** @override */
  render() {
    const open = openSheets();
    return html`${taskBar(t("What became of the paper?"), open.length ? plural("{n} sheet is open", "{n} sheets are open", open.length) : t("No sheet is open"), to("paper"), t("Back to From paper"))}
      <main class="main" id="main">
        ${note("", "shield", t("Do not destroy it if you were told to keep it"), this.line())}
        ${this.fault ? html`<div class="note note--wait" role="alert">${icon("circle-alert")}<p>${this.fault}</p></div>` : nothing}
        ${open.length ? nothing : empty("check-check", t("Every sheet has its answer"), t("If something else becomes of one later, type its number below."))}
        ${open.length > 1 ? this.card(plural("All {n} sheets alike", "All {n} sheets alike", open.length), "", open.map((one) => one.id)) : nothing}
        ${open.length > 1 ? this.fold(open) : open.map((one) => this.card(showSerial(one.sheet), this.where(one), [one.id]))}
        ${this.another()}</main>
      <footer class="dock dock__act"><p class="dock__line">${dockLine()}</p><a class="btn btn--second btn--field" href=${to("write")}>${open.length ? t("Later") : t("Back to Write")}</a></footer>`;
  }

  line() {
    const phone = state.snapshot?.public?.chapter.legal_line ?? "";
    return html`${t("A hold or a legal demand may cover paper. When in doubt, keep it and call the legal line.")}${phone ? html` <a href="tel:${phone}">${phone}</a>` : nothing}`;
  }

  /** @param {import("./saving.js").Open} one */
  where({ place: spot, part }) {
    return [placeShort(place(spot)), part ? halfDay(part, state.now, zoneAt(spot ?? "")) : ""].filter(Boolean).join(", ");
  }

  /** Most mornings all sheets go the same way: one by one is a tap further. @param {ReturnType<typeof openSheets>} open */
  fold(open) {
    const turn = () => {
      this.single = !this.single;
      this.requestUpdate();
    };
    return html`<div class="fold"><button class="row card fold__head" type="button" aria-expanded=${this.single} @click=${turn}><span class="row__body"><span class="row__title">${t("Each by itself")}</span></span>
      <span class="chip num">${open.length}</span>${icon(this.single ? "chevron-up" : "chevron-down")}</button>${this.single ? open.map((one) => this.card(showSerial(one.sheet), this.where(one), [one.id])) : nothing}</div>`;
  }

  /** @param {string} title @param {string} sub @param {string[]} ids */
  card(title, sub, ids) {
    const asking = this.sure.length > 0 && this.sure.join() === ids.join();
    const last = /** @type {Fate} */ (fates().at(-1));
    return html`<section class="card" aria-label=${title}><div class="card__pad"><h2 class="strong ${sub || ids.length === 1 ? "mono" : ""}">${title}</h2>${sub ? html`<p class="quiet">${sub}</p>` : nothing}
      ${asking ? html`<p class="strong" role="alert">${t("Is it destroyed, and were you not told to keep it?")}</p><div class="two"><button class="btn btn--second btn--block" type="button" @click=${() => this.ask([])}>${t("No, not yet")}</button>
        <button class="btn btn--danger btn--block" type="button" @click=${() => void this.say(ids, last)}>${t("Yes, destroyed")}</button></div>`
        : html`<div class="taps">${fates().map((fate) => html`<button class="tap tap--small pp-fate" type="button" @click=${() => (fate.fate === "destroyed" ? this.ask(ids) : void this.say(ids, fate))}>${icon(fate.icon, "icon--s")}<span>${fate.label}</span></button>`)}</div>`}
    </div></section>`;
  }

  another() {
    const serial = serialOf(this.number);
    const type = (/** @type {Event} */ event) => {
      this.number = /** @type {HTMLInputElement} */ (event.target).value;
      this.requestUpdate();
    };
    return html`<form class="section" @submit=${(/** @type {Event} */ event) => void this.add(event, serial)}><label class="stack stack--1"><span class="strong">${t("Another sheet")}</span><span class="quiet">${t("The number printed on it")}</span>
      <input class="input mono" type="text" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="12" .value=${this.number} @input=${type}></label>
      ${this.number.trim().length >= 8 && !serial ? html`<p class="status status--attention" role="status">${icon("circle-alert")}${t("The number does not check. Look at it once more: there is no O, I, L, 0 or 1 in it.")}</p>` : nothing}
      <button class="btn btn--second btn--block" aria-disabled=${!serial}>${t("Say what became of it")}</button></form>`;
  }

  /** @param {string[]} ids */
  ask(ids) {
    this.sure = ids;
    this.requestUpdate();
  }

  /** @param {Event} event @param {string | null} serial */
  async add(event, serial) {
    event.preventDefault();
    if (!serial) return;
    if (!openSheets().some((one) => one.sheet === serial)) keep(crypto.randomUUID(), { form: "paper", sheet: serial });
    await outbox.drafts.flush();
    this.number = "";
    await follow();
  }

  /** @param {string[]} ids of drafts @param {Fate} fate */
  async say(ids, { fate, whom }) {
    if (this.busy) return;
    this.busy = true;
    this.fault = "";
    try {
      for (const one of openSheets().filter(({ id }) => ids.includes(id))) await outbox.save(statement(one.sheet, fate, whom, one.id, one), state.person ?? undefined);
      announce(t("Noted. Saved on this phone."));
    } catch (error) {
      this.fault = whyNotSaved(error);
    }
    this.busy = false;
    this.sure = [];
    await follow();
    this.requestUpdate();
  }
}

customElements.define("fa-paper-fates", PaperFates);
