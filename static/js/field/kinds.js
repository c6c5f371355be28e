// What kind of shift it is, and whether an attorney is on call now: by the role only, with the chapter's own number.
import { html, nothing } from "lit";
import { t } from "../lib/i18n.js";
import { icon } from "./icon.js";
import { state } from "./state.js";

/** Empty for the usual kind. @param {{kind?: string}} shift */
export function kindName(shift) {
  if (shift.kind === "accompany") return t("Accompaniment");
  return shift.kind === "turnout" ? t("Turnout") : "";
}

/** @param {{kind?: string}} shift */
export function kindMark(shift) {
  const name = kindName(shift);
  return name ? html`<p class="quiet line">${icon(shift.kind === "accompany" ? "users" : "megaphone", "icon--s")}${name}</p>` : nothing;
}

export const attorneyOnCall = () => (state.snapshot?.personal?.on_call ?? []).some(([from, until]) => from <= state.now && state.now < until);

/** The legal line, said to be answered now; nothing without a number or while nobody is on call. */
export function attorneyRow() {
  const number = state.snapshot?.public?.chapter.legal_line;
  if (!number || !attorneyOnCall()) return nothing;
  return html`<a class="row row--rule" href="tel:${number.replace(/[^+0-9]/g, "")}">${icon("phone")}<span class="row__body">
    <span class="row__title">${t("Attorney on call now")}</span><span class="row__sub num">${number}</span></span></a>`;
}
