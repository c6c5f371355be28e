// A form being written: its bar around <fa-form>, which draws the rest.
import { html, nothing } from "lit";
import es from "../../lib/es/court.js";
import { register, t } from "../../lib/i18n.js";
import "../form/fa-form.js";
import { line } from "../form/words.js";
import { mayTake } from "../capture/rules.js";
import "../capture/section.js";
import { locate } from "../alert/raise.js";
import { offer } from "../carry.js";
import { familyRow, someoneTaken } from "../family.js";
import { counts, place } from "../find.js";
import { icon } from "../icon.js";
import { dockLine, empty, taskBar } from "../parts.js";
import { to } from "../router.js";
import { set, state } from "../state.js";
import { halfDay, placeShort, say } from "../words.js";
import { begin, draft, formOfDraft, keep, purposeOf, save, zoneOfDraft } from "../writing.js";
import "./correct.js";
import { lockedCard } from "./locked.js";

register("es", es);

/** @typedef {import("../types.js").Draft} Draft */
/** @typedef {import("../../lib/forms/definition.js").Definition} Definition */

/** @param {string} id of the draft */
export function formPage(id) {
  const found = draft(id);
  const defn = found && formOfDraft(found);
  if (!found || !defn) {
    return html`${taskBar(t("Write"), "", to("write"), t("Back to Write"))}<main class="main" id="main">
      ${state.lockedDrafts ? lockedCard() : empty("file-question-mark", t("This form is not on this phone"), t("It was saved or thrown away already, or belongs to someone else."), html`<a class="btn btn--primary btn--field" href=${to("write")}>${t("Go to Write")}</a>`)}</main>`;
  }
  if (found.corrects) return html`<fa-correct .draft=${found} .definition=${defn} .answers=${answersOf(found)} .context=${contextOf(found)}
    .status=${standing()} .busy=${state.busy === "save"} @change=${(/** @type {CustomEvent} */ event) => changed(found, defn, event)}></fa-correct>`;
  const inside = found.session && found.session === state.court?.record;
  return html`${taskBar(title(found, say(defn.title)), sub(found, say(defn.title)), to(inside ? "court" : "write"), inside ? t("Back to the session") : t("Back to Write"))}
    ${state.fault ? html`<div class="note note--wait note--bar" role="alert">${icon("circle-alert")}<p>${state.fault}</p></div>` : nothing}
    <fa-form .definition=${defn} .answers=${answersOf(found)} .context=${contextOf(found)} .stage=${found.stage ?? "all"} .status=${standing()} .lead=${[ahead(found), carried(found, defn)]} .tail=${tail(found)}
      .action=${found.order || defn.series ? t("Save and next case") : found.stage === "close" ? t("Save and close the session") : ""} .busy=${state.busy === "save"}
      @change=${(/** @type {CustomEvent} */ event) => changed(found, defn, event)} @save=${(/** @type {CustomEvent} */ event) => saved(found, event)}
      @offer=${(/** @type {CustomEvent} */ event) => begin({ form: event.detail.form, place: found.place, shift: found.shift, part: found.part })}></fa-form>`;
}

/** Whether a family is to be told; photo, video and sound, or why not; the closing of a session has no more to show. @param {Draft} of */
const tail = (of) => (of.stage === "close" ? nothing : html`${someoneTaken(answersOf(of)) ? familyRow() : nothing}<fa-media .draft=${of}></fa-media>`);

/** Where something may be filmed it cannot wait for the questions: one tap leads past them. @param {Draft} of */
const ahead = (of) => (of.stage === "close" || !state.sealing || !mayTake(of.form) ? nothing : html`<button class="row card" type="button" @click=${toMedia}>${icon("camera")}
  <span class="row__body"><span class="row__title">${t("Photo, video, sound")}</span><span class="row__sub">${t("Film now, describe later")}</span></span>${icon("chevron-down")}</button>`);

function toMedia() {
  document.getElementById("media")?.scrollIntoView({ block: "start" });
  /** @type {HTMLElement|null} */ (document.querySelector("[data-take]"))?.focus({ preventScroll: true });
}

