// Read once more: everything that was written, before it can never be opened on this phone again.
import { html, nothing } from "lit";
import { boxOf, isAnswered } from "../../lib/forms/conditions.js";
import { TIMELINE } from "../../lib/forms/definition.js";
import { looksPrivate, takeOut } from "../../lib/forms/gentle.js";
import { sayChip } from "../../lib/forms/say.js";
import { shortTime } from "../../lib/forms/zone.js";
import { t } from "../../lib/i18n.js";
import { icon } from "../icon.js";
import { sealedSign } from "./tiles.js";
import { answerLine, rowLine } from "./words.js";

/** @typedef {import("./control.js").Control} Control */
/** @typedef {import("./control.js").Field} Field */
/** @typedef {import("../../lib/forms/gentle.js").Look} Look */
/** @typedef {import("../../lib/forms/definition.js").Definition} Definition */

/** Free text has been written somewhere. @param {Field[]} fields @param {Record<string, any>} answers @returns {boolean} */
export const hasText = (fields, answers) =>
  fields.some((field) => (field.type === "note" ? isAnswered(answers[field.id]) : field.type === "rows" && Object.values(answers[field.id] ?? {}).some((row) => hasText(field.columns ?? [], row))));

/** @param {Definition} defn @param {Control} control @param {Set<string>} hidden */
export function readOnce(defn, control, hidden) {
  const said = defn.fields.filter((field) => !hidden.has(field.id) && isAnswered(control.answers[field.id]));
  return html`<div class="stack head"><h2 class="title" tabindex="-1" data-once>${t("Read once more")}</h2><p class="lead">${t("After Save you cannot open this again.")}</p></div>
    ${said.filter((field) => field.narrative).map((field) => narrative(field, control))}
    ${lockedFacts(defn, said.filter((field) => !field.narrative), control)}
    ${said.filter((field) => !field.narrative).map((field) => warnings(field, control))}
    ${openFacts(said, control)}`;
}

/** @param {Field} field @param {Control} control */
function narrative(field, control) {
  /** @type {string} */
  const text = control.answers[field.id];
  return html`<section class="sealed" aria-labelledby="once-${field.id}">
      <div class="stack stack--1"><h3 class="sealed__label" id="once-${field.id}">${field.label[control.lang]}</h3>${sealedSign()}</div>
      <div class="once">${text.trim().split(/\n\s*\n/).map((paragraph) => html`<p>${marked(paragraph)}</p>`)}</div></section>
    ${warnings(field, control)}`;
}

/** Of every text, also one of few words or in a table: it is warned of before it is saved. @param {Field} field @param {Control} control @returns {unknown} */
function warnings(field, control) {
  const value = control.answers[field.id];
  const gone = t("[number taken out]");
  if (field.type === "note") return looksPrivate(value).map((look) => warning(look, () => control.set(field, takeOut(value, look, gone))));
  if (field.type !== "rows") return nothing;
  const notes = (field.columns ?? []).filter((column) => column.type === "note");
  return Object.entries(value).map(([id, row]) => notes.map((column) => looksPrivate(row[column.id]).map((look) =>
    warning(look, () => control.set(field, { ...value, [id]: { ...row, [column.id]: takeOut(row[column.id], look, gone) } })))));
}

/** @param {string} text */
function marked(text) {
  let from = 0;
  const parts = looksPrivate(text).flatMap((look) => {
    const before = text.slice(from, look.start);
    from = look.end;
    return [before, html`<mark>${look.text}</mark>`];
  });
  return [...parts, text.slice(from)];
}

/** @param {Look} look @param {() => void} remove */
function warning({ kind, text }, remove) {
  const title = kind === "phone" ? t("This looks like a phone number") : t("This looks like an A-number");
  return html`<div class="note note--wait">${icon("circle-alert")}<p><b>${title}</b>${t("Notes are safer without it. For a family, call the hotline and say it aloud.")}
    <button class="note__do" type="button" @click=${remove}>${t("Take it out")}<span class="sr"> ${text}</span></button></p></div>`;
}

/** @param {Definition} defn @param {Field[]} said @param {Control} control */
function lockedFacts(defn, said, control) {
  /** @type {[string, unknown][]} */
  const facts = said.flatMap((field) => (field.type === "rows" ? rowFacts(field, control, true) : field.boxes?.length ? [factOf([field], control)] : []));
  for (const { at, chip } of Object.values(control.answers[TIMELINE] ?? {})) facts.push([shortTime(at, control.zone, control.lang), sayChip(defn, chip, control.lang)]);
  if (!facts.length) return nothing;
  return html`<section class="sealed"><div class="stack stack--1"><h3 class="sealed__label">${t("Also locked")}</h3>${sealedSign()}</div>${list(facts)}</section>`;
}

/** @param {Field[]} said @param {Control} control */
function openFacts(said, control) {
  const lines = said.filter((field) => !field.with || !said.some((one) => one.id === field.with));
  const facts = lines.flatMap((field) => {
    if (field.type === "rows") return rowFacts(field, control, false);
    if (field.boxes?.length) return [];
    return [factOf([field, ...said.filter((one) => one.with === field.id && !one.boxes?.length)], control)];
  });
  if (!facts.length) return nothing;
  return html`<section class="card"><div class="card__pad"><h3 class="strong">${t("Counted in the statistics")}</h3>${list(facts)}</div></section>`;
}

/** @param {Field[]} fields @param {Control} control @returns {[string, unknown]} */
const factOf = (fields, control) => [fields[0]?.label[control.lang] ?? "", answerLine(fields, control.answers, control)];

/** The cells of a table that are locked, or those that are open. @param {Field} field @param {Control} control @param {boolean} locked @returns {[string, unknown][]} */
function rowFacts(field, control, locked) {
  return Object.values(control.answers[field.id]).flatMap((row) => {
    const cells = (field.columns ?? []).filter((column) => isAnswered(row[column.id]) && (boxOf(column, row) !== null) === locked);
    const words = rowLine({ ...field, columns: cells }, row, control);
    return words ? /** @type {[string, unknown][]} */ ([[field.label[control.lang], words]]) : [];
  });
}

/** @param {[string, unknown][]} facts */
const list = (facts) => html`<dl class="facts">${facts.map(([label, words]) => html`<dt>${label}</dt><dd>${words}</dd>`)}</dl>`;
