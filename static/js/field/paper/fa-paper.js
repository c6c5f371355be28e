// <fa-paper>: rows of cases typed in by keyboard, or by taps. It keeps every change, and saves nothing until it is told to.
import { html, nothing } from "lit";
import { isAnswered } from "../../lib/forms/conditions.js";
import { plural, t } from "../../lib/i18n.js";
import { whyNotSaved } from "../acts.js";
import { place } from "../find.js";
import { icon } from "../icon.js";
import { PageElement } from "../page.js";
import { dockLine, taskBar } from "../parts.js";
import { to } from "../router.js";
import { state } from "../state.js";
import { halfDay, placeShort, say } from "../words.js";
import { formNamed } from "../writing.js";
import { SHEET, addRow, answer, columnsOf, filled, isAskedOf, isBlank, put, removeRow, restAsAbove, rowAbove, rowAt, toggled, typeIn } from "./book.js";
import { checkPage } from "./check.js";
import { answerFor, foundBy, isChoice } from "./keys.js";
import { caseForms, knownAt, shiftAt, zoneAt } from "./known.js";
import { begun, countOf, keep, saveAll } from "./saving.js";
import { grid, pad } from "./view.js";

/** @typedef {import("./book.js").Book} Book */
/** @typedef {import("./book.js").At} At */
/** @typedef {import("./book.js").Field} Field */
/** @typedef {import("./saving.js").Kept} Kept */

const UNDOABLE = 300;

export class FaPaper extends PageElement {
  /** @override */
  static properties = { draft: { attribute: false }, begun: { attribute: false }, done: { attribute: false } };

  constructor() {
    super();
    this.draft = "";
    /** What was kept of it when it was opened. @type {Kept} */
    this.begun = /** @type {any} */ (undefined);
    /** What it is now. @type {Kept} */
    this.kept = /** @type {any} */ (undefined);
    /** Called when all is saved. @type {() => void} */
    this.done = () => undefined;
    this.letters = "";
    this.checking = false;
    this.saved = -1;
    this.fault = "";
    /** @type {{book: Book, at: At}[]} */
    this.earlier = [];
    /** What was typed since the cell was gone to: shown as it is typed, whatever it means. @type {string | null} */
    this.text = null;
    this.addEventListener("keydown", (event) => this.key(event));
    // A page that opens has its heading focused; here the first cell is, so that typing can begin.
    this.addEventListener("focusin", (event) => {
      const heading = /** @type {HTMLElement} */ (event.target).matches("h1");
      if (heading && !this.checking && !this.book.saving) void this.focusCell();
    });
  }

  /** Another one. @override @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (!changed.has("draft")) return;
    this.kept = this.begun;
    this.earlier = [];
    this.checking = false;
    this.saved = -1;
  }

  get book() {
    return this.kept.paper;
  }

  /** @returns {At} */
  get at() {
    return this.kept.cursor ?? { row: this.book.head ? -1 : 0, field: SHEET };
  }

  /** @returns {import("./view.js").Desk} */
  get desk() {
    const { place: where, part } = this.kept;
    return {
      known: knownAt(where), paper: { part, zone: zoneAt(where), lang: state.lang }, at: this.at, letters: this.letters, text: this.text,
      go: (at) => this.go(at), choose: (id) => this.choose(id), type: (text) => this.type(text), find: (letters) => this.find(letters),
      next: () => this.next(), back: () => this.back(), same: () => this.same(),
    };
  }

  /** @param {number} row */
  defnOf(row) {
    return formNamed(row < 0 ? this.book.form : this.book.caseForm);
  }

  /** @param {number} row @returns {Field[]} */
  columns(row) {
    const { head, rows, all } = this.book;
    const defn = this.defnOf(row);
    return defn ? columnsOf(defn, row < 0 ? [head] : rows, { all, legalBox: state.sealing }) : [];
  }

  get field() {
    return this.columns(this.at.row).find((one) => one.id === this.at.field);
  }

