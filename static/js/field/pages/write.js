// Write: the court session that is open, unfinished forms, other forms, and what was written today (never what it says).
import { html, nothing } from "lit";
import { plural, t } from "../../lib/i18n.js";
import { sayOption } from "../../lib/forms/say.js";
import { casesWritten } from "../acts.js";
import { caseFormsOf } from "../cases.js";
import { familyRow } from "../family.js";
import { homeZone, place } from "../find.js";
import { icon } from "../icon.js";
import { empty, note, tabPage, topBar } from "../parts.js";
import { to } from "../router.js";
import { set, state } from "../state.js";
import { date, dayKey, halfDay, placeShort, say, time } from "../words.js";
import { closeCourt, formNamed, leaveCourt, nextCase, pick, throwAway } from "../writing.js";
import { isShut, unlockButton, wayIn } from "./locked.js";
import { savedAt, shown, titleOf, whereOf } from "./outbox.js";

/** @typedef {import("../types.js").Draft} Draft */
/** @typedef {import("../types.js").Court} Court */

export function write() {
  const forms = (state.snapshot?.public?.forms ?? []).filter((one) => !one.within);
  const openSheets = state.drafts.filter((one) => one.sheet).length;
  if (!state.person || !forms.length) return tabPage("write", topBar(t("Write"), t("Only what you saw or heard officials do")), nobody());
  return tabPage("write", topBar(t("Write"), t("Only what you saw or heard officials do")), [
    noBox(),
    state.court ? court(state.court) : nothing,
    unfinished(),
    section("else", state.court || state.drafts.length ? t("Something else") : t("What is it?"), html`<div class="card rows">${forms.map((one) => html`
      <button class="row row--form" type="button" @click=${() => pick(one.id)}><span class="disc disc--form">${icon(one.icon)}</span>
      <span class="row__body"><span class="row__title">${say(one.title)}</span><span class="row__sub">${say(one.about)}</span></span>${icon("chevron-right")}</button>`)}
      ${forms.some((one) => one.cases) ? html`<a class="row row--form" href=${to("paper")}><span class="disc disc--form">${icon("printer")}</span>
        <span class="row__body"><span class="row__title">${t("From paper")}</span><span class="row__sub">${openSheets ? plural("{n} sheet: what became of it?", "{n} sheets: what became of them?", openSheets) : t("Type in a morning or afternoon afterwards")}</span></span>${icon("chevron-right")}</a>` : nothing}</div>`),
    familyRow(t("Family contact")),
    today(),
  ]);
}

function nobody() {
  return empty("pencil-line", t("This phone is not enrolled yet"), t("Sign in once with network. After that you can write without."),
    html`<a class="btn btn--primary btn--field" href=${to("in")}>${t("Sign in")}</a>`);
}

function noBox() {
  if (state.sealing) return nothing;
  return note("wait", "lock", t("Nothing can be locked here yet"), t("Your chapter's legal team has not made its box. Taps count; notes and exact times are left out."));
}

/** @param {string} id @param {string} title @param {unknown} inside @param {string} [aside] */
function section(id, title, inside, aside = "") {
  return html`<section class="section" aria-labelledby=${id}><div class="section__head"><h2 id=${id}>${title}</h2>${aside ? html`<span class="quiet">${aside}</span>` : nothing}</div>${inside}</section>`;
}

/** @param {Court} one */
function court(one) {
  const where = place(one.place);
  const defn = formNamed(one.form.split("@")[0] ?? "");
  const type = defn?.fields.find((field) => field.id === "type");
  const kind = type && one.type ? sayOption(type, one.type, state.lang, {}) : "";
  const part = halfDay(one.part, state.now, where?.zone ?? homeZone());
  return html`<section class="card card--now" aria-label=${t("Court session now")}><div class="card__pad">
    <div class="line line--between"><span class="chip chip--accent">${icon("clock")}${t("Now")}</span><span class="quiet num">${casesWritten(one.cases)}</span></div>
    <h2 class="place">${[say(defn?.title), kind.toLowerCase()].filter(Boolean).join(", ")}<small>${placeShort(where)}, ${part}</small></h2>
    ${caseFormsOf(one).length ? html`<button class="btn btn--primary btn--field" type="button" @click=${() => nextCase()}>${icon("plus")}${t("Write case {n}", { n: one.cases + 1 })}</button>
      <a class="btn btn--second btn--block" href=${to("court")}>${icon("list-ordered")}${t("See the cases")}</a>`
      : html`<p class="quiet">${t("This kind of sitting has tallies only, no cases.")}</p>`}
    <button class="btn btn--second btn--block" type="button" @click=${() => closeCourt()}>${t("Close the session")}</button>
    <button class="btn btn--text btn--block" type="button" @click=${() => void leaveCourt()}>${t("Close without tallies")}</button>
  </div></section>`;
}

