// Before all is saved: the words read once more, what does not fit, and what it becomes.
import { html, nothing } from "lit";
import { looksPrivate, takeOut } from "../../lib/forms/gentle.js";
import { split } from "../../lib/forms/split.js";
import { validate } from "../../lib/forms/validate.js";
import { pathOf } from "../../lib/forms/definition.js";
import { showSerial } from "../../lib/serial.js";
import { plural, t } from "../../lib/i18n.js";
import { place } from "../find.js";
import { icon } from "../icon.js";
import { state } from "../state.js";
import { halfDay, placeShort } from "../words.js";
import { SHEET, filled, isAskedOf, serials } from "./book.js";
import { answersOf, countOf } from "./saving.js";
import { zoneAt } from "./known.js";
import { isOff } from "./view.js";

/** @typedef {import("./book.js").At} At */
/** @typedef {import("./book.js").Row} Row */
/** @typedef {import("./book.js").Field} Field */
/** @typedef {import("./book.js").Definition} Definition */
/**
 * @typedef {object} Checked
 * @property {import("./book.js").Book} book
 * @property {Definition | undefined} head
 * @property {Definition | undefined} cases
 * @property {import("./view.js").Desk} desk
 * @property {(row: number) => Field[]} columns
 * @property {(row: number) => string} name
 * @property {string} fault
 * @property {(at: At) => void} fix
 * @property {(at: At, text: string) => void} text
 * @property {() => void} save
 * @property {string} where @property {string} part
 */
/** @typedef {{row: Row, n: number, defn: Definition}} One */

/** @param {Checked} what @returns {One[]} what will be saved, the head first */
function ones({ book, head, cases }) {
  const rows = book.rows.flatMap((row, n) => (cases && filled(book).includes(row) ? [{ row, n, defn: cases }] : []));
  return [...(book.head && head ? [{ row: book.head, n: -1, defn: head }] : []), ...rows];
}

/** @param {Checked} what */
export function checkPage(what) {
  const all = ones(what);
  const texts = all.flatMap((one) => one.defn.fields.filter((field) => field.type === "note" && answersOf(one.defn, one.row)[field.id]).map((field) => ({ one, field })));
  const off = all.flatMap((one) => wrong(one, what));
  const n = countOf(what.book);
  return html`<main class="main" id="main">
      <div class="stack head"><h2 class="title" tabindex="-1" data-heading>${texts.length ? t("Read once more") : t("Before it is saved")}</h2><p class="lead">${t("After Save you cannot open this again.")}</p></div>
      ${what.fault ? html`<div class="note note--wait" role="alert">${icon("circle-alert")}<p>${what.fault}</p></div>` : nothing}
      ${texts.map(({ one, field }) => words(one, field, what))}
      ${off.length ? html`<section class="section" aria-labelledby="pp-off"><div class="section__head"><h2 id="pp-off">${t("Worth a look")}</h2></div><ul class="card rows">${off.map(({ at, text }) => html`<li class="row row--slim"><span class="status status--saved">${icon("circle-alert")}</span>
        <span class="row__body">${text}</span><button class="btn btn--text" type="button" @click=${() => what.fix(at)}>${t("Change")}<span class="sr"> ${text}</span></button></li>`)}</ul></section>` : nothing}
      ${facts(what)}</main>
    <footer class="dock dock__act"><p class="dock__line"><button class="btn btn--text" type="button" @click=${() => what.fix(what.desk.at)}>${icon("chevron-left")}${t("Back to the rows")}</button></p>
      <button class="btn btn--primary btn--field" type="button" data-save-all @click=${what.save}>${icon("lock")}${plural("Save {n} record", "Save all {n} records", n)}</button></footer>`;
}

/** @param {One} one @param {Field} field @param {Checked} what */
function words({ row, n }, field, what) {
  /** @type {string} */
  const text = row.answers[field.id];
  const out = (/** @type {import("../../lib/forms/gentle.js").Look} */ look) => what.text({ row: n, field: field.id }, takeOut(text, look, t("[number taken out]")));
  return html`<section class="sealed" aria-label="${what.name(n)}, ${field.label[state.lang]}"><div class="stack stack--1"><h3 class="sealed__label">${what.name(n)}: ${field.label[state.lang]}</h3>
      <p class="sealed__sign">${icon("lock")}${t("Locked: only the legal team can open it")}</p></div><div class="once"><p>${text}</p></div></section>
    ${looksPrivate(text).map((look) => html`<div class="note note--wait">${icon("circle-alert")}<p><b>${look.kind === "phone" ? t("This looks like a phone number") : t("This looks like an A-number")}</b>${t("Notes are safer without it. For a family, call the hotline and say it aloud.")}
      <button class="note__do" type="button" @click=${() => out(look)}>${t("Take it out")}<span class="sr"> ${look.text}</span></button></p></div>`)}`;
}

/** What is off about one record, in words. @param {One} one @param {Checked} what @returns {{at: At, text: string}[]} */
function wrong({ row, n, defn }, what) {
  const name = what.name(n);
  const label = (/** @type {Field | undefined} */ field) => field?.label[state.lang] ?? "";
  const typed = what.columns(n).filter((field) => isOff(field, row) && isAskedOf(defn, row, field.id)).map((field) => ({
    at: { row: n, field: field.id },
    text: field.id === SHEET ? t("{name}: the sheet's number does not check: {text}", { name, text: row.sheet })
      : t("{name}, {question}: \u201c{text}\u201d does not fit and is not saved", { name, question: label(field), text: row.typed[field.id] ?? "" }),
  }));
  const problems = validate(defn, split(defn, answersOf(defn, row)), { lists: what.desk.known.lists }).map(({ path, code }) => {
    const field = defn.fields.find((one) => pathOf(one) === path);
    const at = { row: n, field: field?.id ?? SHEET };
    return { at, text: code === "missing" || code === "empty" ? t("{name}, {question}: nothing is answered", { name, question: label(field) || t("all of it") }) : t("{name}, {question}: the answer does not fit", { name, question: label(field) }) };
  });
  const open = defn.fields.filter((field) => field.star && !["flag", "rows", "pin"].includes(field.type) && !field.stage && isAskedOf(defn, row, field.id) && row.answers[field.id] === undefined && row.typed[field.id] === undefined);
  const empty = open.length && n >= 0 && !problems.length ? [{ at: { row: n, field: open[0]?.id ?? SHEET }, text: t("{name}: left empty: {questions}", { name, questions: open.map(label).join(", ") }) }] : [];
  return [...typed, ...problems, ...empty];
}

/** @param {Checked} what */
function facts({ book, where, part }) {
  const spot = place(where);
  const sheets = serials(book);
  return html`<section class="card"><div class="card__pad"><dl class="facts"><dt>${t("Place")}</dt><dd>${spot ? `${spot.name}, ${placeShort(spot)}` : ""}</dd>
    <dt>${t("When")}</dt><dd>${halfDay(part, state.now, zoneAt(where))}</dd>${book.head ? html`<dt>${t("Cases")}</dt><dd>${filled(book).length}</dd>` : nothing}
    <dt>${t("Sheets")}</dt><dd class="mono">${sheets.length ? sheets.map(showSerial).join(", ") : "–"}</dd></dl></div></section>`;
}
