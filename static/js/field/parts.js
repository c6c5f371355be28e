// What several pages are made of: bars, the dock with strip, alert and tabs, statuses.
import { html, nothing } from "lit";
import { plural, t } from "../lib/i18n.js";
import { counts } from "./find.js";
import { icon } from "./icon.js";
import { to } from "./router.js";
import { state } from "./state.js";

const OLD = 6 * 3600000;

/** @param {string} title @param {string|import("lit").TemplateResult} [sub] a tab page's bar @param {unknown} [act] */
export function topBar(title, sub = "", act = nothing) {
  const name = state.snapshot?.personal?.me.field_name ?? "";
  const label = name ? t("You: {name}. Language, notifications, sign out", { name }) : t("You: language, installing, signing in");
  return html`<header class="bar bar--top">
    <div class="bar__text"><h1 class="title" tabindex="-1">${title}</h1>${sub ? html`<p class="bar__sub">${sub}</p>` : nothing}</div>${act}
    <a class="iconbtn iconbtn--ring" href=${to("you")} aria-label=${label}>${name ? [...name][0]?.toUpperCase() : icon("user-round")}</a>
  </header>`;
}

/**
 * A task page's bar: back, title, the ringed megaphone.
 * @param {string} title @param {string} sub @param {string} back
 */
export function taskBar(title, sub, back, backLabel = t("Back")) {
  return html`<header class="bar">
    <a class="iconbtn bar__back" href=${back} aria-label=${backLabel}>${icon("chevron-left")}</a>
    <div class="bar__text"><h1 class="bar__title" tabindex="-1">${title}</h1><p class="bar__sub">${sub}</p></div>
    <a class="iconbtn iconbtn--danger" href=${to("alert")} aria-label=${t("Alert")}>${icon("megaphone")}</a>
  </header>`;
}

/** The outbox in one line and a half: the two words, and what stands in the way. */
export function stripWords() {
  const { held, attention, signIn, oldest } = counts();
  if (attention) return { kind: "attention", icon: "circle-alert", title: plural("{n} needs you", "{n} need you", attention), sub: t("safe on this phone") };
  if (!held) return { kind: "ok", icon: "check-check", title: t("All received"), sub: t("nothing left to send") };
  const title = plural("{n} saved on this phone", "{n} saved on this phone", held);
  if (signIn === held) return { kind: "held", icon: "smartphone", title, sub: t("sign in to send") };
  if (!state.online) return { kind: "held", icon: "smartphone", title, sub: t("not sent yet, no network") };
  const old = oldest !== null && state.now - oldest > OLD;
  return { kind: "held", icon: "smartphone", title, sub: old ? t("waiting for hours, open the app online") : t("not sent yet") };
}

export function strip() {
  const { kind, icon: name, title, sub } = stripWords();
  return html`<a class="strip strip--${kind}" href=${to("outbox")}>${icon(name)}<div><b>${title}</b><span>${sub}</span></div></a>`;
}

const TABS = /** @type {const} */ ([
  { name: "today", icon: "sun", label: () => t("Today") },
  { name: "shifts", icon: "calendar-days", label: () => t("Shifts") },
  { name: "write", icon: "pencil-line", label: () => t("Write") },
  { name: "guide", icon: "book-open", label: () => t("Guide") },
]);

/** @param {string} here name of the current tab */
export function dock(here) {
  return html`<footer class="dock">
    <div class="dock__row" role="group" aria-label=${t("Outbox and alert")}>
      ${strip()}<a class="alertbtn" href=${to("alert")}>${icon("megaphone")}${t("Alert")}</a>
    </div>
    <nav class="tabbar" aria-label=${t("Main")}>
      ${TABS.map((tab) => html`<a class="tab" href=${to(tab.name)} aria-current=${tab.name === here ? "page" : nothing}>
        <span class="tab__pill">${icon(tab.icon)}</span>${tab.label()}</a>`)}
    </nav>
  </footer>`;
}

/** The outbox in one line above Save, on task pages. */
export function dockLine() {
  const { kind, icon: name, title, sub } = stripWords();
  const status = kind === "ok" ? "received" : kind === "attention" ? "attention" : "saved";
  return html`<span class="status status--${status}">${icon(name)}${title}${kind === "held" ? html`, ${sub}` : nothing}</span>`;
}

/**
 * A tab page.
 * @param {string} tab @param {unknown} bar @param {unknown} main
 */
export function tabPage(tab, bar, main) {
  return html`${bar}<main class="main" id="main">${main}</main>${dock(tab)}`;
}

/**
 * A banner; at most one, first on a page.
 * @param {string} kind @param {string} name of the icon @param {string} title @param {unknown} text
 */
export function note(kind, name, title, text) {
  return html`<div class="note ${kind ? `note--${kind}` : ""}">${icon(name)}<div><b>${title}</b><p>${text}</p></div></div>`;
}

/**
 * Nothing there yet, and what to do next.
 * @param {string} name of the icon @param {string} title @param {string} text @param {unknown} [act]
 */
export function empty(name, title, text, act = nothing) {
  return html`<section class="card empty"><div class="card__pad"><span class="disc">${icon(name)}</span>
    <h2 class="place">${title}</h2><p class="quiet">${text}</p>${act}</div></section>`;
}

/** For whoever plans, where no shift is planned: the way to the first, which is made at the desk. */
export const theFirst = () => empty("calendar-plus", t("No shifts are planned"), t("Make the first one. Whoever may take it then sees it here."),
  html`<a class="btn btn--primary btn--field" href="/shifts/new">${t("Add a shift")}</a>`);
