// A small table: one line per row, one row open at a time.
import { LitElement, html, nothing } from "lit";
import { live } from "lit/directives/live.js";
import { boxOf, isAnswered } from "../../lib/forms/conditions.js";
import { NOT_LISTED, ODD, newRowId } from "../../lib/forms/definition.js";
import { sayOption } from "../../lib/forms/say.js";
import { optionIds } from "../../lib/forms/validate.js";
import { t } from "../../lib/i18n.js";
import { icon } from "../icon.js";
import { numberStepper } from "./inputs.js";
import { isFillable } from "./plan.js";
import { sealedSign } from "./tiles.js";
import { rowLine } from "./words.js";

/** @typedef {import("./control.js").Field} Field */
/** @typedef {import("./control.js").Answers} Answers */

const MAX_ROWS = 50;

class FaRows extends LitElement {
  /** @override */
  static properties = { field: { attribute: false }, control: { attribute: false }, value: { attribute: false }, _row: { state: true } };

  constructor() {
    super();
    /** @type {Field} */
    this.field = /** @type {any} */ (undefined);
    /** @type {import("./control.js").Control} */
    this.control = /** @type {any} */ (undefined);
    /** @type {Record<string, Answers> | undefined} */
    this.value = /** @type {any} */ (undefined);
    /** @type {string | null} the row that is open */
    this._row = null;
  }

  /** @override */
  createRenderRoot() {
    return this;
  }

  /** @override */
  render() {
    const rows = Object.entries(this.value ?? {});
    const full = rows.length >= (this.field.max ?? MAX_ROWS);
    return html`
      ${rows.length ? html`<div class="card rows">${rows.map(([id, row]) => (id === this._row ? this.#editor(id, row) : this.#line(id, row)))}</div>` : nothing}
      ${full && this.field.max === 1 ? nothing : html`<button class="btn btn--second btn--block" type="button" data-add ?disabled=${full} @click=${this.#add}>${icon("plus")}${rows.length ? t("Add another line") : t("Add a line")}</button>`}
      <button class="btn btn--text btn--block" type="button" @click=${() => this.control.leave(this.field.id)}>${t("Done")}</button>`;
  }

  /** @param {string} id @param {Answers} row */
  #line(id, row) {
    const words = rowLine(this.field, row, this.control) || t("Empty line");
    return html`<button class="done" type="button" data-line=${id} @click=${() => this.#open(id)}><span class="strong">${words}</span><span class="sr">, ${t("Change")}</span><span class="push">${icon("chevron-right", "icon--s")}</span></button>`;
  }

  /** @param {string} id @param {Answers} row */
  #editor(id, row) {
    const columns = (this.field.columns ?? []).filter((column) => isFillable(column, this.control.legalBox));
    // A line that is locked as a whole says so once; a column that always is says it itself.
    const locked = columns.some((column) => column.box_when && isAnswered(row[column.id]) && boxOf(column, row));
    return html`<div class="card__pad ${locked ? "sealed" : ""}" role="group" aria-label=${this.field.label[this.control.lang]} data-line=${id} tabindex="-1">
      ${locked ? sealedSign() : nothing}${columns.map((column) => this.#cell(id, row, column))}
      <div class="line line--between">
        <button class="btn btn--text" type="button" @click=${() => this.#remove(id)}>${icon("trash-2")}${t("Remove")}</button>
        <button class="btn btn--second" type="button" @click=${() => this.#close(id)}>${t("Line done")}</button>
      </div></div>`;
  }

  /** @param {string} id @param {Answers} row @param {Field} column */
  #cell(id, row, column) {
    const named = `cell-${this.field.id}-${column.id}`;
    const locked = Boolean(column.boxes?.length) && !column.box_when;
    const set = (/** @type {unknown} */ value) => this.#set(id, column, value);
    return html`<div class="stack stack--1 ${locked ? "sealed" : ""}"><span class="strong" id=${named}>${column.label[this.control.lang]}</span>
      ${column.help ? html`<span class="quiet">${column.help[this.control.lang]}</span>` : nothing}${locked ? sealedSign() : nothing}${this.#input(column, row[column.id], named, set)}</div>`;
  }

  /** @param {Field} column @param {any} value @param {string} named @param {(value: unknown) => void} set */
  #input(column, value, named, set) {
    if (column.type === "int") return numberStepper(column, value, named, set);
    const typed = (/** @type {Event} */ event) => set(/** @type {HTMLInputElement} */ (event.target).value || undefined);
    if (column.type === "note") {
      return html`<input class="input" type="text" autocomplete="off" maxlength=${column.max ?? 200} placeholder=${column.placeholder?.[this.control.lang] ?? ""}
        aria-labelledby=${named} .value=${live(value ?? "")} @input=${typed}>`;
    }
    const ids = [...optionIds(column), ...(this.control.lists[column.source ?? ""] ?? []).map((item) => item.id), ...(column.type === "pick" ? [NOT_LISTED] : []), ...ODD];
    return html`<select class="input" autocomplete="off" aria-labelledby=${named} @change=${typed}>
      <option value="" ?selected=${!value}>${t("Choose")}</option>
      ${ids.map((one) => html`<option value=${one} ?selected=${value === one}>${sayOption(column, one, this.control.lang, this.control.lists)}</option>`)}</select>`;
  }

  #add = () => {
    const id = newRowId();
    this.control.set(this.field, { ...this.value, [id]: {} });
    this.#open(id);
  };

  /** @param {string} id @param {Field} column @param {unknown} value */
  #set(id, column, value) {
    const row = { ...this.value?.[id] };
    if (value === undefined) delete row[column.id];
    else row[column.id] = value;
    this.control.set(this.field, { ...this.value, [id]: row });
  }

  /** @param {string} id */
  #open(id) {
    this._row = id;
    this.#focus(`[data-line="${id}"]`);
  }

  /** @param {string} id */
  #close(id) {
    this._row = null;
    if (Object.keys(this.value?.[id] ?? {}).length) this.#focus(`[data-line="${id}"]`);
    else this.#remove(id);
  }

  /** @param {string} id */
  #remove(id) {
    const rest = { ...this.value };
    delete rest[id];
    this._row = null;
    this.control.set(this.field, Object.keys(rest).length ? rest : undefined);
    this.#focus("[data-add]");
  }

  /** @param {string} what */
  async #focus(what) {
    // The form renders first, and hands this element its new value.
    await new Promise((done) => requestAnimationFrame(done));
    await this.updateComplete;
    /** @type {HTMLElement | null} */ (this.querySelector(what))?.focus();
  }
}

customElements.define("fa-rows", FaRows);
