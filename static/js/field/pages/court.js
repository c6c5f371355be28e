// The court session that is open, and its cases: the next one, the unfinished ones, the saved ones by number and state, and their order.
import { html, nothing } from "lit";
import es from "../../lib/es/court.js";
import { sayOption } from "../../lib/forms/say.js";
import { plural, register, t } from "../../lib/i18n.js";
import { casesWritten } from "../acts.js";
import { caseFormsOf, casesOf, moves, nextNumber } from "../cases.js";
import { homeZone, place } from "../find.js";
import { icon } from "../icon.js";
import { keepOrder } from "../order.js";
import { PageElement } from "../page.js";
import { empty, strip, taskBar } from "../parts.js";
import { to } from "../router.js";
import { set, state } from "../state.js";
import { halfDay, placeShort, say, time } from "../words.js";
import { closeCourt, formNamed, leaveCourt, nextCase, throwAway } from "../writing.js";
import { isShut, lockedCard, shutCard } from "./locked.js";
import { shown } from "./outbox.js";

register("es", es);

/** @typedef {import("../types.js").Court} Court */
/** @typedef {import("../cases.js").Case} Case */

/** Where each session's list was left: coming back goes there, not to its end. @type {Map<string, number>} */
const left = new Map();

/** A form's name without the word of the room. @param {string} form */
export const shortTitle = (form) => say(formNamed(form)?.title).replace(/\s*\(.*\)$/, "");

class CourtPage extends PageElement {
  constructor() {
    super();
    /** The order being made, by id; null while none is. @type {string[]|null} */
    this.order = null;
    /** Which session the list on the screen is of. */
    this.of = "";
  }

  /** @override */
  render() {
    const { court } = state;
    if (!court) return this.none();
    const where = place(court.place);
    const cases = casesOf(court, state.items, state.drafts);
    const sub = `${placeShort(where)}, ${halfDay(court.part, state.now, where?.zone ?? homeZone())}`;
    return html`${taskBar(this.kind(court), sub, to("write"), t("Back to Write"))}
      ${state.fault ? html`<div class="note note--wait note--bar" role="alert">${icon("circle-alert")}<p>${state.fault}</p></div>` : nothing}
      <main class="main" id="main" tabindex="0" @scroll=${this.scrolled}>${this.order ? this.ordering(cases, this.order) : this.list(court, cases)}</main>
      <footer class="dock dock__act">${this.order ? this.keeping(cases, this.order) : this.next(court)}</footer>`;
  }

  none() {
    return html`${taskBar(t("Court session"), "", to("write"), t("Back to Write"))}<main class="main" id="main">
      ${empty("gavel", t("No court session is open"), t("Begin one under Write. Its cases are listed here until it is closed."), html`<a class="btn btn--primary btn--field" href=${to("write")}>${t("Go to Write")}</a>`)}</main>`;
  }

  /** @param {Court} court */
  kind(court) {
    const defn = formNamed(court.form.split("@")[0] ?? "");
    const type = defn?.fields.find((field) => field.id === "type");
    const kind = type && court.type ? sayOption(type, court.type, state.lang, {}) : "";
    return kind.includes("(") ? kind : [say(defn?.title), kind.toLowerCase()].filter(Boolean).join(", ");
  }

  /** @param {Court} court @param {Case[]} cases */
  list(court, cases) {
    const tallies = !caseFormsOf(court).length;
    if (isShut()) return this.shut(cases);
    return html`${state.lockedDrafts ? lockedCard() : nothing}
      ${cases.length ? html`<section class="section" aria-labelledby="cases"><div class="section__head"><h2 id="cases">${t("Cases")}</h2><span class="quiet num">${casesWritten(cases.filter((one) => one.item).length)}</span></div>
        <ol class="card rows rows--cases">${cases.map((one) => this.row(one, caseFormsOf(court).length > 1))}</ol></section>`
        : tallies ? html`<p class="quiet">${t("This kind of sitting has tallies only, no cases.")}</p>`
          : empty("list-plus", t("No case is written yet"), t("Each case takes a few taps. What is saved stays listed here by its number; it can be corrected, not read."))}
      ${cases.length > 1 ? html`<button class="btn btn--text btn--block" type="button" data-order @click=${() => this.arrange(cases.map(({ id }) => id))}>${icon("arrow-up-down")}${t("Change the order")}</button>` : nothing}
      <button class="btn btn--second btn--block" type="button" @click=${() => closeCourt()}>${t("Close the session")}</button>
      <button class="btn btn--text btn--block" type="button" @click=${() => void leaveCourt()}>${t("Close without tallies")}</button>`;
  }

