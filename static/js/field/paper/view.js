// How the rows and the pad look. On a wide screen rows are a table; on a phone each is a line, and the one in use shows its questions.
import { html, nothing } from "lit";
import { live } from "lit/directives/live.js";
import { isAnswered } from "../../lib/forms/conditions.js";
import { sayValue } from "../../lib/forms/say.js";
import { serialOf, showSerial } from "../../lib/serial.js";
import { t } from "../../lib/i18n.js";
import { shortTime } from "../../lib/forms/zone.js";
import { icon } from "../icon.js";
import { line } from "../form/words.js";
import { SHEET, isAskedOf, isBlank } from "./book.js";
import { choicesOf, foundBy, isChoice, oddChoices } from "./keys.js";
import { textOf } from "./typed.js";

/** @typedef {import("./book.js").Field} Field */
/** @typedef {import("./book.js").Row} Row */
/** @typedef {import("./book.js").At} At */
/** @typedef {import("./book.js").Definition} Definition */
/**
 * What the templates need of the page.
 * @typedef {object} Desk
 * @property {import("./keys.js").Known} known
 * @property {import("./typed.js").Paper} paper
 * @property {At} at
 * @property {string} letters typed to find one of a long list
 * @property {string | null} text as it is being typed in this cell
 * @property {(at: At) => void} go
 * @property {(id: string) => void} choose
 * @property {(text: string) => void} type
 * @property {(letters: string) => void} find
 * @property {() => void} next
 * @property {() => void} back
 * @property {() => void} same
 */

/** One answer in few words. @param {Field} field @param {Row} row @param {Desk} desk @returns {string} */
export function sayCell(field, row, { known, paper }) {
  if (field.id === SHEET) return serialOf(row.sheet) ? showSerial(serialOf(row.sheet) ?? "") : row.sheet;
  const value = row.answers[field.id];
  if (row.typed[field.id] !== undefined) return row.typed[field.id] ?? "";
  if (!isAnswered(value)) return "";
  if (field.type === "time") return shortTime(value.at, paper.zone, known.lang);
  if (field.type === "many") return value.map((/** @type {string} */ one) => sayShort(field, one, known)).join(", ");
  return ["one", "ynu", "band", "pick"].includes(field.type) ? sayShort(field, value, known) : sayValue(field, value, known.lang, { ...known, zone: paper.zone });
}

/** In its own column an answer needs no context, so its full label, unless there is a shorter one that is no sentence. @param {Field} field @param {string} id @param {import("./keys.js").Known} known */
const sayShort = (field, id, known) => sayValue({ ...field, type: "one" }, id, known.lang, known);

/** Something about it is off. @param {Field} field @param {Row} row */
export const isOff = (field, row) => (field.id === SHEET ? row.sheet.trim() !== "" && !serialOf(row.sheet) : row.typed[field.id] !== undefined);

/**
 * @param {{defn: Definition, title: string, columns: Field[], rows: {row: Row, n: number, name: string}[]}} what @param {Desk} desk
 */
export function grid({ defn, title, columns, rows }, desk) {
  return html`<div class="pp-scroll" role="group" tabindex="-1"><table class="pp" role="grid" aria-label=${title}>
    <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col"><span class="sr">${t("Row")}</span></th>${columns.map((field) => html`<th role="columnheader" scope="col">${field.label[desk.known.lang]}</th>`)}</tr></thead>
    <tbody role="rowgroup">${rows.map((one) => rowOf(defn, columns, one, desk))}</tbody></table></div>`;
}

