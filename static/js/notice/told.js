// What somebody is told without being asked to take the alert: it is confirmed; or a word from the response to who decides about it.
import { html, nothing } from "lit";
import { t } from "../lib/i18n.js";
import { icon } from "../field/icon.js";
import { timeZoned as time } from "../field/words.js";
import { whatOf } from "./words.js";

/** @typedef {import("./page.js").NoticePage} Page */
/** @typedef {import("./door.js").Notice} Notice */

/** @param {Page} page @param {Notice} notice */
export function toldMessage(page, notice) {
  const { alert } = notice;
  const { title, say } = words(notice);
  return html`<main class="main" tabindex="0" aria-label=${t("The message")}>
      <div class="stack head"><p>${chip(page, notice)}</p><h1 class="title title--xl">${title}</h1>${say ? html`<p class="lead lead--q">${say}</p>` : nothing}${page.place(alert)}</div>
      ${facts(notice)}
    </main>
    <footer class="dock dock__act">${actions(page, notice)}</footer>`;
}

/** @param {Page} page @param {Notice} notice */
function chip(page, { kind, alert }) {
  if (alert.closed_at !== null) return page.chip(alert);
  if (kind === "news") return html`<span class="chip chip--danger">${icon("circle-check")}${t("Confirmed")}</span>`;
  return html`<span class="chip">${icon("megaphone")}${t("Alert {n}", { n: alert.number })}</span>`;
}

/** @param {Notice} notice */
function words({ kind, alert }) {
  const what = whatOf(alert.what);
  if (alert.closed_at !== null) return { title: what, say: t("It is over. You need not do anything.") };
  if (kind === "news") return { title: what, say: t("Watch and write from where anybody may stand. Do not block, and do not spread names or faces.") };
  if (kind === "still") return { title: t("Is it still there?"), say: t("Without an answer it ends by itself: a stale alert keeps families at home.") };
  if (kind === "second") return { title: t("A second person is asked: you"), say: t("Somebody proposes to tell the whole chapter. Nothing is sent until two people say yes.") };
  return { title: t("News of an alert that is yours"), say: t("A pair has reported, or has not reported in time. Open it and decide.") };
}

/** @param {Notice} notice */
function facts({ kind, alert }) {
  return html`<dl class="facts card facts--card">
    ${kind === "news" && alert.seen_at ? html`<dt>${t("Last seen")}</dt><dd class="num">${time(alert.seen_at, alert.zone)}</dd>` : nothing}
    <dt>${t("Raised")}</dt><dd class="num">${time(alert.raised_at, alert.zone)}</dd>
    <dt>${t("Called")}</dt><dd>${t("Alert {n}", { n: alert.number })}</dd>
    ${alert.closed_at === null ? nothing : html`<dt>${t("It's over")}</dt><dd class="num">${time(alert.closed_at, alert.zone)}</dd>`}
    ${alert.hotline ? html`<dt>${t("Hotline")}</dt><dd class="num">${alert.hotline}</dd>` : nothing}
  </dl>`;
}

/** @param {Page} page @param {Notice} notice */
function actions(page, { kind, alert }) {
  const call = page.call(alert.hotline);
  if (kind === "news" || alert.closed_at !== null) {
    return html`<p class="quiet center">${t("Nothing is asked of you now.")}</p>${kind === "news" ? html`<a class="btn btn--second btn--field" href="/#/copies">${icon("shield-check")}${t("Is it from us? Check its signature")}</a>` : nothing}${call}`;
  }
  return html`<a class="btn btn--primary btn--tall" href="/alerts/${alert.id}">${icon("log-in")}${t("Open it")}</a>${call}`;
}