/** @type {{id: string, answers: Record<string, any>}} the same object as long as the form is, so that it is not begun anew */
let shown = { id: "", answers: {} };

/** @param {Draft} of */
function answersOf(of) {
  if (shown.id !== of.id) shown = { id: of.id, answers: of.answers };
  return shown.answers;
}

/** What is still being written is not received: "All received" speaks of the others, and would be read as this one's. */
const standing = () => (counts().held ? dockLine() : html`<span class="status">${icon("pencil-line")}${t("Not saved yet")}</span>`);

/** What the room repeats: offered in one line, and once taken over shown with a way back. @param {Draft} of @param {Definition} defn */
function carried(of, defn) {
  const answers = answersOf(of);
  const offered = offer(of, defn, answers);
  const ids = Object.keys(offered);
  const { lists, place: where } = contextOf(of);
  const known = { lang: state.lang, zone: zoneOfDraft(of), lists: { ...lists, judges: where?.judges ?? [], courtrooms: where?.courtrooms ?? [] } };
  const words = (/** @type {Record<string, any>} */ said) => line(defn.fields.filter(({ id }) => id in said), said, known);
  const took = (of.took ?? []).filter((id) => answers[id] !== undefined);
  const put = (/** @type {Record<string, any>} */ next, /** @type {string[]} */ taken) => {
    of.took = taken;
    shown = { id: of.id, answers: next };
    keep(of, next, true);
    set({});
  };
  const back = () => put(Object.fromEntries(Object.entries(answers).filter(([id]) => !took.includes(id))), []);
  return html`${ids.length ? html`<button class="row row--slim card" type="button" data-carry @click=${() => put({ ...answers, ...offered }, [...took, ...ids])}>${icon("copy-plus")}
      <span class="row__body"><span class="row__title">${t("As before")}</span><span class="row__sub">${words(offered)}</span></span></button>` : nothing}
    ${took.length ? html`<div class="row row--slim card">${icon("copy-check")}<span class="row__body"><span class="row__title row__title--plain">${t("Taken over")}</span>
      <span class="row__sub">${words(Object.fromEntries(took.map((id) => [id, answers[id]])))}</span></span><button class="btn btn--text" type="button" @click=${back}>${t("Undo")}</button></div>` : nothing}`;
}

/** @type {{key: string, context: import("../form/control.js").Context}} */
let told = { key: "", context: {} };

/** @param {Draft} of @returns {import("../form/control.js").Context} */
function contextOf(of) {
  const open = state.snapshot?.public;
  const key = `${of.id} ${state.lang} ${state.sealing} ${state.snapshot?.etag}`;
  if (told.key === key) return told.context;
  const where = place(of.place);
  const spot = { name: where?.name, timezone: zoneOfDraft(of), judges: where?.judges ?? [], courtrooms: where?.courtrooms ?? [] };
  const ask = () => locate().then((found) => found?.position ?? Promise.reject(new Error("no position")));
  told = { key, context: { lang: state.lang, legalBox: state.sealing, purpose: of.corrects?.purpose ?? purposeOf(of.shift), place: spot, lists: open?.lists ?? {}, forms: open?.forms ?? [], chips: open?.chapter.chips ?? [], legalLine: open?.chapter.legal_line ?? "", locate: ask, now: () => Date.now() } };
  return told.context;
}

/** @param {Draft} of @param {Definition} defn @param {CustomEvent} event */
function changed(of, defn, event) {
  if (!event.detail?.answers) return;
  shown = { id: of.id, answers: event.detail.answers };
  const asked = defn.fields.find(({ id }) => id === event.detail.field);
  const typed = asked?.type === "note" && Object.keys(event.detail.answers).length > 1;
  keep(of, event.detail.answers, !typed);
  if (state.fault) set({ fault: "" });
  else if (asked?.carry || ["taken", "doing"].includes(asked?.id ?? "") || of.took?.includes(asked?.id ?? "")) set({}); // what is offered, or was taken over, is another now
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
