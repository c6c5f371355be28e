// Where and when, asked before a form when no shift says so: a place or an area, and the half-day. From paper too.
import { html, nothing } from "lit";
import { t } from "../../lib/i18n.js";
import { cellOf } from "../../lib/forms/definition.js";
import { locate } from "../alert/raise.js";
import { homeZone, place } from "../find.js";
import { icon } from "../icon.js";
import { nearFirst } from "../near.js";
import { PageElement } from "../page.js";
import { taskBar } from "../parts.js";
import { to } from "../router.js";
import { state } from "../state.js";
import { dayPart, halfDay, phoneZone, placeShort, say } from "../words.js";
import { begin, formNamed } from "../writing.js";

const HALF_DAY_MS = 6 * 3600000;

export class WherePage extends PageElement {
  /** @override */
  static properties = { form: { type: String } };

  constructor() {
    super();
    this.form = "";
    this.search = "";
    this.place = "";
    this.cell = "";
    this.chosenHalf = "";
    this.says = "";
  }

  /** @override */
  render() {
    const defn = formNamed(this.form);
    if (!defn) return nothing;
    const chosen = place(this.place);
    return html`${taskBar(say(defn.title), t("Where and when"), to("write"), t("Back to Write"))}
      <main class="main" id="main">
        ${chosen || this.cell ? this.chosen(chosen) : this.choice(defn.position === "cell")}
        ${this.halves()}
      </main>
      <footer class="dock dock__act"><button class="btn btn--primary btn--field" type="button" aria-disabled=${!chosen && !this.cell} @click=${() => this.go()}>${t("Write")}</button></footer>`;
  }

  /** @param {import("../types.js").Place|undefined} chosen */
  chosen(chosen) {
    return html`<section class="section" aria-labelledby="where"><div class="section__head"><h2 id="where">${t("Where")}</h2></div>
      <p class="line line--wrap place--line">${icon("map-pin", "icon--s")}<span class="strong">${chosen ? `${chosen.name}, ${placeShort(chosen)}` : t("An area of about 1 km around you")}</span>
      <button class="btn btn--text push" type="button" @click=${() => this.choose("", "")}>${t("Change")}</button></p></section>`;
  }

  /** @param {boolean} area */
  choice(area) {
    const words = this.search.toLowerCase().split(/\s+/).filter(Boolean);
    const all = nearFirst(state.snapshot?.public?.places ?? []);
    const found = all.filter((one) => words.every((word) => `${one.name} ${one.address} ${one.city}`.toLowerCase().includes(word))).slice(0, 8);
    return html`<section class="section" aria-labelledby="where"><div class="section__head"><h2 id="where">${t("Where")}</h2></div>
      ${area ? html`<button class="btn btn--second btn--field" type="button" @click=${() => void this.area()}>${icon("locate-fixed")}${t("Where I am now")}</button>
        <p class="quiet" role="status">${this.says || t("Only the area is written, about 1 km.")}</p>` : nothing}
      ${all.length ? html`<label class="stack stack--1"><span class="strong">${t("Find a place")}</span><input class="field" type="search" autocomplete="off" .value=${this.search}
        @input=${(/** @type {InputEvent} */ event) => this.typed(event)}></label>
        <div class="card rows">${found.map((one) => html`<button class="row row--slim" type="button" @click=${() => this.choose(one.id, "")}>${icon("map-pin")}
          <span class="row__body"><span class="row__title">${one.name}</span><span class="row__sub">${one.address || one.city}</span></span></button>`)}</div>
        ${found.length ? nothing : html`<p class="quiet">${t("No place has these words. Try the street or the city.")}</p>`}`
        : html`<p class="quiet">${t("No places are on this phone yet. They come with the first sign-in.")}</p>`}</section>`;
  }

  halves() {
    const zone = place(this.place)?.zone ?? (this.cell ? phoneZone() : homeZone());
    const parts = [...new Set([0, 1, 2, 3, 4].map((n) => dayPart(state.now - n * HALF_DAY_MS, zone)))];
    const now = this.chosenHalf || parts[0];
    return html`<fieldset class="section"><legend class="q__ask">${t("When")}<small>${t("Only the half-day is written in the open.")}</small></legend>
      <div class="taps">${parts.map((part) => html`<label class="tap"><input type="radio" name="part" .checked=${part === now} @change=${() => this.chooseHalf(part)}>
        <span>${upper(halfDay(part, state.now, zone))}</span>${icon("check")}</label>`)}</div></fieldset>`;
  }

  /** @param {string} part */
  chooseHalf(part) {
    this.chosenHalf = part;
    this.requestUpdate();
  }

  /** @param {InputEvent} event */
  typed(event) {
    this.search = /** @type {HTMLInputElement} */ (event.target).value;
    this.requestUpdate();
  }

  /** @param {string} id @param {string} cell */
  choose(id, cell) {
    this.place = id;
    this.cell = cell;
    this.requestUpdate();
  }

  async area() {
    this.says = t("Asking this phone where it is");
    this.requestUpdate();
    const found = await locate();
    this.says = found ? "" : t("This phone does not say where it is. Choose the nearest place.");
    this.choose("", found?.position ? cellOf(found.position) : "");
  }

  go() {
    if (!this.place && !this.cell) return;
    const zone = place(this.place)?.zone ?? phoneZone();
    const spot = this.place ? { place: this.place } : { cell: this.cell };
    begin({ form: this.form, ...spot, part: this.chosenHalf || dayPart(state.now, zone) });
  }
}

/** @param {string} text */
const upper = (text) => text.charAt(0).toUpperCase() + text.slice(1);

customElements.define("fa-where", WherePage);
