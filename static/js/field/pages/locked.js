// What a page shows in place of what is locked: calm, with one button. Writing, alerts, the guide and the outbox go on without it.
import { html, nothing } from "lit";
import { t } from "../../lib/i18n.js";
import { icon } from "../icon.js";
import { state } from "../state.js";

/** Uses the passkey, without network too. */
export const unlockNow = () => void import("../unlock.js").then(({ unlock }) => unlock());

/** The button, and what went wrong the last time. It leads only where nothing else does. @param {boolean} leads @param {string} [label] */
export function unlockButton(leads, label = t("Unlock")) {
  return html`<button class="btn ${leads ? "btn--primary" : "btn--second"} btn--field" type="button" ?disabled=${state.busy !== ""} @click=${unlockNow}>${icon("fingerprint-pattern")}${label}</button>
    ${state.lockFault ? html`<div class="note note--wait" role="alert">${icon("circle-alert")}<p>${state.lockFault}</p></div>` : nothing}`;
}

export function lockedCard(leads = true) {
  return html`<section class="card empty" aria-label=${t("Locked")}><div class="card__pad"><span class="disc">${icon("lock")}</span>
    <h2 class="place">${t("Locked")}</h2><p>${t("Your shifts, roster and drafts open with your passkey.")}</p>
    ${unlockButton(leads)}
    <p class="quiet">${t("Writing, alerts and the hotline work without.")}</p></div></section>`;
}