  /** Which cases there are, and how each stands, is for whoever opens the phone; the next one can be written, and one begun since ended. @param {Case[]} cases */
  shut(cases) {
    const saved = cases.filter((one) => one.item).length;
    const begun = cases.filter((one) => one.draft);
    return html`${saved ? shutCard(plural("{n} case is saved here. Its number and state show after unlocking.", "{n} cases are saved here. Their numbers and states show after unlocking.", saved)) : state.lockedDrafts ? lockedCard() : nothing}
      ${begun.length ? html`<ol class="card rows rows--cases">${begun.map((one) => this.row(one, false))}</ol>` : nothing}
      <button class="btn btn--second btn--block" type="button" @click=${() => closeCourt()}>${t("Close the session")}</button>
      <button class="btn btn--text btn--block" type="button" @click=${() => void leaveCourt()}>${t("Close without tallies")}</button>`;
  }

  /** @param {Case} one @param {boolean} mixed the hearings are of several kinds */
  row(one, mixed) {
    const { item, draft, n } = one;
    const name = t("Case {n}", { n });
    const form = mixed ? shortTitle(draft?.form ?? (item?.form ?? "").split("@")[0] ?? "") : "";
    const body = (/** @type {string} */ sub, /** @type {string} */ kind, /** @type {string} */ sign, /** @type {string} */ word) => html`<span class="row__body">
      <span class="line line--between"><span class="row__title">${name}</span> <span class="status status--${kind}">${icon(sign)}${word}</span></span> ${sub ? html`<span class="row__sub">${sub}</span>` : nothing}</span>`;
    if (draft) {
      return html`<li class="row row--case"><a class="row__link" href=${to("form", draft.id)}>${body(form, "waiting", "pencil-line", t("Not saved yet"))}</a>
        <button class="iconbtn" type="button" aria-label=${t("Throw away: {name}", { name })} @click=${() => void throwAway(draft.id)}>${icon("trash-2")}</button></li>`;
    }
    if (!item) return nothing;
    const { kind, icon: sign, word } = shown(item);
    const zone = place(item.label.place)?.zone ?? homeZone();
    const sub = [form, t("saved {time}", { time: time(item.saved_at, zone) })].filter(Boolean).join(", ");
    return html`<li><a class="row row--case" href=${to("saved", item.id)}>${body(sub, kind, sign, kind === "saved" || kind === "waiting" ? t("Saved here") : word)}${icon("chevron-right")}</a></li>`;
  }

  /** The next case is one tap away. @param {Court} court */
  next(court) {
    const forms = caseFormsOf(court);
    const n = nextNumber(court);
    const line = html`<div class="dock__row">${strip()}</div>`;
    if (!forms.length) return line;
    if (forms.length === 1) return html`${line}<button class="btn btn--primary btn--field" type="button" @click=${() => nextCase(forms[0], true)}>${icon("plus")}${t("Write case {n}", { n })}</button>`;
    return html`${line}<div class="choice" role="group" aria-label=${t("Write case {n}", { n })}><p class="strong">${t("Case {n}: which hearing?", { n })}</p>
      <div class="taps taps--3">${forms.map((form) => html`<button class="tap tap--c" type="button" data-form=${form} @click=${() => nextCase(form, true)}>${shortTitle(form)}</button>`)}</div></div>`;
  }