  /** @override */
  render() {
    const { place: where, part } = this.kept;
    const spot = place(where);
    const sub = [spot ? `${spot.name}, ${placeShort(spot)}` : "", halfDay(part, state.now, zoneAt(where))].filter(Boolean).join(", ");
    return html`${taskBar(t("From paper"), sub, to("paper"), t("Back to From paper"))}${this.book.saving ? this.savingPage() : this.checking ? this.check() : this.entry()}`;
  }

  entry() {
    const { at, field, desk } = this;
    const row = rowAt(this.book, at.row);
    const defn = this.defnOf(at.row);
    const n = filled(this.book).length;
    return html`<main class="main main--paper" id="main">${this.box()}${this.head(desk)}${this.cases(desk)}</main>
      ${field && row && defn ? pad({ defn, field, row, name: this.nameOf(at.row), above: rowAbove(this.book, at.row) }, desk) : nothing}
      <footer class="dock dock__act dock--paper"><p class="dock__line">${dockLine()}<span class="push nowrap">${t("Kept on this phone at every change")}</span></p>
        <button class="btn btn--primary btn--field" type="button" data-save aria-disabled=${!n && !this.book.head?.answers.type} @click=${() => this.look()}>${n || !this.book.head ? plural("Save {n} case…", "Save all {n} cases…", n) : t("Save the session…")}</button></footer>`;
  }

  /** @param {number} row */
  nameOf(row) {
    return row < 0 ? t("Session") : this.book.head ? t("Case {n}", { n: row + 1 }) : t("No. {n}", { n: row + 1 });
  }

  box() {
    if (state.sealing) return nothing;
    return html`<div class="note note--wait">${icon("lock")}<p><b>${t("Nothing can be locked here yet")}</b>${t("Your chapter's legal team has not made its box. Taps count; notes and exact times are left out.")}</p></div>`;
  }

  /** @param {import("./view.js").Desk} desk */
  head(desk) {
    const { head, form } = this.book;
    const defn = formNamed(form);
    if (!head || !defn) return nothing;
    return html`<section class="section" aria-labelledby="pp-head"><div class="section__head"><h2 id="pp-head">${say(defn.title)}</h2></div>
      ${grid({ defn, title: say(defn.title), columns: this.columns(-1), rows: [{ row: head, n: -1, name: t("Session") }] }, desk)}${this.kinds()}</section>`;
  }

  /** Where a sitting is mixed: what the sheets are. */
  kinds() {
    const forms = this.offered();
    if (forms.length < 2) return nothing;
    return html`<fieldset class="pp-kinds"><legend class="quiet">${t("The cases on these sheets are")}</legend>${forms.map((one) => html`<label class="tap tap--small"><input type="radio" autocomplete="off" name="pp-kind"
      .checked=${this.book.caseForm === one.id} @change=${() => this.change({ ...this.book, caseForm: one.id })}><span>${say(one.title)}</span></label>`)}</fieldset>`;
  }

  offered() {
    const { head, form } = this.book;
    const defn = formNamed(form);
    return head && defn ? caseForms(defn, head.answers) : [];
  }

  /** @param {import("./view.js").Desk} desk */
  cases(desk) {
    const { head, caseForm, rows, all } = this.book;
    const defn = formNamed(caseForm);
    if (!defn) return html`<p class="quiet">${head?.answers.type ? t("This kind of sitting has tallies only, no cases.") : t("First the kind of sitting: then its cases can be typed in.")}</p>`;
    const tool = (/** @type {string} */ name, /** @type {string} */ word, /** @type {() => void} */ act, off = false) => html`<button class="btn btn--text" type="button" aria-disabled=${off} @click=${act}>${icon(name)}${word}</button>`;
    return html`<section class="section" aria-labelledby="pp-cases"><div class="section__head pp-tools"><h2 id="pp-cases">${head ? plural("{n} case", "{n} cases", filled(this.book).length) : say(defn.title)}</h2><span class="push"></span>
        ${tool("undo-2", t("Undo"), () => this.undo(), !this.earlier.length)}${tool(all ? "list-filter" : "list-plus", all ? t("Fewer questions") : t("All questions"), () => this.change({ ...this.book, all: !all }))}
        ${this.at.row >= 0 ? tool("trash-2", t("Remove {name}", { name: this.nameOf(this.at.row) }), () => this.removeCase()) : nothing}</div>
      ${grid({ defn, title: say(defn.title), columns: this.columns(0), rows: rows.map((row, n) => ({ row, n, name: String(n + 1) })) }, desk)}
      <p class="quiet pp-keys">${t("Keys: digits and letters answer · Space as above · = the rest as above · Enter on · Esc back · arrows move · # the sheet · Ctrl+Z undoes")}</p></section>`;
  }

