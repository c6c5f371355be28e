// <fa-paper-start>: what paper it is, where and when it was written; what is begun already; and sheets that nobody has accounted for.
import { html, nothing } from "lit";
import { plural, t } from "../../lib/i18n.js";
import { homeZone, place } from "../find.js";
import { icon } from "../icon.js";
import { WherePage } from "../pages/where.js";
import { empty, note, taskBar } from "../parts.js";
import { follow, outbox } from "../phone.js";
import { go, to } from "../router.js";
import { state } from "../state.js";
import { dayKey, halfDay, placeShort, say } from "../words.js";
import { formNamed, throwAway } from "../writing.js";
import { filled, newBook } from "./book.js";
import { books, openSheets, zoneAt } from "./known.js";
import { keep } from "./saving.js";

const HALVES = /** @type {const} */ (["morning", "afternoon", "evening", "night"]);

export class PaperStart extends WherePage {
  constructor() {
    super();
    this.form = "session";
    this.day = "";
    this.half = "morning";
  }

  /** @override */
  render() {
    const bar = taskBar(t("From paper"), t("Type in what was written on paper"), to("write"), t("Back to Write"));
    if (!state.person) return html`${bar}<main class="main" id="main">${empty("file-question-mark", t("This phone is not enrolled yet"), t("Sign in once with network. After that you can write without."), html`<a class="btn btn--primary btn--field" href=${to("in")}>${t("Sign in")}</a>`)}</main>`;
    const chosen = place(this.place);
    return html`${bar}<main class="main" id="main">
        ${this.sheets()}${this.unfinished()}${this.forms()}${chosen ? this.chosen(chosen) : this.choice(false)}${this.halves()}
        <a class="row card" href="/paper">${icon("printer")}<span class="row__body"><span class="row__title">${t("Print blanks")}</span><span class="row__sub">${t("Needs network. In English or Spanish, a number on each sheet")}</span></span>${icon("chevron-right")}</a>
      </main>
      <footer class="dock dock__act"><button class="btn btn--primary btn--field" type="button" aria-disabled=${!chosen} @click=${() => this.go()}>${t("Type it in")}</button></footer>`;
  }

  sheets() {
    const n = openSheets().length;
    return n ? html`<a class="row card row--wait" href=${to("paper", "sheets")}>${icon("files")}<span class="row__body"><span class="row__title">${plural("{n} sheet: what became of it?", "{n} sheets: what became of them?", n)}</span>
      <span class="row__sub">${t("Typed in. Say where the paper is now")}</span></span>${icon("chevron-right")}</a>` : nothing;
  }

  unfinished() {
    const found = books();
    if (!found.length) return nothing;
    return html`<section class="section" aria-labelledby="pp-begun"><div class="section__head"><h2 id="pp-begun">${t("Not finished")}</h2></div><div class="card rows">${found.map((one) => {
      const name = plural("{n} row", "{n} rows", filled(one.paper).length);
      const sub = [placeShort(place(one.place)), halfDay(one.part, state.now, zoneAt(one.place))].filter(Boolean).join(", ");
      return html`<div class="row row--form"><a class="row__link" href=${to("paper", one.id)}><span class="disc disc--form">${icon("keyboard")}</span><span class="row__body"><span class="row__title">${name}</span><span class="row__sub">${sub}</span></span></a>
        <button class="iconbtn" type="button" aria-label=${t("Throw away: {name}", { name: `${name}, ${sub}` })} @click=${() => void throwAway(one.id)}>${icon("trash-2")}</button></div>`;
    })}</div></section>`;
  }

  forms() {
    const forms = (state.snapshot?.public?.forms ?? []).filter((one) => !one.within);
    return html`<fieldset class="section"><legend class="q__ask">${t("What is on the paper?")}</legend><div class="taps">${forms.map((one) => html`<label class="tap"><input type="radio" autocomplete="off" name="pp-form" .checked=${one.id === this.form} @change=${() => this.chooseForm(one.id)}>
      <span>${one.cases ? t("Court session with its cases") : say(one.title)}</span>${icon("check")}</label>`)}</div></fieldset>`;
  }

  /** @override */
  halves() {
    const zone = this.place ? zoneAt(this.place) : homeZone();
    const today = dayKey(state.now, zone);
    const names = { morning: t("morning"), afternoon: t("afternoon"), evening: t("evening"), night: t("night") };
    const pickDay = (/** @type {Event} */ event) => {
      this.day = /** @type {HTMLInputElement} */ (event.target).value;
      this.requestUpdate();
    };
    return html`<fieldset class="section"><legend class="q__ask">${t("When it was written")}<small>${t("The half-day of the paper, not of now.")}</small></legend>
      <label class="stack stack--1"><span class="strong">${t("Day")}</span><input class="input" type="date" autocomplete="off" max=${today} .value=${this.day || today} @change=${pickDay}></label>
      <div class="taps">${HALVES.map((half) => html`<label class="tap tap--small"><input type="radio" autocomplete="off" name="pp-half" .checked=${half === this.half} @change=${() => this.chooseHalf(half)}><span>${names[half]}</span></label>`)}</div></fieldset>
      ${this.day && this.day > today ? note("wait", "circle-alert", t("That day is still to come"), t("Look at the date once more.")) : nothing}`;
  }

  /** @param {string} form */
  chooseForm(form) {
    this.form = form;
    this.requestUpdate();
  }

  /** @override @param {string} half */
  chooseHalf(half) {
    this.half = half;
    this.requestUpdate();
  }

  /** @override */
  async go() {
    const defn = formNamed(this.form);
    if (!this.place || !defn) return;
    const id = crypto.randomUUID();
    const part = `${this.day || dayKey(state.now, zoneAt(this.place))}/${this.half}`;
    keep(id, { form: "paper", place: this.place, part, paper: newBook(defn) });
    await outbox.drafts.flush();
    await follow();
    go("paper", id);
  }
}

customElements.define("fa-paper-start", PaperStart);
