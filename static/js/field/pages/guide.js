// Guide: a list that can be searched, and pages to read offline.
import { html, nothing } from "lit";
import es from "../../lib/es/guides.js";
import { plural, register, t } from "../../lib/i18n.js";
import { body, listed } from "../guides.js";
import { icon } from "../icon.js";
import { empty, note, tabPage, taskBar, topBar } from "../parts.js";
import { to } from "../router.js";
import { search, split } from "../search.js";
import { set, state } from "../state.js";
import { say } from "../words.js";
import { unlockButton } from "./locked.js";

/** @typedef {import("../types.js").GuidePart} GuidePart */
/** @typedef {import("../types.js").Run} Run */
/** @typedef {import("../search.js").Hit} Hit */

register("es", es);

let query = "";

export function guideList() {
  const guides = listed();
  return tabPage("guide", topBar(t("Guide"), t("On this phone, with or without network")), [
    guides.length ? finder() : nothing,
    query ? results(search(guides, { ...state.guides?.open?.bodies, ...state.guides?.members?.bodies }, query, state.lang)) : shelf(guides),
  ]);
}

function finder() {
  return html`<label class="find"><span class="sr">${t("Search the guide")}</span>${icon("search")}
    <input class="field" type="search" autocomplete="off" enterkeyhint="search" placeholder=${t("Search the guide")} .value=${query}
      @input=${(/** @type {InputEvent} */ event) => typed(/** @type {HTMLInputElement} */ (event.target).value)}></label>`;
}

/** @param {string} value */
function typed(value) {
  query = value.trim() ? value.slice(0, 80) : "";
  set({});
}

/** @param {import("../types.js").Guide[]} guides */
function shelf(guides) {
  return [
    html`<a class="row row--form card" href=${to("card")}><span class="disc disc--form">${icon("languages")}</span><span class="row__body"><span class="row__title">${t("Rights card")}</span>
      <span class="row__sub">${t("Show it to somebody, in their language")}</span></span>${icon("chevron-right")}</a>`,
    lines(),
    guides.length
      ? html`<nav class="card rows" aria-label=${t("Pages")}>${guides.map((one) => row(one.id, one.icon, say(one.title), say(one.about), one.only))}</nav>`
      : empty("book-open", t("No pages on this phone yet"), t("They come with the first sign-in and stay, with or without network.")),
    state.lock === "locked" ? locked() : nothing,
  ];
}

/** @param {string} id @param {string} picture @param {unknown} title @param {unknown} sub @param {string} [lang] */
function row(id, picture, title, sub, lang) {
  return html`<a class="row row--form" href=${to("guide", id)}><span class="disc disc--form">${icon(picture)}</span>
    <span class="row__body" lang=${lang ?? nothing}><span class="row__title">${title}</span><span class="row__sub">${sub}</span></span>${icon("chevron-right")}</a>`;
}

function locked() {
  return html`<section class="card empty" aria-label=${t("Locked")}><div class="card__pad"><h2 class="place line">${icon("lock")}${t("Pages for members")}</h2>
    <p>${t("They open with your passkey. The pages above are for everybody.")}</p>${unlockButton(false)}</div></section>`;
}

/** @param {Hit[]} hits */
function results(hits) {
  const told = hits.length ? plural("{n} page found", "{n} pages found", hits.length) : t("No page has these words");
  return html`<p class="quiet" role="status">${told}</p>
    ${hits.length
      ? html`<nav class="card rows" aria-label=${t("Pages found")}>${hits.map(({ guide, lang, line }) =>
          row(guide.id, guide.icon, marked(guide.title[lang]), marked(line || guide.about[lang]), lang === state.lang ? undefined : lang))}</nav>`
      : empty("search", t("Nothing found"), t("Try one word, or another one. Only what is on this phone is searched."))}
    ${state.lock === "locked" ? locked() : nothing}`;
}

/** @param {string} text */
function marked(text) {
  return query ? split(text, query).map((piece, at) => (at % 2 ? html`<mark>${piece}</mark>` : piece)) : text;
}

/** The two numbers that matter, without a session. */
export function lines() {
  const chapter = state.snapshot?.public?.chapter;
  if (!chapter?.hotline && !chapter?.legal_line) return nothing;
  return html`<section class="card rows" aria-label=${t("Numbers to call")}>
    ${chapter.hotline ? callRow(t("Call the hotline"), chapter.hotline) : nothing}
    ${chapter.legal_line ? callRow(t("Call the legal line"), chapter.legal_line) : nothing}</section>`;
}

/** @param {string} title @param {string} number */
export function callRow(title, number) {
  return html`<a class="row row--slim" href="tel:${number.replace(/[^+0-9]/g, "")}">${icon("phone")}<span class="row__body">
    <span class="row__title">${title}</span><span class="row__sub num">${number}</span></span></a>`;
}

/** @param {string} id */
export function guidePage(id) {
  const found = listed().find((one) => one.id === id);
  const said = found && body(id);
  const bar = taskBar(found ? say(found.title) : t("Guide"), found ? say(found.about) : "", to("guide"), t("Back to the guide"));
  const main = said ? html`<article class="read" lang=${found.only ?? nothing}>${said.map(part)}</article>` : missing(Boolean(found));
  return html`${bar}<main class="main" id="main" tabindex="0">${main}</main>`;
}

/** @param {boolean} known whether the list has it */
function missing(known) {
  if (!known && state.lock === "locked") return locked();
  if (!known) return empty("book-open", t("This page is not there any more"), t("It was put away, or is for members of another chapter."));
  return note("", "book-open", t("Not on this phone yet"), state.online ? t("It is on its way.") : t("It comes when there is network, and stays from then on."));
}

/** @param {GuidePart} one */
function part(one) {
  const chapter = state.snapshot?.public?.chapter;
  if (one.h) return html`<h2 class="place">${run(one.h)}</h2>`;
  if (one.p) return html`<p>${run(one.p)}</p>`;
  if (one.note) return html`<p class="why">${run(one.note)}</p>`;
  if (one.list) return html`<ul class="dots">${one.list.map((line) => html`<li>${run(line)}</li>`)}</ul>`;
  if (one.steps) return html`<ol class="card coach">${one.steps.map((line) => html`<li><p>${run(line)}</p></li>`)}</ol>`;
  const number = one.call === "legal" ? chapter?.legal_line : chapter?.hotline;
  if (!number) return nothing;
  return html`<section class="card">${callRow(one.call === "legal" ? t("Call the legal line") : t("Call the hotline"), number)}</section>`;
}

/** @param {Run} said */
function run(said) {
  if (typeof said === "string") return marked(said);
  return said.map((piece) => {
    if (typeof piece === "string") return marked(piece);
    if (piece.b) return html`<b>${marked(piece.b)}</b>`;
    const address = leads(piece.to ?? "");
    return address ? html`<a href=${address} rel="noopener noreferrer" target=${address.startsWith("https:") ? "_blank" : nothing}>${marked(piece.t ?? "")}</a>` : marked(piece.t ?? "");
  });
}

/** Where a link may lead: the server has looked at it too. @param {string} address */
function leads(address) {
  if (address.startsWith("guide:")) return to("guide", address.slice(6));
  return /^(https:\/\/|tel:[+0-9().-]+$)/.test(address) ? address : "";
}