  /** @param {Case[]} cases @param {string[]} order */
  ordering(cases, order) {
    const at = (/** @type {string} */ id) => cases.find((one) => one.id === id);
    const stood = (/** @type {Case} */ one) => (one.n === cases[order.indexOf(one.id)]?.n ? (one.item ? t("Saved") : t("Not saved yet")) : t("was case {n}", { n: one.n }));
    return html`<section class="section" aria-labelledby="order"><div class="section__head"><h2 id="order">${t("Change the order")}</h2></div>
      <p class="quiet">${t("As the cases were called. Saved ones stay locked: each that moves gets a correction of its number.")}</p>
      <ol class="card rows rows--cases">${order.map((id, i) => {
        const one = at(id);
        if (!one) return nothing;
        const n = cases[i]?.n ?? i + 1;
        const move = (/** @type {number} */ by) => this.move(id, by);
        return html`<li class="row row--case" data-case=${id}><span class="row__body"><span class="row__title">${t("Case {n}", { n })}</span><span class="row__sub">${stood(one)}</span></span>
          <button class="iconbtn" type="button" data-by="-1" ?disabled=${i === 0} aria-label=${t("Earlier: case {n}", { n })} @click=${() => move(-1)}>${icon("arrow-up")}</button>
          <button class="iconbtn" type="button" data-by="1" ?disabled=${i === order.length - 1} aria-label=${t("Later: case {n}", { n })} @click=${() => move(1)}>${icon("arrow-down")}</button></li>`;
      })}</ol></section>`;
  }

  /** @param {Case[]} cases @param {string[]} order */
  keeping(cases, order) {
    const changes = moves(cases, order);
    const saved = changes.filter(({ one }) => one.item).length;
    const blocked = saved > 0 && !state.sealing;
    const words = blocked ? t("There is no legal box yet: the number of a saved case cannot be corrected.")
      : saved ? plural("{n} saved case gets a correction of its number.", "{n} saved cases get a correction of their number.", saved) : t("Nothing that is saved changes.");
    return html`<p class="dock__line"><span class="quiet">${words}</span><button class="btn btn--text push" type="button" @click=${() => this.arrange(null)}>${t("Leave it as it was")}</button></p>
      <button class="btn btn--primary btn--field" type="button" data-keep aria-disabled=${!changes.length || blocked || state.busy !== ""} @click=${() => void this.keepIt(changes, blocked)}>${t("Keep this order")}</button>`;
  }

  /** @param {string[]|null} order */
  arrange(order) {
    this.order = order;
    if (state.fault) set({ fault: "" });
    this.requestUpdate();
    void this.updateComplete.then(() => /** @type {HTMLElement|null} */ (this.querySelector(order ? "[data-by]:enabled" : "[data-order]"))?.focus());
  }

  /** @param {string} id @param {number} by */
  move(id, by) {
    const order = [...(this.order ?? [])];
    const at = order.indexOf(id);
    order.splice(at, 1);
    order.splice(at + by, 0, id);
    this.order = order;
    this.requestUpdate();
    // The focus goes along with the case; at an end, to the button that still works.
    void this.updateComplete.then(() => {
      const row = this.querySelector(`[data-case="${id}"]`);
      /** @type {HTMLElement|null} */ (row?.querySelector(`[data-by="${by}"]:enabled`) ?? row?.querySelector("[data-by]:enabled"))?.focus();
    });
  }

  /** @param {{one: Case, n: number}[]} changes @param {boolean} blocked */
  async keepIt(changes, blocked) {
    if (!changes.length || blocked || !(await keepOrder(changes))) return;
    this.arrange(null);
  }

  /** @type {(event: Event) => void} */
  scrolled = (event) => {
    if (!this.order) left.set(this.of, /** @type {HTMLElement} */ (event.target).scrollTop);
  };

  /** The list opens at its end, where the newest cases are; coming back, where it was left. @override */
  updated() {
    const of = state.court?.record ?? "";
    if (this.of === of) return;
    this.of = of;
    const to = left.get(of) ?? 1e6;
    requestAnimationFrame(() => this.querySelector(".main")?.scrollTo(0, to));
  }
}

customElements.define("fa-court", CourtPage);
