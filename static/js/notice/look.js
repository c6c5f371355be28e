// "Can you look?": for one of a pair. From afar, with a time to report by, and a sign of life of one's own until one is out.
import { html, nothing } from "lit";
import { t } from "../lib/i18n.js";
import { icon } from "../field/icon.js";
import { timeZoned as time } from "../field/words.js";
import { whatOf } from "./words.js";

/** @typedef {import("./page.js").NoticePage} Page */
/** @typedef {import("./door.js").Notice} Notice */
/** @typedef {import("./door.js").Look} Look */
/** @typedef {import("./door.js").Answer} Answer */

/** @param {Page} page @param {Notice} notice @param {Look} look */
export function lookMessage(page, notice, look) {
  const { alert } = notice;
  return html`<main class="main" tabindex="0" aria-label=${t("The message")}>
      <div class="stack head"><p>${chip(page, notice, look)}</p><h1 class="title title--xl">${t("Can you look?")}</h1>
        <p class="lead lead--q">${t("Reported, not confirmed: {what}. Tell nobody else of it.", { what: whatOf(alert.what) })}</p>${page.place(alert)}</div>
      ${page.notSent(alert)}${["asked", "going", "here"].includes(look.state) ? page.sealed(alert) : nothing}${how(look)}${facts(page, notice, look)}
    </main>
    <footer class="dock dock__act">${actions(page, notice, look)}</footer>`;
}

/** @param {Page} page @param {Notice} notice @param {Look} look */
function chip(page, { alert }, look) {
  if (alert.closed_at !== null) return page.chip(alert);
  if (look.state === "here") return html`<span class="chip chip--ok">${icon("map-pin")}${t("You are there")}</span>`;
  if (look.state === "going") return html`<span class="chip chip--ok">${icon("check")}${t("You are on the way")}</span>`;
  if (look.state === "asked") return html`<span class="chip chip--danger">${icon("eye")}${t("You are asked, with another person")}</span>`;
  return html`<span class="chip">${icon("check")}${look.state === "cannot" ? t("You said that you can't") : t("Nothing more is asked of you")}</span>`;
}

/** @param {Look} look */
function how(look) {
  if (!["asked", "going", "here"].includes(look.state)) return nothing;
  return html`<div class="note">${icon("eye")}<p><b>${t("Look from where anybody may stand")}</b>${t("Two of you, never alone. Do not speak to officers, do not block, do not film the faces of people being held. If it feels wrong, leave.")}</p></div>`;
}

/** @param {Page} page @param {Notice} notice @param {Look} look */
function facts(page, { alert }, look) {
  const saw = { ice: t("ICE is here"), not_ice: t("Not ICE"), nothing: t("Nothing to see now") };
  return html`<dl class="facts card facts--card">
    <dt>${t("Reported at")}</dt><dd class="num">${time(alert.raised_at, alert.zone)}</dd>
    ${look.report_by && !look.saw ? html`<dt>${t("Say what you see by")}</dt><dd class="num">${time(look.report_by, alert.zone)}</dd>` : nothing}
    ${look.saw ? html`<dt>${t("You saw")}</dt><dd>${saw[look.saw]}</dd>` : nothing}
    ${look.next_check_at && look.state === "here" ? html`<dt>${t("Say that you are well by")}</dt><dd class="num">${time(look.next_check_at, alert.zone)}</dd>` : nothing}
    <dt>${t("Called")}</dt><dd>${t("Alert {n}", { n: alert.number })}</dd>
    ${alert.hotline ? html`<dt>${t("Hotline")}</dt><dd class="num">${alert.hotline}</dd>` : nothing}
  </dl>`;
}

/** @param {Page} page @param {Notice} notice @param {Look} look */
function actions(page, { alert }, look) {
  const call = page.call(alert.hotline);
  const busy = page.answering !== "";
  const big = (/** @type {Answer} */ said, /** @type {string} */ glyph, /** @type {string} */ label, kind = "btn--primary btn--tall") =>
    html`<button class="btn ${kind}" type="button" data-say=${said} aria-disabled=${busy} @click=${() => void page.say(said)}>${icon(glyph)}${label}</button>`;
  const small = (/** @type {Answer} */ said, /** @type {string} */ label) => html`<button class="btn btn--second btn--field" type="button" data-say=${said} aria-disabled=${busy} @click=${() => void page.say(said)}>${label}</button>`;
  const says = html`<p class="quiet center" role="status">${busy && !page.late ? t("Sending your answer") : wordsFor(look, alert.closed_at !== null)}</p>`;
  if (look.state === "here" && (alert.closed_at !== null || look.saw)) {
    return html`${says}${alert.closed_at === null ? big("well", "circle-check", t("I'm well, still here")) : nothing}${big("out", "log-out", t("I'm out and OK"), "btn--second btn--field")}${call}`;
  }
  if (look.state === "here") {
    const equal = "btn--second btn--tall"; // no answer is made easier than another: most reports are false
    return html`${says}<div class="two">${big("ice", "eye", t("ICE is here"), equal)}${big("not_ice", "ban", t("Not ICE"), equal)}</div>
      <div class="two">${small("nothing", t("Nothing to see now"))}${small("out", t("I'm out and OK"))}</div>${call}`;
  }
  if (alert.closed_at !== null || look.state === "out" || look.state === "ended") return html`${says}${call}`;
  if (look.state === "going") return html`${says}${big("here", "map-pin", t("I'm there"))}<div class="two">${small("cannot", t("I can't after all"))}${call}</div>`;
  return html`${says}${big("going", "footprints", look.state === "cannot" ? t("I can, after all") : t("I'm going"))}<div class="two">${look.state === "cannot" ? nothing : small("cannot", t("I can't"))}${call}</div>`;
}

/** @param {Look} look @param {boolean} closed */
function wordsFor(look, closed) {
  if (look.state === "here" && closed) return t("It has ended. Say when you are out.");
  if (look.state === "here") return look.saw ? t("Thank you. Your dispatcher has it. Say now and then that you are well.") : t("What do you see?");
  if (closed || look.state === "out" || look.state === "ended") return t("Nothing more is asked of you.");
  if (look.state === "cannot") return t("Somebody else was asked instead.");
  return look.state === "going" ? t("Tap when you can see the place.") : t("You can say no. Somebody else is asked then.");
}