/** @param {Definition} defn @param {Field[]} columns @param {{row: Row, n: number, name: string}} one @param {Desk} desk */
function rowOf(defn, columns, { row, n, name }, desk) {
  const now = desk.at.row === n;
  const off = columns.some((field) => isOff(field, row));
  const first = columns.find((field) => field.id !== SHEET)?.id ?? SHEET;
  return html`<tr role="row" class=${now ? "pp--now" : ""}>
    <th role="rowheader" scope="row"><button class="pp__n" type="button" tabindex="-1" @click=${() => desk.go({ row: n, field: now ? desk.at.field : first })}>${name}
      ${off ? html`${icon("circle-alert", "icon--s")}<span class="sr">${t("Something does not fit")}</span>` : nothing}
      <span class="pp__sum">${isBlank(row) ? t("Nothing yet") : line(columns.filter((field) => ["one", "ynu", "band", "pick", "many"].includes(field.type)), row.answers, { ...desk.known, zone: desk.paper.zone })}</span></button></th>
    ${columns.map((field) => cell(defn, field, { row, n }, desk))}</tr>`;
}

/** @param {Definition} defn @param {Field} field @param {{row: Row, n: number}} of @param {Desk} desk */
function cell(defn, field, { row, n }, desk) {
  const now = desk.at.row === n && desk.at.field === field.id;
  const asked = isAskedOf(defn, row, field.id);
  const said = asked ? sayCell(field, row, desk) : "";
  const label = field.label[desk.known.lang];
  return html`<td role="gridcell" tabindex=${now ? 0 : -1} data-cell="${n} ${field.id}" aria-selected=${now}
    class="pp__c ${now ? "pp__c--now" : ""} ${asked ? "" : "pp__c--no"} ${isOff(field, row) ? "pp__c--off" : ""}"
    @click=${() => desk.go({ row: n, field: field.id })}><span class="pp__l">${label}<span class="sr">: </span></span>
    <span class="pp__v">${said || html`<span class="sr">${asked ? t("empty") : t("not asked here")}</span>${asked ? nothing : html`<span aria-hidden="true">–</span>`}`}</span></td>`;
}

/** The question in use, and what can be pressed or typed. @param {{defn: Definition, field: Field, row: Row, name: string, above: Row | undefined}} what @param {Desk} desk */
export function pad({ defn, field, row, name, above }, desk) {
  const asked = isAskedOf(defn, row, field.id);
  const said = above && isAnswered(above.answers[field.id]) ? sayCell(field, above, desk) : "";
  return html`<section class="pad" aria-label=${t("Question")}><div class="pad__in">
    <p class="pad__ask" id="pad-ask"><b>${name}</b> ${(field.ask ?? field.label)[desk.known.lang]}${field.type === "many" ? html` <small>${t("all that fit, then Enter")}</small>` : nothing}</p>
    ${!asked ? html`<p class="quiet">${t("Not asked in this case. Enter goes on.")}</p>` : isChoice(field) ? choices(field, row, desk) : writing(field, row, desk)}
    </div><footer class="pad__go"><button class="btn btn--second" type="button" @click=${desk.back}>${icon("chevron-left")}${t("Back")}<kbd>Esc</kbd></button>
      ${said && isChoice(field) ? html`<button class="btn btn--second pad__same" type="button" @click=${desk.same}><span>${t("As above: {answer}", { answer: said })}</span><kbd>${t("Space")}</kbd></button>` : nothing}
      <button class="btn btn--second" type="button" @click=${desk.next}>${t("Next")}<kbd>Enter</kbd></button></footer></section>`;
}

