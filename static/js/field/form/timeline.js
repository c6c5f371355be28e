// Tap now, describe later: one tap adds the moment and its name.
import { html, nothing } from "lit";
import { TIMELINE, newRowId } from "../../lib/forms/definition.js";
import { sayChip } from "../../lib/forms/say.js";
import { shortTime } from "../../lib/forms/zone.js";
import { plural, t } from "../../lib/i18n.js";
import { icon } from "../icon.js";
import { sealedSign } from "./tiles.js";

/** @typedef {import("./control.js").Control} Control */
/** @typedef {import("../../lib/forms/definition.js").Definition} Definition */
/** @typedef {{at: number, chip: string}} Entry */

/**
 * @param {Definition} defn @param {Control} control @param {(string | {en: string, es: string})[]} own the chapter's chips
 * @param {{open: boolean, toggle: () => void}} fold
 */
export function timeline(defn, control, own, { open, toggle }) {
  /** @type {[string, Entry][]} */
  const entries = Object.entries(control.answers[TIMELINE] ?? {});
  const sub = entries.length ? plural("{n} moment", "{n} moments", entries.length) : t("Tap now, describe later");
  const head = html`<button class="row ${open ? "" : "card"}" type="button" data-row="timeline" aria-expanded=${open} @click=${toggle}>${icon("clock")}
    <span class="row__body"><span class="row__title">${t("Timeline")}</span><span class="row__sub">${sub}</span></span>${open ? icon("chevron-up") : icon("chevron-right")}</button>`;
  if (!open) return head;
  return html`<section class="card" aria-label=${t("Timeline")}>${head}
    <div class="card__pad card__pad--rule">${sealedSign()}
      <div class="taps taps--odd">${chips(defn, control, own)}</div>
      <p class="sr" role="status">${entries.length ? t("Added: {chip}", { chip: sayChip(defn, entries.at(-1)?.[1].chip, control.lang) }) : ""}</p></div>
    ${entries.length ? html`<ol class="rows">${entries.toSorted((a, b) => b[1].at - a[1].at).map(([id, entry]) => moment(id, entry, defn, control))}</ol>` : nothing}
  </section>`;
}

/**
 * The form's own chips are kept by id; a chapter's own as written, for they may be gone when it is read.
 * @param {Definition} defn @param {"en" | "es"} lang @param {(string | {en: string, es: string})[]} own the chapter's
 */
export function chipsOf(defn, lang, own) {
  const form = (defn.chips ?? []).map(({ id, label }) => ({ chip: id, words: label[lang] }));
  return [...form, ...own.map((label) => (typeof label === "string" ? label : label[lang])).map((words) => ({ chip: words, words }))];
}

/** @param {Definition} defn @param {Control} control @param {(string | {en: string, es: string})[]} own */
function chips(defn, control, own) {
  const add = (/** @type {string} */ chip) => control.set({ id: TIMELINE }, { ...control.answers[TIMELINE], [newRowId()]: { at: control.now(), chip } });
  return chipsOf(defn, control.lang, own).map(({ chip, words }) => html`<button class="tap tap--small tap--chip" type="button" @click=${() => add(chip)}>${words}</button>`);
}

/** @param {string} id @param {Entry} entry @param {Definition} defn @param {Control} control */
function moment(id, entry, defn, control) {
  const words = sayChip(defn, entry.chip, control.lang);
  const undo = (/** @type {Event} */ event) => {
    const rest = { ...control.answers[TIMELINE] };
    delete rest[id];
    /** @type {HTMLElement} */ (event.currentTarget).closest("section")?.querySelector("button")?.focus();
    control.set({ id: TIMELINE }, Object.keys(rest).length ? rest : undefined);
  };
  return html`<li class="row row--slim"><span class="row__body"><span class="row__title">${words}</span><span class="row__sub num">${shortTime(entry.at, control.zone, control.lang)}</span></span>
    <button class="btn btn--text" type="button" @click=${undo}>${t("Undo")}<span class="sr"> ${words}</span></button></li>`;
}
