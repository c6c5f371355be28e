// Answers that are not tiles: numbers, money, times, dates, text, a position. Whatever is typed is kept at once.
import { html, nothing } from "lit";
import { live } from "lit/directives/live.js";
import { momentOf, wallOf } from "../../lib/forms/zone.js";
import { t } from "../../lib/i18n.js";
import { icon } from "../icon.js";

/** @typedef {import("./control.js").Control} Control */
/** @typedef {import("./control.js").Field} Field */

const MAX_INT = 9999;
const MAX_MONEY = 10_000_000_000;
const MONEY_STEP = 50_000;

/** @param {Field} field @param {Control} control */
export const next = (field, control) =>
  html`<button class="btn btn--second btn--block" type="button" @click=${() => control.leave(field.id)}>${t("Next")}</button>`;

/** @param {Event} event */
const typed = (event) => /** @type {HTMLInputElement} */ (event.target).value;

/**
 * − number +, with the number keys.
 * @param {{value: number | undefined, low: number, high: number, step: number, text: string, named: string, mode: "numeric" | "decimal"}} look
 * @param {(value: number | undefined) => void} set @param {(text: string) => number | undefined} read
 */
function stepper({ value, low, high, step, text, named, mode }, set, read) {
  const move = (/** @type {number} */ by) => set(Math.min(high, Math.max(low, value === undefined ? (by < 0 ? low : Math.max(low, step)) : value + by)));
  const type = (/** @type {Event} */ event) => {
    const given = read(typed(event));
    set(given === undefined ? undefined : Math.min(high, Math.max(low, given)));
  };
  return html`<div class="stepper">
    <button class="stepper__btn" type="button" aria-label=${t("Less")} @click=${() => move(-step)}>${icon("minus")}</button>
    <input class="input stepper__n" type="text" inputmode=${mode} autocomplete="off" aria-labelledby=${named} .value=${live(text)} @change=${type}>
    <button class="stepper__btn" type="button" aria-label=${t("More of them")} @click=${() => move(step)}>${icon("plus")}</button>
  </div>`;
}

/** @param {string} text */
const wholeNumber = (text) => (/^\s*\d{1,9}\s*$/.test(text) ? Number(text) : undefined);

/**
 * @param {Field} field @param {number | undefined} value @param {string} named id of its label
 * @param {(value: number | undefined) => void} set
 */
export function numberStepper(field, value, named, set) {
  const look = { value, low: field.min ?? 0, high: field.max ?? MAX_INT, step: 1, text: String(value ?? ""), named, mode: /** @type {const} */ ("numeric") };
  return stepper(look, set, wholeNumber);
}

/** Numbers that are often the answer, as tiles. @param {Field} field @param {Control} control @param {(n: unknown) => string} say @param {string} [shape] */
function common(field, control, say, shape = "taps--n") {
  if (!field.common?.length) return nothing;
  const choose = (/** @type {unknown} */ n) => control.set(field, n, !control.byArrow());
  return html`<div class="taps ${shape}">${field.common.map((n) => html`<label class="tap tap--c"><input type="radio" autocomplete="off" name="q-${field.id}"
    .checked=${live(control.answers[field.id] === n)} @click=${() => choose(n)}><span>${say(n)}</span></label>`)}</div>`;
}

/** @param {Field} field @param {Control} control */
export function numberInput(field, control) {
  const value = control.answers[field.id];
  return html`${common(field, control, String)}
    ${numberStepper(field, value, `ask-${field.id}`, (n) => control.set(field, n))}
    ${next(field, control)}`;
}

/** Dollars with or without cents, with or without commas, to cents. @param {string} text */
function cents(text) {
  const found = /^\s*\$?\s*(\d{1,3}(?:,?\d{3})*)(?:\.(\d{1,2}))?\s*$/.exec(text);
  return found ? Number((found[1] ?? "").replaceAll(",", "")) * 100 + Number((found[2] ?? "").padEnd(2, "0")) : undefined;
}

/** @param {unknown} value cents */
const dollars = (value) => (typeof value === "number" ? `$${(value / 100).toLocaleString("en-US", { minimumFractionDigits: value % 100 ? 2 : 0 })}` : "");

/** @param {Field} field @param {Control} control */
export function moneyInput(field, control) {
  const value = control.answers[field.id];
  const text = dollars(value);
  const look = { value, low: field.min ?? 0, high: field.max ?? MAX_MONEY, step: MONEY_STEP, text, named: `ask-${field.id}`, mode: /** @type {const} */ ("decimal") };
  return html`${common(field, control, dollars, "taps--3")}${stepper(look, (n) => control.set(field, n), cents)}${next(field, control)}`;
}

/** @param {Field} field @param {Control} control */
export function timeInput(field, control) {
  const value = control.answers[field.id];
  const wall = value ? wallOf(value.at, control.zone) : "";
  const type = (/** @type {Event} */ event) => {
    const at = momentOf(typed(event), control.zone);
    control.set(field, at === null ? undefined : { at, exact: value?.exact ?? false });
  };
  const sure = (/** @type {boolean} */ exact, /** @type {string} */ label) => html`<label class="tap tap--small"><input type="radio" autocomplete="off" name="exact-${field.id}"
    ?disabled=${!value} .checked=${live(value?.exact === exact)} @change=${() => control.set(field, { at: value.at, exact })}><span>${label}</span></label>`;
  return html`<button class="btn btn--second btn--block" type="button" @click=${() => control.set(field, { at: control.now(), exact: true })}>${icon("clock")}${t("Now")}</button>
    <label class="stack stack--1"><span class="quiet">${t("Or the time in {zone}", { zone: control.zone })}</span>
      <input class="input" type="datetime-local" autocomplete="off" .value=${live(wall)} @change=${type}></label>
    <div class="taps taps--odd" role="radiogroup" aria-label=${t("How sure is the time?")}>${sure(true, t("Exact"))}${sure(false, t("About"))}</div>
    ${next(field, control)}`;
}

/** @param {Field} field @param {Control} control */
export const dateInput = (field, control) => html`<input class="input" type="date" autocomplete="off" aria-labelledby="ask-${field.id}" min="2020-01-01" max="2099-12-31"
    .value=${live(control.answers[field.id] ?? "")} @change=${(/** @type {Event} */ event) => control.set(field, typed(event) || undefined)}>
  ${next(field, control)}`;

/** @param {Field} field @param {Control} control */
export function noteInput(field, control) {
  return html`${textBox(field, control, `ask-${field.id}`)}${next(field, control)}`;
}

/**
 * Text. `autocomplete="off"`, as on every answer: without it Chromium writes what is typed, readable, into its file for restoring tabs.
 * @param {Field} field @param {Control} control @param {string} named @param {string} [told] id of what describes it
 */
export function textBox(field, control, named, told) {
  const keep = (/** @type {Event} */ event) => control.set(field, typed(event) || undefined);
  const placeholder = field.placeholder?.[control.lang] ?? "";
  const value = live(control.answers[field.id] ?? "");
  const max = field.max ?? 4000;
  if (max <= 200) {
    return html`<input class="input" type="text" id="in-${field.id}" autocomplete="off" maxlength=${max} placeholder=${placeholder}
      aria-labelledby=${named} aria-describedby=${told ?? nothing} .value=${value} @input=${keep}>`;
  }
  return html`<textarea autocomplete="off" id="in-${field.id}" maxlength=${max} placeholder=${placeholder} aria-labelledby=${named} aria-describedby=${told ?? nothing}
    .value=${value} @input=${keep}></textarea>`;
}