/** @param {Field} field @param {Row} row @param {Desk} desk */
function choices(field, row, desk) {
  const value = field.type === "flag" ? (row.answers[field.id] ? "yes" : "") : row.answers[field.id];
  const on = (/** @type {string} */ id) => (Array.isArray(value) ? value.includes(id) : value === id);
  const button = (/** @type {{key: string, id: string, label: string}} */ one, small = "") => html`<button class="pkey ${small}" type="button" aria-pressed=${on(one.id)} @click=${() => desk.choose(one.id)}>
    <kbd>${one.key}</kbd><span>${one.label}</span></button>`;
  const found = field.type === "pick" ? foundBy(field, desk.letters, desk.known) : [];
  const known = choicesOf(field, desk.known);
  const other = field.type === "pick" && isAnswered(value) && !known.some((one) => one.id === value) ? [{ key: "✓", id: value, label: sayShort(field, value, desk.known) }] : [];
  return html`<div class="pkeys">${[...known, ...other].map((one) => button(one))}${oddChoices(field, desk.known).map((one) => button(one, "pkey--odd"))}</div>
    ${field.type === "pick" ? html`<label class="pad__find"><span class="quiet">${t("Another: type a few letters, Enter takes the first")}</span>
      <input class="input" type="search" autocomplete="off" data-find .value=${live(desk.letters)} @input=${(/** @type {Event} */ event) => desk.find(/** @type {HTMLInputElement} */ (event.target).value)}></label>
      ${found.length ? html`<div class="pkeys">${found.map((one, n) => html`<button class="pkey" type="button" @click=${() => desk.choose(one.id)}>${n ? nothing : html`<kbd>Enter</kbd>`}<span>${one.label}</span></button>`)}</div>` : nothing}
      <p class="sr" role="status">${desk.letters ? (found[0]?.label ?? t("Nothing like it in the list.")) : ""}</p>` : nothing}`;
}

/** @param {Field} field @param {Row} row @param {Desk} desk */
function writing(field, row, desk) {
  const sheet = field.id === SHEET;
  const text = desk.text ?? (sheet ? row.sheet : (row.typed[field.id] ?? textOf(field, row.answers[field.id], desk.paper)));
  const type = (/** @type {Event} */ event) => desk.type(/** @type {HTMLInputElement} */ (event.target).value);
  const number = field.type === "int";
  const box = field.type === "note" && !sheet && (field.max ?? 4000) > 300
    ? html`<textarea class="input" rows="2" autocomplete="off" data-type aria-labelledby="pad-ask" aria-describedby="pad-hint" maxlength=${field.max ?? 4000} .value=${live(text)} @input=${type}></textarea>`
    : html`<input class="input" type="text" inputmode=${number ? "numeric" : field.type === "money" ? "decimal" : "text"} autocomplete="off" autocapitalize=${sheet ? "characters" : "sentences"} spellcheck=${sheet ? "false" : "true"}
      data-type aria-labelledby="pad-ask" aria-describedby="pad-hint" maxlength=${field.max && !number ? field.max + 4 : 200} .value=${live(text)} @input=${type}>`;
  return html`${box}<p class="quiet pad__hint" id="pad-hint" role="status">${hint(field, row, desk)}</p>`;
}

/** @param {Field} field @param {Row} row @param {Desk} desk */
function hint(field, row, { known, paper }) {
  const value = row.answers[field.id];
  const off = (/** @type {string} */ text) => html`<span class="pad__off">${icon("circle-alert", "icon--s")}${text}</span>`;
  if (field.id === SHEET) {
    if (!row.sheet.trim()) return t("Leave it empty where the paper has no number.");
    return serialOf(row.sheet) ? html`${icon("check", "icon--s")}${t("The number checks.")}` : off(t("The number does not check. Look at it once more: there is no O, I, L, 0 or 1 in it."));
  }
  if (row.typed[field.id] !== undefined) return off(t("This does not fit. It stays here, and is not saved as it is."));
  if (field.type === "time") return value ? t("{time}, {how}. Sealed.", { time: shortTime(value.at, paper.zone, known.lang), how: value.exact ? t("exact") : t("about") }) : t("Such as 9:35. A ~ before it says about.");
  if (field.type === "date") return value ? new Intl.DateTimeFormat(known.lang === "es" ? "es-US" : "en-US", { dateStyle: "full", timeZone: "UTC" }).format(Date.parse(`${value}T00:00:00Z`)) : t("Such as 1/15/27.");
  if (field.boxes?.length) return html`${icon("lock", "icon--s")}${t("Locked: only the legal team can open it")}`;
  return "";
}