  check() {
    const defns = { head: formNamed(this.book.form), cases: formNamed(this.book.caseForm) };
    return checkPage({
      book: this.book, ...defns, desk: this.desk, columns: (row) => this.columns(row), name: (row) => this.nameOf(row), fault: this.fault,
      where: this.kept.place, part: this.kept.part, fix: (at) => this.goBack(at), text: (at, text) => this.change(answer(this.book, at, text)), save: () => void this.save(),
    });
  }

  savingPage() {
    const all = countOf(this.book);
    const done = Math.max(0, this.saved);
    const running = this.saved >= 0 && !this.fault;
    return html`<main class="main" id="main"><h2 class="title" tabindex="-1" data-heading>${running ? t("Saving") : t("Saving was interrupted")}</h2>
        <p class="lead" role="status">${running ? t("{n} of {all} are saved on this phone.", { n: done, all }) : this.fault || t("What was saved is safe, and nothing is saved twice. Go on to save the rest.")}</p>
        <progress class="pp-progress" max=${all} value=${done} aria-label=${t("Saving")}></progress></main>
      <footer class="dock dock__act">${running ? nothing : html`<button class="btn btn--primary btn--field" type="button" @click=${() => void this.save()}>${t("Go on saving")}</button>`}</footer>`;
  }

  // What changes

  /** @param {Book} book @param {At} [at] @param {{undo?: boolean}} [how] */
  change(book, at = this.at, { undo = true } = {}) {
    if (undo && book !== this.book) this.earlier = [...this.earlier.slice(-UNDOABLE), { book: this.book, at: this.at }];
    const forms = book.head && formNamed(book.form) ? caseForms(/** @type {any} */ (formNamed(book.form)), book.head.answers) : null;
    const caseForm = forms && !forms.some((one) => one.id === book.caseForm) && !filled(book).length ? (forms[0]?.id ?? "") : book.caseForm;
    this.kept = { ...this.kept, paper: { ...book, caseForm }, cursor: at };
    keep(this.draft, { ...this.kept, shift: shiftAt(this.kept.place, this.kept.part) });
    this.requestUpdate();
  }

  undo() {
    const last = this.earlier.at(-1);
    if (!last) return;
    this.earlier = this.earlier.slice(0, -1);
    this.letters = "";
    this.text = null;
    this.change(last.book, last.at, { undo: false });
    void this.focusCell();
  }

  /** @param {At} at */
  go(at) {
    this.letters = "";
    this.kept = { ...this.kept, cursor: at };
    this.text = null;
    keep(this.draft, this.kept);
    this.requestUpdate();
    void this.focusCell();
  }

  /** @param {At} at */
  goBack(at) {
    this.checking = false;
    this.go(at);
  }

  /** @param {string} id */
  choose(id) {
    const { field, at } = this;
    if (!field) return;
    this.letters = "";
    const now = rowAt(this.book, at.row)?.answers[at.field];
    if (field.type === "many") {
      const chosen = toggled(field, Array.isArray(now) ? now : [], id);
      this.change(answer(this.book, at, chosen));
      const alone = chosen.length === 1 && !field.options?.some((one) => one.id === id && !one.alone);
      return alone ? this.next() : void this.focusCell();
    }
    this.change(answer(this.book, at, field.type === "flag" ? id === "yes" : id));
    this.next();
  }

  /** @param {string} text */
  type(text) {
    const { field } = this;
    if (!field) return;
    const first = this.text === null;
    this.text = text;
    this.change(typeIn(this.book, this.at, field, text, this.desk.paper), this.at, { undo: first });
  }

