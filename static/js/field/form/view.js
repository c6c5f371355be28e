// The form on the screen: what is done, what is open, what is still to come, the note, more.
import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { isAnswered } from "../../lib/forms/conditions.js";
import { plural, t } from "../../lib/i18n.js";
import { icon } from "../icon.js";
import { question } from "./question.js";
import { sealedSign } from "./tiles.js";
import { textBox } from "./inputs.js";
import { answerLine, fullAnswer, line } from "./words.js";

/** @typedef {import("./control.js").Control} Control */
/** @typedef {import("./plan.js").Plan} Plan */
/** @typedef {import("./plan.js").Unit} Unit */
/** @typedef {import("../../lib/forms/definition.js").Definition} Definition */
/** @typedef {import("../../lib/forms/definition.js").Field} Field */

/** From so many done lines on they fold into one, so that the open question never moves below the middle. */
const FOLD = 4;

/** One bar a question of the 20-second version. @param {Plan} made */
export const steps = ({ pips }) =>
  pips.length > 1 ? html`<div class="steps" aria-hidden="true">${pips.map((pip) => html`<i class=${pip || nothing}></i>`)}</div>` : nothing;

/** @param {Plan} made @param {Control} control @param {{unfolded: boolean, unfold: () => void, again: string | null}} how `again`: the question that was opened again */
export function stars(made, control, { unfolded, unfold, again }) {
  return html`${done(made, control, unfolded, unfold)}
    ${made.chain ? chainOf(made.chain, made, control, again) : nothing}
    ${repeat(made.open.filter((id) => !made.chain?.fields.some((field) => field.id === id)), (id) => id, (id) => open(id, control, again))}
    ${toCome(made, control)}`;
}

/** @param {string} id @param {Control} control @param {string | null} again */
function open(id, control, again) {
  const field = control.fields.find((one) => one.id === id);
  return field ? question(field, control, { close: again === id }) : nothing;
}

/** @param {Plan} made @param {Control} control @param {boolean} unfolded @param {() => void} unfold */
function done({ done: units }, control, unfolded, unfold) {
  if (!units.length) return nothing;
  const plain = units.filter((unit) => !unit.chain);
  const folds = units.length >= FOLD && plain.length > 1 && !unfolded;
  return html`<section class="card rows" aria-label=${t("Answered")}>
    ${folds ? folded(plain, control, unfold) : nothing}
    ${repeat(folds ? units.filter((unit) => unit.chain) : units, (unit) => unit.id, (unit) => doneRow(unit, control))}</section>`;
}

/** @param {Unit[]} units @param {Control} control @param {() => void} unfold */
function folded(units, control, unfold) {
  const n = units.flatMap((unit) => unit.fields).filter((field) => isAnswered(control.answers[field.id])).length;
  const words = line(units.flatMap((unit) => unit.fields.slice(0, 1)), control.answers, control);
  return doneButton("folded", plural("{n} answer", "{n} answers", n), words, unfold);
}

/** @param {Unit} unit @param {Control} control */
function doneRow(unit, control) {
  const [first] = unit.fields;
  const words = unit.chain && unit.fields.length > 1 ? line(unit.fields, control.answers, control) : answerLine(unit.fields, control.answers, control);
  return doneButton(unit.id, first?.label[control.lang] ?? "", words, () => control.openQuestion(unit.id));
}

/** @param {string} id @param {string} label @param {string} words @param {() => void} change */
const doneButton = (id, label, words, change) =>
  html`<button class="done" type="button" data-row=${id} @click=${change}>${icon("check", "icon--s")}<span class="done__q">${label}</span> <span class="done__a">${words}</span><span class="sr">, ${t("Change")}</span></button>`;

/** @param {Unit} chain @param {Plan} made @param {Control} control @param {string | null} again */
function chainOf(chain, made, control, again) {
  return html`<section class="chain" aria-label=${chain.fields[0]?.label[control.lang] ?? ""}>${repeat(chain.fields, (field) => field.id, (field) => {
    const label = field.label[control.lang];
    if (made.open.includes(field.id)) return question(field, control, { chain: true, close: again === field.id });
    if (made.hidden.has(field.id) && isAnswered(control.answers[chain.id])) return nothing;
    if (!isAnswered(control.answers[field.id]) || made.hidden.has(field.id)) return html`<div class="chain__step"><p class="chain__next">${label}</p></div>`;
    return html`<div class="chain__step chain__step--done"><button class="chain__said" type="button" data-row=${field.id} @click=${() => control.openQuestion(field.id)}><span>${label}</span> <b>${fullAnswer(field, control.answers[field.id], control)}</b><span class="sr">, ${t("Change")}</span></button></div>`;
  })}</section>`;
}

/** @param {Plan} made @param {Control} control */
function toCome({ todo, flags }, control) {
  if (!todo.length && !flags.length) return nothing;
  return html`<section class="card rows" aria-label=${t("Still to come")}>
    ${repeat(todo, (unit) => unit.id, (unit) => todoRow(unit.fields[0], control))}${flags.map((field) => flag(field, control))}</section>`;
}

