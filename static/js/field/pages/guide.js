// Guide: a list, and pages to read offline.
import { html, nothing } from "lit";
import { t } from "../../lib/i18n.js";
import { icon } from "../icon.js";
import { empty, tabPage, taskBar, topBar } from "../parts.js";
import { to } from "../router.js";
import { state } from "../state.js";
import { say } from "../words.js";

/** @typedef {import("../types.js").GuidePart} GuidePart */

export function guideList() {
  const guides = state.snapshot?.public?.guides ?? [];
  return tabPage("guide", topBar(t("Guide"), t("On this phone, with or without network")), [
    lines(),
    guides.length
      ? html`<nav class="card rows" aria-label=${t("Pages")}>${guides.map((one) => html`<a class="row row--form" href=${to("guide", one.id)}>
          <span class="disc disc--form">${icon(one.icon)}</span><span class="row__body"><span class="row__title">${say(one.title)}</span>
          <span class="row__sub">${say(one.about)}</span></span>${icon("chevron-right")}</a>`)}</nav>`
      : empty("book-open", t("No pages on this phone yet"), t("They come with the first sign-in and stay, with or without network.")),
  ]);
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
  const found = state.snapshot?.public?.guides.find((one) => one.id === id);
  if (!found) return guideList();
  return html`${taskBar(say(found.title), say(found.about), to("guide"), t("Back to the guide"))}
    <main class="main" id="main" tabindex="0"><article class="read">${found.body[state.lang].map(part)}</article></main>`;
}

/** @param {GuidePart} one */
function part(one) {
  const chapter = state.snapshot?.public?.chapter;
  if (one.h) return html`<h2 class="place">${one.h}</h2>`;
  if (one.p) return html`<p>${one.p}</p>`;
  if (one.list) return html`<ul class="dots">${one.list.map((line) => html`<li>${line}</li>`)}</ul>`;
  if (one.steps) return html`<ol class="card coach">${one.steps.map((line) => html`<li><p>${line}</p></li>`)}</ol>`;
  const number = one.call === "legal" ? chapter?.legal_line : chapter?.hotline;
  if (!number) return nothing;
  return html`<section class="card">${callRow(one.call === "legal" ? t("Call the legal line") : t("Call the hotline"), number)}</section>`;
}
