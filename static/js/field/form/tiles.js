// The big tiles, and the sign of what locks.
import { html, nothing } from "lit";
import { live } from "lit/directives/live.js";
import { sayOption } from "../../lib/forms/say.js";
import { t } from "../../lib/i18n.js";
import { icon } from "../icon.js";

/** @typedef {import("./control.js").Control} Control */
/** @typedef {import("./control.js").Field} Field */

/** The sign that stands above everything that locks, before a word is typed. @param {string} [id] */
export const sealedSign = (id = "") =>
  html`<p class="sealed__sign" id=${id || nothing}>${icon("lock")}${t("Locked: only the legal team can open it")}</p>`;

/** @param {Field} field @param {string} id @param {Control} control @param {boolean} small @param {string} [label] */
export function radio(field, id, control, small, label = sayOption(field, id, control.lang, control.lists)) {
  // A click, not a change: tapping the answer that stands confirms it.
  const choose = () => control.set(field, id, !control.byArrow());
  return html`<label class="tap ${small ? "tap--small" : ""}"><input type="radio" autocomplete="off" name="q-${field.id}" value=${id}
    .checked=${live(control.answers[field.id] === id)} @click=${choose}><span>${label}</span>${small ? nothing : icon("check")}</label>`;
}
