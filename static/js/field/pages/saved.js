// A record that is saved: what it is and how it stands, never what it says; what was corrected in it, and the way to correct an answer.
import { LitElement, html, nothing } from "lit";
import es from "../../lib/es/saved.js";
import { questionsOf } from "../../lib/forms/correct.js";
import { plural, register, t } from "../../lib/i18n.js";
import { arrived, homeZone, place } from "../find.js";
import { plainLetters } from "../form/letters.js";
import { icon } from "../icon.js";
import { dockLine, empty, note, taskBar } from "../parts.js";
import { to } from "../router.js";
import { state } from "../state.js";
import { address, dayPart, halfDay, say } from "../words.js";
import { correct, formAt } from "../writing.js";
import { isShut, lockedCard, wayIn } from "./locked.js";
import { isEvidence, shown, titleOf, whereOf } from "./outbox.js";

register("es", es);

/** @typedef {import("../types.js").Item} Item */
/** @typedef {import("../../lib/forms/correct.js").Group} Group */
/** @typedef {import("../../lib/forms/correct.js").Question} Question */

/** From so many questions on a few letters find one. */
const MANY = 10;

/** One's own records only: the outbox lists no others. @param {string} id @returns {Item|undefined} */
const record = (id) => state.items.find((one) => one.id === id && isEvidence(one));

/** @param {Item} item */
const formOf = (item) => formAt(item.form ?? "", item.form_hash);

/** @param {string} id of the record */
export function savedPage(id) {
  if (isShut()) return html`${taskBar(t("Saved record"), "", to("write"), t("Back to Write"))}<main class="main" id="main">${lockedCard(true, wayIn(true))}</main>`;
  const item = record(id);
  if (!item) return gone();
  const amends = item.label.corrects ?? item.label.closes;
  const first = item.kind === "observation" ? item : amends ? record(amends) : undefined;
  const can = first && formOf(first);
  const inside = first?.label.session && first.label.session === state.court?.record;
  return html`${taskBar(titleOf(item), whereOf(item), to(inside ? "court" : "write"), inside ? t("Back to the session") : t("Back to Write"))}
    <main class="main" id="main" tabindex="0">
      ${standing(item)}${facts(item)}
      ${item === first ? locked() : original(item, first)}
      ${can ? nothing : tooOld(Boolean(first))}
      ${item === first ? corrections(item) : nothing}
    </main>
    <footer class="dock dock__act"><p class="dock__line">${dockLine()}</p>
      ${can ? html`<a class="btn btn--primary btn--field" href=${to("choose", first.id)}>${icon("pencil-line")}${t("Correct an answer")}</a>` : nothing}</footer>`;
}

function gone() {
  return html`${taskBar(t("Saved record"), "", to("write"), t("Back to Write"))}<main class="main" id="main">
    ${empty("file-question-mark", t("This record is not listed on this phone"), t("What was received is safe. A phone forgets it after two weeks, and shows it only to the person who wrote it. To correct it, tell the legal team or your coordinator."),
      html`<a class="btn btn--primary btn--field" href=${to("write")}>${t("Go to Write")}</a>`)}</main>`;
}

/** @param {Item} item */
function standing(item) {
  const { kind, icon: name, word, text, act } = shown(item);
  const said = text ?? (arrived(item) ? t("The server has it. You need not do anything.") : t("Nothing is lost. It goes by itself as soon as it can."));
  return html`<section class="card" aria-label=${t("How it stands")}><div class="row row--item"><span class="disc disc--${kind}">${icon(name)}</span>
    <div class="row__body"><p class="status status--${kind}">${word}</p><p class="row__say">${said}</p>${act ?? nothing}</div></div></section>`;
}

/** @param {Item} item */
function facts(item) {
  const { label } = item;
  const where = place(label.place);
  const found = state.snapshot?.public?.forms.find((one) => one.id === (item.form ?? "").split("@")[0]);
  const zone = where?.zone ?? homeZone();
  /** @type {[string, string][]} */
  const lines = [
    [t("Form"), say(found?.title)],
    [t("Place"), where ? [where.name, address(where)].filter(Boolean).join(", ") : label.cell ? t("Area of about 1 km") : ""],
    [t("When"), label.part ? halfDay(label.part, state.now, zone) : ""],
    [t("Case"), label.order ? String(label.order) : ""],
  ];
  return html`<dl class="facts facts--card card">${lines.filter(([, words]) => words).map(([name, words]) => html`<dt>${name}</dt><dd>${upper(words)}</dd>`)}</dl>`;
}

/** @param {string} text */
const upper = (text) => text.charAt(0).toUpperCase() + text.slice(1);

function locked() {
  return note("", "lock", t("Nobody can read it on this phone again"),
    t("Not you either. It cannot be changed; a correction is a new record beside it. The legal team sees the new answer, and the old one struck through."));
}

/** @param {Item} item @param {Item|undefined} first */
function original(item, first) {
  return html`${note("", "lock", t("Nobody can read it on this phone again"), item.label.corrects ? t("To undo or change this correction, correct the same answer once more.") : t("To change what you wrote at the close, correct that answer."))}
    ${first ? html`<a class="row card" href=${to("saved", first.id)}>${icon("file-text")}<span class="row__body"><span class="row__title">${titleOf(first)}</span><span class="row__sub">${t("The record that it belongs to")}</span></span>${icon("chevron-right")}</a>` : nothing}`;
}

/** The record or the form that it was written with has left the phone. @param {boolean} here whether the record is still listed */
function tooOld(here) {
  const safe = t("What you saved is safe. Tell the legal team or your coordinator what is wrong, with the place and the half-day.");
  return note("wait", "circle-alert", here ? t("Its questions are not on this phone any more") : t("It cannot be corrected here any more"), safe);
}

