// What a page shows in place of what is locked: calm, with one button. Writing, alerts, the guide and the outbox go on without it.
// What was written when and where is personal too: lists of it show numbers and states only, until the phone is open again.
import { html, nothing } from "lit";
import { t } from "../../lib/i18n.js";
import { icon } from "../icon.js";
import { to } from "../router.js";
import { state } from "../state.js";

/** Uses the passkey, without network too. */
export const unlockNow = () => void import("../unlock.js").then(({ unlock }) => unlock());

/** The button, and what went wrong the last time. It leads only where nothing else does. @param {boolean} leads @param {string} [label] */
export function unlockButton(leads, label = t("Unlock")) {
  return html`<button class="btn ${leads ? "btn--primary" : "btn--second"} btn--field" type="button" ?disabled=${state.busy !== ""} @click=${unlockNow}>${icon("fingerprint-pattern")}${label}</button>
    ${state.lockFault ? html`<div class="note note--wait" role="alert">${icon("circle-alert")}<p>${state.lockFault}</p></div>` : nothing}`;
}

/** Locked with a passkey, or left by "Lock now" on a phone that has no such lock. */
export const isShut = () => state.lock === "locked" || Boolean(state.person && state.session === "out" && state.snapshot && !state.snapshot.personal);

/** One way in: signing in where the session has ended and there is network, for it unlocks too; else the passkey alone. @param {boolean} leads */
export function wayIn(leads) {
  if (state.lock === "locked" && (state.session !== "out" || !state.online || state.link === "offline")) return unlockButton(leads);
  return html`<a class="btn ${leads ? "btn--primary" : "btn--second"} btn--field" href=${to("in")}>${icon("fingerprint-pattern")}${t("Sign in")}</a>`;
}

/** In place of a list of what was written. @param {string} words */
export const shutCard = (words) => html`<section class="card" aria-label=${t("Locked")}><div class="card__pad stack"><p class="line">${icon("lock", "icon--s")}<span>${words}</span></p>${wayIn(false)}</div></section>`;

/** @param {boolean} [leads] @param {unknown} [way] */
export function lockedCard(leads = true, way = unlockButton(leads)) {
  return html`<section class="card empty" aria-label=${t("Locked")}><div class="card__pad"><span class="disc">${icon("lock")}</span>
    <h2 class="place">${t("Locked")}</h2><p>${t("Your shifts, roster and drafts open with your passkey.")}</p>
    ${way}
    <p class="quiet">${t("Writing, alerts and the hotline work without.")}</p></div></section>`;
}