function unfinished() {
  const drafts = state.drafts.filter((one) => !one.sheet);
  if (!drafts.length && !state.lockedDrafts) return nothing;
  return section("drafts", t("Not finished"), html`${drafts.length ? html`<div class="card rows">${drafts.map((one) => draftRow(one))}</div>` : nothing}
    ${state.lockedDrafts ? lockedDrafts(state.lockedDrafts) : nothing}`);
}

/** Unfinished forms that only a passkey opens; where it is another than the one in use, which. @param {number} n */
function lockedDrafts(n) {
  const when = state.otherPasskey === null ? "" : date(state.otherPasskey, homeZone());
  const words = when
    ? plural("{n} opens only with another passkey of yours, last used here on {date}.", "{n} open only with another passkey of yours, last used here on {date}.", n, { date: when })
    : plural("{n} is locked. It opens with your passkey.", "{n} are locked. They open with your passkey.", n);
  return html`<section class="card" aria-label=${t("Locked")}><div class="card__pad"><p class="line">${icon("lock", "icon--s")}<span>${words}</span></p>
    ${unlockButton(false, when ? t("Use that passkey") : t("Unlock"))}</div></section>`;
}

/** @param {Draft} one */
function draftRow(one) {
  const defn = formNamed(one.form);
  const name = one.paper ? t("From paper") : one.corrects ? correctionOf(one.corrects) : one.order ? t("Case {n}", { n: one.order }) : one.stage === "close" ? t("Close the session") : say(defn?.title);
  const where = place(one.place);
  const zone = where?.zone ?? homeZone();
  const when = !one.paper && dayKey(one.at, zone) === dayKey(state.now, zone) ? time(one.at, zone) : halfDay(one.part ?? "", state.now, zone);
  return html`<div class="row row--form"><a class="row__link" href=${to(one.paper ? "paper" : "form", one.id)}><span class="disc disc--form">${icon(defn?.icon ?? "pencil-line")}</span>
    <span class="row__body"><span class="row__title">${name}</span><span class="row__sub">${[where ? placeShort(where) : t("Area of about 1 km"), when].join(", ")}</span></span></a>
    <button class="iconbtn" type="button" aria-label=${t("Throw away: {name}", { name })} @click=${() => ask(one)}>${icon("trash-2")}</button></div>
    ${asked === one.id ? sure(one, name) : nothing}`;
}

/** The draft that is about to be thrown away with what was taken for it. */
let asked = "";

/** @param {Draft} draft */
const takenFor = ({ id }) => state.media.filter((one) => one.draft === id && !one.record);

/** Thrown away at once where only taps would go; a film is asked about first. @param {Draft} draft */
function ask(draft) {
  if (!takenFor(draft).length) return void throwAway(draft.id);
  asked = draft.id;
  return set({});
}

/** @param {Draft} draft @param {string} name */
function sure(draft, name) {
  const close = () => {
    asked = "";
    set({});
  };
  return html`<div class="row__ask" role="group" aria-label=${t("Throw away: {name}", { name })}>
    <p>${plural("With it goes what was taken for it: {n} file. What was sent of it stays locked and is deleted after 90 days.", "With it goes what was taken for it: {n} files. What was sent of it stays locked and is deleted after 90 days.", takenFor(draft).length)}</p>
    <button class="btn btn--second btn--block" type="button" @click=${close}>${t("Keep it")}</button>
    <button class="btn btn--text btn--block" type="button" @click=${() => void throwAway(draft.id).then(close)}>${t("Throw it away")}</button></div>`;
}

/** @param {import("../types.js").Corrects} corrects */
const correctionOf = ({ id, form, order }) => titleOf({ form, label: { kind: "amendment", form, order, corrects: id } });

function today() {
  const zone = homeZone();
  const key = dayKey(state.now, zone);
  const items = state.items.filter((one) => ["observation", "amendment"].includes(one.kind) && dayKey(one.saved_at, zone) === key);
  if (!items.length) return nothing;
  if (isShut()) {
    return section("recent", t("Written today"), html`<div class="card card__pad stack"><p class="line">${icon("lock", "icon--s")}<span>${plural("{n} thing. What and where shows after unlocking.", "{n} things. What and where shows after unlocking.", items.length)}</span></p>
      ${state.lockedDrafts ? nothing : wayIn(false)}</div>`);
  }
  return section("recent", t("Written today"), html`<ul class="card rows">${items.slice(0, 12).map((one) => {
    const { kind, icon: name, word } = shown(one);
    return html`<li><a class="row row--slim" href=${to("saved", one.id)}><span class="row__body"><span class="row__title">${titleOf(one)}</span><span class="row__sub">${[whereOf(one), savedAt(one)].join(", ")}</span>
      <span class="status status--${kind}">${icon(name)}${kind === "saved" || kind === "waiting" ? t("Saved here") : word}</span></span>${icon("chevron-right")}</a></li>`;
  })}</ul>`, t("Can be corrected, not read"));
}