  /** @param {string} letters */
  find(letters) {
    this.letters = letters;
    this.requestUpdate();
    void this.updateComplete.then(() => this.cell()?.scrollIntoView({ block: "nearest" }));
  }

  same() {
    const above = rowAbove(this.book, this.at.row);
    const value = above?.answers[this.at.field];
    if (!isAnswered(value)) return;
    this.change(answer(this.book, this.at, value));
    this.next();
  }

  removeCase() {
    const { row } = this.at;
    const book = removeRow(this.book, row);
    this.change(book, { row: Math.min(row, book.rows.length - 1), field: this.at.field });
    void this.focusCell();
  }

  // Where one goes

  /** The asked columns of a row. @param {number} row */
  asked(row) {
    const [one, defn] = [rowAt(this.book, row), this.defnOf(row)];
    return one && defn ? this.columns(row).filter((field) => isAskedOf(defn, one, field.id)) : [];
  }

  /** @param {number} row @returns {At} the first question of a row: its sheet only where none is carried over */
  start(row) {
    const [first, second] = this.asked(row);
    const field = first?.id === SHEET && rowAt(this.book, row)?.sheet.trim() && second ? second : first;
    return { row, field: field?.id ?? SHEET };
  }

  next() {
    const { row, field } = this.at;
    const columns = this.asked(row);
    const place = this.columns(row).findIndex((one) => one.id === field);
    const on = this.columns(row).slice(place + 1).find((one) => columns.includes(one));
    if (on) return this.go({ row, field: on.id });
    if (!formNamed(this.book.caseForm)) return this.focusSave();
    const last = row === this.book.rows.length - 1;
    if (last && row >= 0 && isBlank(/** @type {any} */ (rowAt(this.book, row)))) return this.focusSave();
    if (last) this.change(addRow(this.book), this.at, { undo: false });
    if (row < 0 && this.book.head?.sheet && !this.book.rows[0]?.sheet) this.change(put(this.book, 0, { sheet: this.book.head.sheet }), this.at, { undo: false });
    this.go(this.start(row + 1));
  }

  back() {
    const { row, field } = this.at;
    const place = this.columns(row).findIndex((one) => one.id === field);
    const asked = this.asked(row);
    const before = this.columns(row).slice(0, Math.max(0, place)).findLast((one) => asked.includes(one));
    if (before) return this.go({ row, field: before.id });
    const up = row > 0 || this.book.head ? row - 1 : row;
    const end = this.asked(up).at(-1);
    if (up < row && end) this.go({ row: up, field: end.id });
  }

  /** @param {number} down @param {number} right */
  move(down, right) {
    const { row, field } = this.at;
    if (right) {
      const columns = this.asked(row);
      const to = columns[columns.findIndex((one) => one.id === field) + right];
      return to && this.go({ row, field: to.id });
    }
    const target = row + down;
    if (!rowAt(this.book, target) || !this.defnOf(target)) return undefined;
    this.go(target < 0 || row < 0 ? this.start(target) : { row: target, field });
  }

  // Keys

  /** @param {KeyboardEvent} event */
  key(event) {
    if (this.checking || this.book.saving || event.isComposing) return;
    const inside = /** @type {HTMLElement} */ (event.target);
    const typing = inside.matches("[data-type]");
    const finding = inside.matches("[data-find]");
    if (!typing && !finding && !inside.matches("[data-cell]")) return;
    if (this.held(event, typing)) event.preventDefault();
  }