/** @param {Item} item */
function corrections(item) {
  const made = state.items.filter((one) => one.label.corrects === item.id || one.label.closes === item.id);
  const begun = state.drafts.filter((one) => one.corrects?.id === item.id);
  if (!made.length && !begun.length) return nothing;
  return html`<section class="section" aria-labelledby="made"><div class="section__head"><h2 id="made">${t("Corrections")}</h2>
      <span class="quiet">${made.length ? plural("{n} saved", "{n} saved", made.length) : nothing}</span></div>
    <ul class="card rows">${begun.map((one) => html`<li><a class="row row--slim" href=${to("form", one.id)}><span class="row__body"><span class="row__title">${t("Correction")}</span></span>
        <span class="status">${icon("pencil-line")}${t("Not finished")}</span>${icon("chevron-right")}</a></li>`)}
      ${made.map((one) => correction(one))}</ul></section>`;
}

/** @param {Item} one */
function correction(one) {
  const { kind, icon: name, word } = shown(one);
  const zone = place(one.label.place)?.zone ?? homeZone();
  return html`<li><a class="row row--slim" href=${to("saved", one.id)}><span class="row__body"><span class="row__title">${one.label.closes ? t("Closing of the session") : t("Correction")}</span>
    <span class="row__sub">${upper(halfDay(dayPart(one.saved_at, zone), state.now, zone))}</span></span>
    <span class="status status--${kind}">${icon(name)}${kind === "saved" || kind === "waiting" ? t("Saved here") : word}</span>${icon("chevron-right")}</a></li>`;
}

/** @param {string} id of the record */
export function choosePage(id) {
  const item = record(id);
  if (isShut() || !item || item.kind !== "observation" || !formOf(item)) return savedPage(id);
  return html`<fa-choose .item=${item} .drafts=${state.drafts}></fa-choose>`;
}

class Choose extends LitElement {
  /** @override */
  static properties = { item: { attribute: false }, drafts: { attribute: false }, _query: { state: true } };

  constructor() {
    super();
    /** @type {Item} */
    this.item = /** @type {any} */ (undefined);
    /** @type {import("../types.js").Draft[]} */
    this.drafts = [];
    this._query = "";
  }

  /** @override */
  createRenderRoot() {
    return this;
  }

  /** @override */
  render() {
    const defn = formOf(this.item);
    if (!defn) return nothing;
    const groups = questionsOf(defn, state.sealing, { en: "Timeline", es: "Cronología" });
    const count = groups.reduce((n, one) => n + one.questions.length, 0);
    const found = this.#found(groups);
    const n = found.reduce((sum, one) => sum + one.questions.length, 0);
    return html`${taskBar(t("Which answer?"), [titleOf(this.item), whereOf(this.item)].filter(Boolean).join(", "), to("saved", this.item.id), t("Back to the record"))}
      <main class="main" id="main">
        <p class="quiet">${t("What you answered is not shown: nobody can read it here. Choose the question, then answer it anew or take the answer back.")}</p>
        ${state.sealing ? nothing : note("wait", "lock", t("Nothing can be locked here yet"), t("Your chapter's legal team has not made its box, so notes, exact times and places cannot be corrected. All else can. A coordinator can ask the legal team."))}
        ${count > MANY ? this.#search(n) : nothing}
        ${found.map((group) => this.#group(group))}
      </main>`;
  }

  /** @param {number} n */
  #search(n) {
    const type = (/** @type {Event} */ event) => (this._query = /** @type {HTMLInputElement} */ (event.target).value);
    return html`<label class="stack stack--1"><span class="strong">${t("Find a question")}</span><input class="field" type="search" autocomplete="off" .value=${this._query} @input=${type}></label>
      <p class="sr" role="status">${this._query ? plural("{n} question", "{n} questions", n) : ""}</p>
      ${n ? nothing : html`<p class="quiet">${t("No question has these words. Try one of them.")}</p>`}`;
  }

  /** @param {Group[]} groups @returns {Group[]} */
  #found(groups) {
    const words = plainLetters(this._query).split(/\s+/).filter(Boolean);
    const has = (/** @type {Question} */ one) => words.every((word) => plainLetters(`${one.label.en} ${one.label[state.lang]}`).includes(word));
    return groups.map((group) => ({ ...group, questions: group.questions.filter(has) })).filter((group) => group.questions.length);
  }

  /** @param {Group} group */
  #group({ name, questions }) {
    const names = { first: t("First questions"), words: t("In your words"), more: t("More"), close: t("At the close of the session") };
    return html`<section class="section" aria-labelledby="g-${name}"><div class="section__head"><h2 id="g-${name}">${names[name]}</h2></div>
      <div class="card rows">${questions.map((one) => this.#row(one))}</div></section>`;
  }

  /** @param {Question} one */
  #row({ id, label, locked: sealed, adds }) {
    const begun = this.drafts.some((draft) => draft.corrects?.id === this.item.id && draft.corrects.ask === id);
    const sub = begun ? t("Not finished") : adds === "line" ? t("One line can be added") : adds === "moment" ? t("One moment can be added") : "";
    return html`<button class="row row--slim" type="button" @click=${() => correct(this.item, id)}><span class="row__body"><span class="row__title row__title--plain">${label[state.lang]}</span>
      ${sub ? html`<span class="row__sub">${sub}</span>` : nothing}</span>${sealed ? html`<span class="sr">, ${t("Locked: only the legal team can open it")}</span>${icon("lock", "icon--s")}` : nothing}${icon("chevron-right")}</button>`;
  }
}

customElements.define("fa-choose", Choose);
