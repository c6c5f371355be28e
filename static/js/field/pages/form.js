// A form being written: its bar around <fa-form>, which draws the rest.
import { html, nothing } from "lit";
import { t } from "../../lib/i18n.js";
import "../form/fa-form.js";
import { locate } from "../alert/raise.js";
import { place } from "../find.js";
import { icon } from "../icon.js";
import { dockLine, empty, taskBar } from "../parts.js";
import { to } from "../router.js";
import { set, state } from "../state.js";
import { halfDay, placeShort, say } from "../words.js";
import { begin, draft, formOfDraft, keep, purposeOf, save, zoneOfDraft } from "../writing.js";
import "./correct.js";
import { lockedCard } from "./locked.js";

/** @typedef {import("../types.js").Draft} Draft */

/** @param {string} id of the draft */
export function formPage(id) {
  const found = draft(id);
  const defn = found && formOfDraft(found);
  if (!found || !defn) {
    return html`${taskBar(t("Write"), "", to("write"), t("Back to Write"))}<main class="main" id="main">
      ${state.lockedDrafts ? lockedCard() : empty("file-question-mark", t("This form is not on this phone"), t("It was saved or thrown away already, or belongs to someone else."), html`<a class="btn btn--primary btn--field" href=${to("write")}>${t("Go to Write")}</a>`)}</main>`;
  }
  if (found.corrects) return html`<fa-correct .draft=${found} .definition=${defn} .answers=${answersOf(found)} .context=${contextOf(found)}
    .status=${dockLine()} .busy=${state.busy === "save"} @change=${(/** @type {CustomEvent} */ event) => changed(found, event)}></fa-correct>`;
  return html`${taskBar(title(found, say(defn.title)), sub(found, say(defn.title)), to("write"), t("Back to Write"))}
    ${state.fault ? html`<div class="note note--wait note--bar" role="alert">${icon("circle-alert")}<p>${state.fault}</p></div>` : nothing}
    <fa-form .definition=${defn} .answers=${answersOf(found)} .context=${contextOf(found)} .stage=${found.stage ?? "all"} .status=${dockLine()}
      .action=${found.order ? t("Save and next case") : found.stage === "close" ? t("Save and close the session") : ""} .busy=${state.busy === "save"}
      @change=${(/** @type {CustomEvent} */ event) => changed(found, event)} @save=${(/** @type {CustomEvent} */ event) => saved(found, event)}
      @offer=${(/** @type {CustomEvent} */ event) => begin({ form: event.detail.form, place: found.place, shift: found.shift, part: found.part })}></fa-form>`;
}

/** @type {{id: string, answers: Record<string, any>}} the same object as long as the form is, so that it is not begun anew */
let shown = { id: "", answers: {} };

/** @param {Draft} of */
function answersOf(of) {
  if (shown.id !== of.id) shown = { id: of.id, answers: of.answers };
  return shown.answers;
}

/** @type {{key: string, context: object}} */
let told = { key: "", context: {} };

/** @param {Draft} of */
function contextOf(of) {
  const open = state.snapshot?.public;
  const key = `${of.id} ${state.lang} ${state.sealing} ${state.snapshot?.etag}`;
  if (told.key === key) return told.context;
  const where = place(of.place);
  const spot = { name: where?.name, timezone: zoneOfDraft(of), judges: where?.judges ?? [], courtrooms: where?.courtrooms ?? [] };
  const ask = () => locate().then((found) => found?.position ?? Promise.reject(new Error("no position")));
  told = { key, context: { lang: state.lang, legalBox: state.sealing, purpose: of.corrects?.purpose ?? purposeOf(of.shift), place: spot, lists: open?.lists ?? {}, forms: open?.forms ?? [], chips: open?.chapter.chips ?? [], locate: ask, now: () => Date.now() } };
  return told.context;
}

/** @param {Draft} of @param {CustomEvent} event */
function changed(of, event) {
  if (!event.detail?.answers) return;
  shown = { id: of.id, answers: event.detail.answers };
  if (state.fault) set({ fault: "" });
  keep(of, event.detail.answers);
}

/** @param {Draft} of @param {CustomEvent} event */
function saved(of, event) {
  void save(of, event.detail.answers, event.detail.offers ?? []);
}

/** @param {Draft} of @param {string} form */
function title(of, form) {
  if (of.order) return t("Case {n}", { n: of.order });
  return of.stage === "close" ? t("Close the session") : form;
}

/** @param {Draft} of @param {string} form */
function sub(of, form) {
  const where = place(of.place) ? placeShort(place(of.place)) : t("Area of about 1 km");
  return of.order ? `${where}, ${form}` : [where, of.part && halfDay(of.part, state.now, zoneOfDraft(of))].filter(Boolean).join(", ");
}