  /** @param {KeyboardEvent} event @param {boolean} typing @returns {boolean} whether the key was ours */
  held(event, typing) {
    const { key, shiftKey: shift } = event;
    if (event.ctrlKey || event.metaKey) return key.toLowerCase() === "z" && !shift && !(typing && this.text !== null) && (this.undo(), true);
    if (event.altKey) return false;
    const box = /** @type {HTMLElement} */ (event.target).matches("[data-type], [data-find]") ? /** @type {HTMLInputElement} */ (event.target) : null;
    switch (key) {
      case "Enter": return this.enter(event);
      case "Escape": return this.escape(), true;
      case "ArrowDown": return box instanceof HTMLTextAreaElement ? false : (this.move(1, 0), true);
      case "ArrowUp": return box instanceof HTMLTextAreaElement ? false : (this.move(-1, 0), true);
      case "ArrowLeft": return !box || box.selectionEnd === 0 ? (this.move(0, -1), true) : false;
      case "ArrowRight": return !box || box.selectionStart === box.value.length ? (this.move(0, 1), true) : false;
      default: return box ? false : this.letter(key);
    }
  }

  /** @param {KeyboardEvent} event */
  enter(event) {
    const text = event.target instanceof HTMLTextAreaElement;
    if (event.shiftKey) return text ? false : (this.back(), true);
    const { field } = this;
    const [first] = field && this.letters ? foundBy(field, this.letters, this.desk.known) : [];
    if (first) this.choose(first.id);
    else if (!this.letters) this.next();
    return true;
  }

  escape() {
    if (!this.letters) return this.back();
    this.letters = "";
    this.requestUpdate();
    void this.focusCell();
  }

  /** A key in a cell of choices. @param {string} key @returns {boolean} */
  letter(key) {
    const { field, at, desk } = this;
    const row = rowAt(this.book, at.row);
    const defn = this.defnOf(at.row);
    if (!field || !row || !defn || key.length > 1 && key !== "Delete" && key !== "Backspace") return false;
    if (key === "#") return this.go({ row: at.row, field: SHEET }), true;
    if (key === " ") return this.same(), true;
    if (key === "=") return this.change(restAsAbove(this.book, at, this.columns(at.row))), void this.focusCell(), true;
    if (!isAskedOf(defn, row, field.id)) return true;
    if (key === "Delete" || key === "Backspace") return this.change(answer(this.book, at, undefined)), true;
    const id = answerFor(field, key, desk.known);
    if (id) return this.choose(id), true;
    if (field.type === "flag" && id === undefined && ["0", "2", "n"].includes(key)) return this.next(), true;
    if (field.type === "pick" && /\p{L}/u.test(key)) /** @type {HTMLElement|null} */ (this.querySelector("[data-find]"))?.focus(); // the letter goes there
    return false;
  }

  focusSave() {
    /** @type {HTMLElement|null} */ (this.querySelector("[data-save]"))?.focus();
  }

  cell() {
    return /** @type {HTMLElement|null} */ (this.querySelector(`[data-cell="${this.at.row} ${this.at.field}"]`));
  }

  /** To where the answer is given: the text box, or the cell whose keys are listened to. */
  async focusCell() {
    await this.updateComplete;
    const cell = this.cell();
    cell?.scrollIntoView({ block: "nearest", inline: "nearest" });
    const box = this.field && !isChoice(this.field) ? /** @type {HTMLInputElement|null} */ (this.querySelector("[data-type]")) : null;
    (box ?? cell)?.focus({ preventScroll: true });
    box?.select();
  }

  // Saving

  look() {
    if (!filled(this.book).length && !this.book.head?.answers.type) return;
    this.checking = true;
    this.fault = "";
    this.requestUpdate();
    void this.focusHeading();
  }

  async save() {
    if (this.saved >= 0 && !this.fault) return;
    this.fault = "";
    this.saved = 0;
    const book = begun(this.book);
    this.kept = { ...this.kept, paper: book, shift: shiftAt(this.kept.place, this.kept.part) };
    void this.focusHeading();
    try {
      await saveAll(this.draft, this.kept, (done) => {
        this.saved = done;
        this.requestUpdate();
      });
      this.done();
    } catch (error) {
      this.fault = whyNotSaved(error);
      this.requestUpdate();
    }
  }

  async focusHeading() {
    await this.updateComplete;
    /** @type {HTMLElement|null} */ (this.querySelector("[data-heading]"))?.focus();
  }

  /** @override */
  firstUpdated() {
    if (!this.book.saving) void this.focusCell();
  }
}

customElements.define("fa-paper", FaPaper);