/** @param {Field | undefined} field @param {Control} control */
function todoRow(field, control) {
  if (!field) return nothing;
  const locked = field.boxes?.length ? html`<span class="sr">${t("Locked: only the legal team can open it")}</span>${icon("lock", "icon--s")}` : nothing;
  return html`<button class="todo" type="button" data-row=${field.id} @click=${() => control.openQuestion(field.id)}><span>${field.label[control.lang]}</span> ${locked}${icon("chevron-right")}</button>`;
}

/** @param {Field} field @param {Control} control */
function flag(field, control) {
  const on = control.answers[field.id] === true;
  return html`<label class="flag">${icon("star")}<span>${field.label[control.lang]}${field.help ? html`<small>${field.help[control.lang]}</small>` : nothing}</span>
    <input type="checkbox" autocomplete="off" role="switch" .checked=${on} @change=${() => control.set(field, on ? undefined : true)}><i></i></label>`;
}

/**
 * Saw, was told, think: three boxes, the second and third behind a button.
 * @param {Definition} defn @param {Plan} made @param {Control} control @param {{shown: Set<string>, show: (id: string) => void, purpose: "monitoring" | "counsel", legal?: string}} how
 *   `legal`: the legal line's number
 */
export function notes(defn, { notes: fields }, control, { shown, show, purpose, legal = "" }) {
  if (!fields.length) return nothing;
  const { lang, answers } = control;
  const out = (/** @type {Field} */ field) => field.narrative === "saw" || shown.has(field.id) || isAnswered(answers[field.id]);
  return html`<section class="sealed" aria-label=${t("In your words")}>
    ${fields.filter(out).map((field, n) => html`<div class="stack stack--1"><label for="in-${field.id}" id="ask-${field.id}">${field.label[lang]}</label>${sealedSign(`sign-${field.id}`)}</div>
      ${n === 0 ? html`<p class="quiet" id="before-notes">${defn.before_notes[lang]} ${t("Leave out names, A-numbers, addresses and immigration status of people, and what volunteers did or plan. No photos of docket lists.")}</p>${legal ? html`<a class="btn btn--text" href="tel:${legal.replace(/[^+0-9]/g, "")}">${icon("phone", "icon--s")}${t("Call the legal line")}</a>` : nothing}` : nothing}
      ${textBox(field, control, `ask-${field.id}`, `sign-${field.id} before-notes`)}`)}
    <div class="sealed__more">${fields.filter((field) => !out(field)).map((field) => html`<button class="btn btn--text" type="button" @click=${() => show(field.id)}>${icon("plus", "icon--s")}${field.label[lang]}</button>`)}</div>
    <p class="quiet">${defn.purpose[purpose][lang]}</p></section>`;
}

/** @param {Plan} made @param {Control} control @param {{open: boolean, toggle: () => void, again: string | null, timeline: unknown}} how */
export function more({ more: fields }, control, { open: shown, toggle, again, timeline }) {
  if (!fields.length && timeline === nothing) return nothing;
  const left = fields.filter((field) => !isAnswered(control.answers[field.id])).length;
  const head = html`<button class="row card" type="button" data-row="more" aria-expanded=${shown} @click=${toggle}>${icon("list-plus")}
    <span class="row__body"><span class="row__title">${t("More")}</span><span class="row__sub">${plural("{n} more question, optional", "{n} more questions, all optional", left)}</span></span>
    ${shown ? icon("chevron-up") : icon("chevron-right")}</button>`;
  if (!shown) return head;
  return html`${head}${timeline}<section class="card rows" aria-label=${t("More")}>${repeat(fields, (field) => field.id, (field) => moreRow(field, control, again))}</section>`;
}

/** @param {Field} field @param {Control} control @param {string | null} again */
function moreRow(field, control, again) {
  if (again === field.id) return html`<div class="card__pad">${question(field, control, { close: true })}</div>`;
  return isAnswered(control.answers[field.id]) ? doneRow({ id: field.id, chain: false, fields: [field] }, control) : todoRow(field, control);
}

/** What cannot be written for want of a box, and why. @param {Pick<Plan, "locked">} made */
export function noBox({ locked }) {
  if (!locked) return nothing;
  return html`<div class="note note--wait">${icon("lock")}<p><b>${t("Nothing can be locked here yet")}</b>${t("Your chapter's legal team has not made its box, so notes, exact times and places are left out. All else can be written and counts. A coordinator can ask the legal team.")}</p></div>`;
}

/** @param {string[]} ids @param {Definition[]} forms @param {Control} control @param {(form: string) => void} go */
export function offers(ids, forms, control, go) {
  return ids.map((id) => {
    const form = forms.find((one) => one.id === id);
    return form ? html`<button class="row card" type="button" @click=${() => go(id)}>${icon(form.icon)}<span class="row__body"><span class="row__title">${form.title[control.lang]}</span><span class="row__sub">${t("Write this one next; what is here stays")}</span></span>${icon("chevron-right")}</button>` : nothing;
  });
}
