// One of a long list: the common ones as tiles, the rest by a few letters. What is not in the list has its own tile.
import { LitElement, html, nothing } from "lit";
import { NOT_LISTED, ODD } from "../../lib/forms/definition.js";
import { t } from "../../lib/i18n.js";
import { icon } from "../icon.js";
import { plainLetters } from "./letters.js";
import { radio } from "./tiles.js";

const FEW = 8;

class FaPick extends LitElement {
  /** @override */
  static properties = { field: { attribute: false }, control: { attribute: false }, value: { attribute: false }, _query: { state: true }, _searching: { state: true } };

  constructor() {
    super();
    /** @type {import("./control.js").Field} */
    this.field = /** @type {any} */ (undefined);
    /** @type {import("./control.js").Control} */
    this.control = /** @type {any} */ (undefined);
    /** @type {string | undefined} */
    this.value = /** @type {any} */ (undefined);
    this._query = "";
    this._searching = false;
  }

  /** @override */
  createRenderRoot() {
    return this;
  }

  /** @override */
  render() {
    const items = this.#items();
    const few = items.length <= FEW;
    const tiles = few ? items : items.filter((item) => this.field.common?.includes(item.id) || item.id === this.value);
    const found = this.#found(items);
    const small = (/** @type {string} */ id) => radio(this.field, id, this.control, true);
    return html`
      ${tiles.length && !this._searching ? html`<div class="taps">${tiles.map(this.#tile)}${few ? nothing : this.#opener()}</div>` : nothing}
      ${few || (tiles.length && !this._searching) ? nothing : this.#search(found)}
      <div class="taps taps--odd">${[NOT_LISTED, ...ODD].map(small)}</div>`;
  }

  /** @param {{id: string, label: string}} item */
  #tile = (item) => radio(this.field, item.id, this.control, false, item.label);

  #opener() {
    const start = async () => {
      this._searching = true;
      await this.updateComplete;
      this.querySelector("input")?.focus();
    };
    return html`<button class="tap tap--wide tap--more" type="button" @click=${start}>${icon("search")}<span>${t("Another one…")}</span></button>`;
  }

  /** @param {{id: string, label: string}[]} found */
  #search(found) {
    const type = (/** @type {Event} */ event) => (this._query = /** @type {HTMLInputElement} */ (event.target).value);
    return html`<label class="stack stack--1"><span class="quiet">${t("Type a few letters")}</span>
        <input class="input" type="search" autocomplete="off" .value=${this._query} @input=${type}></label>
      <p class="sr" role="status">${this._query ? t("Found: {n}", { n: found.length }) : ""}</p>
      <div class="taps">${found.map(this.#tile)}</div>
      ${this._query && !found.length ? html`<p class="quiet">${t("Nothing like it in the list. Take \u201cNot in the list\u201d.")}</p>` : nothing}`;
  }

  /** @param {{id: string, label: string}[]} items */
  #found(items) {
    const wanted = plainLetters(this._query.trim());
    const starts = items.filter((item) => plainLetters(item.label).startsWith(wanted));
    const holds = items.filter((item) => !starts.includes(item) && plainLetters(item.label).includes(wanted));
    return [...starts, ...holds].slice(0, FEW);
  }

  /** @returns {{id: string, label: string}[]} */
  #items() {
    const { lang, lists } = this.control;
    return (lists[this.field.source ?? ""] ?? []).map(({ id, label }) => ({ id, label: typeof label === "string" ? label : label[lang] }));
  }
}

customElements.define("fa-pick", FaPick);
