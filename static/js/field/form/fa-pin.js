// Where it is: the phone's position if the person asks for it, and beside it words that a stranger would find the place by.
import { LitElement, html, nothing } from "lit";
import { cellOf } from "../../lib/forms/definition.js";
import { t } from "../../lib/i18n.js";
import { icon } from "../icon.js";
import { next, textBox } from "./inputs.js";

class FaPin extends LitElement {
  /** @override */
  static properties = { field: { attribute: false }, control: { attribute: false }, value: { attribute: false }, _state: { state: true } };

  constructor() {
    super();
    /** @type {import("./control.js").Field} */
    this.field = /** @type {any} */ (undefined);
    /** @type {import("./control.js").Control} */
    this.control = /** @type {any} */ (undefined);
    /** @type {import("./control.js").Position | undefined} */
    this.value = /** @type {any} */ (undefined);
    /** @type {"" | "looking" | "failed"} */
    this._state = "";
  }

  /** @override */
  createRenderRoot() {
    return this;
  }

  /** @override */
  render() {
    const { fields, lang, locate } = this.control;
    const beside = fields.filter((one) => one.with === this.field.id && one.type === "note");
    return html`
      ${locate ? html`<button class="btn btn--second btn--block" type="button" @click=${this.#find}>${icon("map-pin")}${this.value ? t("Use my position again") : t("Use my position")}</button>` : nothing}
      <p class="quiet" role="status">${this.#says()}</p>
      ${beside.map((one) => html`<div class="stack stack--1"><label for="in-${one.id}" id="ask-${one.id}">${one.label[lang]}</label>${textBox(one, this.control, `ask-${one.id}`)}</div>`)}
      ${next(this.field, this.control)}`;
  }

  #says() {
    if (this._state === "looking") return t("Asking this phone where it is");
    if (this._state === "failed") return t("This phone did not say where it is. Nothing is lost: write the cross street.");
    return this.value ? t("Position taken, within {n} m. The record shows others only the area {cell}.", { n: this.value.accuracy, cell: cellOf(this.value) }) : "";
  }

  #find = async () => {
    this._state = "looking";
    try {
      this.control.set(this.field, await this.control.locate?.());
      this._state = "";
    } catch {
      this._state = "failed";
    }
  };
}

customElements.define("fa-pin", FaPin);
