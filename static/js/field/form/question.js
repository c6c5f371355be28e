// One open question: its words and its answers. The answers are real radio buttons and checkboxes under big tiles.
import { html, nothing } from "lit";
import { live } from "lit/directives/live.js";
import { isAnswered } from "../../lib/forms/conditions.js";
import { ODD } from "../../lib/forms/definition.js";
import { sayOption } from "../../lib/forms/say.js";
import { aloneIds, optionIds } from "../../lib/forms/validate.js";
import { t } from "../../lib/i18n.js";
import { icon } from "../icon.js";
import "./fa-pick.js";
import "./fa-pin.js";
import "./fa-rows.js";
import { dateInput, moneyInput, noteInput, numberInput, timeInput } from "./inputs.js";
import { radio, sealedSign } from "./tiles.js";

/** @typedef {import("./control.js").Control} Control */
/** @typedef {import("./control.js").Field} Field */

/**
 * @param {Field} field @param {Control} control @param {{chain?: boolean, close?: boolean}} [options] `close`: it was opened
 * again, so it needs a way to be closed without an answer
 */
export function question(field, control, { chain = false, close = false } = {}) {
  const kind = chain ? "chain__step chain__step--now" : "q";
  const locked = Boolean(field.boxes?.length);
  return html`<fieldset class="${kind} ${locked ? "sealed" : ""}" data-q=${field.id} tabindex="-1" @keydown=${control.key}>
    <legend class="q__ask" id="ask-${field.id}">${(field.ask ?? field.label)[control.lang]}${field.help ? html`<small>${field.help[control.lang]}</small>` : nothing}</legend>
    ${locked ? sealedSign() : nothing}
    ${body(field, control)}
    ${close && (!field.star || isAnswered(control.answers[field.id])) ? closeRow(field, control) : nothing}
  </fieldset>`;
}

/** @param {Field} field @param {Control} control */
function closeRow(field, control) {
  const clear = () => control.set(field, undefined, true);
  return html`<div class="line line--between q__close">
    ${isAnswered(control.answers[field.id]) ? html`<button class="btn btn--text" type="button" @click=${clear}>${t("Take this answer out")}</button>` : html`<span></span>`}
    <button class="btn btn--text" type="button" @click=${() => control.leave(field.id)}>${t("Close this question")}</button>
  </div>`;
}

/** @param {Field} field @param {Control} control @returns {unknown} */
function body(field, control) {
  switch (field.type) {
    case "one": case "ynu": case "band": return oneOf(field, control);
    case "many": return severalOf(field, control);
    case "pick": return html`<fa-pick .field=${field} .control=${control} .value=${control.answers[field.id]}></fa-pick>`;
    case "int": return numberInput(field, control);
    case "money": return moneyInput(field, control);
    case "time": return timeInput(field, control);
    case "date": return dateInput(field, control);
    case "pin": return html`<fa-pin .field=${field} .control=${control} .value=${control.answers[field.id]}></fa-pin>`;
    case "rows": return html`<fa-rows .field=${field} .control=${control} .value=${control.answers[field.id]}></fa-rows>`;
    default: return noteInput(field, control);
  }
}

/** "Other" and "could not tell" are last resorts: they stand with the small ones. @param {Field} field @param {string} id */
const isSmall = (field, id) => field.type !== "many" && (id === "other" || id === "could_not_tell");

/** @param {Field} field @param {Control} control */
function oneOf(field, control) {
  const ids = optionIds(field);
  const tile = (/** @type {string} */ id) => radio(field, id, control, isSmall(field, id) || ODD.includes(id));
  return html`<div class="taps">${ids.filter((id) => !isSmall(field, id)).map(tile)}</div>
    <div class="taps taps--odd">${[...ids.filter((id) => isSmall(field, id)), ...ODD].map(tile)}</div>`;
}

/** @param {Field} field @param {Control} control */
function severalOf(field, control) {
  /** @type {string[]} */
  const chosen = control.answers[field.id] ?? [];
  const alone = aloneIds(field);
  const toggle = (/** @type {string} */ id) => {
    if (chosen.includes(id)) return control.set(field, chosen.filter((one) => one !== id));
    if (alone.includes(id)) return control.set(field, [id], true);
    return control.set(field, [...chosen.filter((one) => !alone.includes(one)), id]);
  };
  const tile = (/** @type {string} */ id) => html`<label class="tap ${ODD.includes(id) ? "tap--small" : ""}"><input type="checkbox" autocomplete="off" value=${id}
    .checked=${live(chosen.includes(id))} @change=${() => toggle(id)}><span>${sayOption(field, id, control.lang)}</span>${ODD.includes(id) ? nothing : icon("check")}</label>`;
  return html`<div class="taps">${optionIds(field).map(tile)}</div><div class="taps taps--odd">${ODD.map(tile)}</div>`;
}
