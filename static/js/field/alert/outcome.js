// What became of an alert: NOT SENT, sent, somebody has it, over.
import { html, nothing } from "lit";
import { t } from "../../lib/i18n.js";
import { familyRow } from "../family.js";
import { place, shift as findShift, zoneOf } from "../find.js";
import { icon } from "../icon.js";
import { note } from "../parts.js";
import { leave, to } from "../router.js";
import { state } from "../state.js";
import { placeShort, timeZoned } from "../words.js";
import { isSent, NUMBER, zoneThere } from "./raise.js";
import "./details.js";
import { kindOf } from "./sheet.js";

/** @typedef {import("../types.js").Item} Item */
/** @typedef {import("./sheet.js").AlertSheet} AlertSheet */

/**
 * @param {Item} alert @param {AlertSheet} sheet
 */
export function outcome(alert, sheet) {
  if (isSent(alert)) return sent(alert, sheet);
  if (alert.status.state === "not_applied") return notTaken(alert, sheet);
  return sheet.isLate(alert) || alert.status.state === "attention" ? notSent(alert, sheet) : sending(alert, sheet);
}

/** @param {Item} alert */
const raisedAt = (alert) => timeZoned(alert.label.raised_at ?? alert.saved_at, zoneThere(alert.label));

/** @param {Item} alert @param {AlertSheet} sheet */
function sending(alert, sheet) {
  return html`<div class="stack"><span class="chip chip--accent" role="status">${icon("arrow-up")}${t("Sending")}</span>
      <h1 class="sheet__title" id="sheet-title" tabindex="-1">${kindOf(alert.label.what).label()}</h1><p class="lead lead--q">${t("Raised {time}.", { time: raisedAt(alert) })}</p></div>
    ${calls(alert)}
    <button class="btn btn--block" type="button" @click=${() => void sheet.cancel(alert)}>${t("Take it back")}</button>`;
}

/** @param {Item} alert @param {AlertSheet} sheet */
function notSent(alert, sheet) {
  const since = state.offlineSince ? t("No network since {time}.", { time: timeZoned(state.offlineSince, zoneThere(alert.label)) }) : t("The server does not answer.");
  const kind = kindOf(alert.label.what);
  return html`<div class="notsent" role="alert">${icon("wifi-off")}<div><h1 class="shout" id="sheet-title" tabindex="-1">${t("NOT SENT")}</h1>
      <p>${since} ${t("Nobody has been told yet.")} <b>${t("Please call.")}</b></p></div></div>
    <p class="quiet line">${icon(kind.icon, "icon--s")}<span><span class="strong ink">${kind.label()}</span>, ${t("raised {time}", { time: raisedAt(alert) })}</span></p>
    ${calls(alert)}
    <div class="note">${icon("smartphone")}<p>${t("The alert is also saved on this phone. It goes by itself when there is network, and says when you raised it.")}</p></div>
    <button class="btn btn--block" type="button" @click=${() => void sheet.cancel(alert)}>${t("Take it back")}</button>
    <button class="btn btn--second btn--field" type="button" @click=${() => leave()}>${t("Close, keep trying")}</button>`;
}

/** @param {Item} alert @param {AlertSheet} sheet */
function notTaken(alert, sheet) {
  return html`<div class="notsent" role="alert">${icon("circle-alert")}<div><h1 class="shout" id="sheet-title" tabindex="-1">${t("NOT SENT")}</h1>
      <p>${t("The server did not take this alert from this phone. Nobody has been told.")} <b>${t("Please call.")}</b></p></div></div>
    ${calls(alert)}
    <button class="btn btn--second btn--field" type="button" @click=${() => sheet.raiseAnother()}>${t("Raise it again")}</button>
    <button class="btn btn--block" type="button" @click=${() => leave()}>${t("Close")}</button>`;
}

/** The text message that a dispatcher can read without an address in it. @param {Item} alert */
export function textMessage(alert) {
  const zone = zoneThere(alert.label);
  const at = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(alert.label.raised_at ?? alert.saved_at);
  const n = NUMBER[/** @type {keyof typeof NUMBER} */ (alert.label.what)] ?? 1;
  const where = place(alert.label.place)?.n;
  return where ? t("Alert {n}, place {place}, {time}", { n, place: where, time: at }) : t("Alert {n}, {time}, call me", { n, time: at });
}

/** @param {Item} alert */
function calls(alert) {
  const number = state.snapshot?.public?.chapter.hotline;
  if (!number) return html`<p class="lead">${t("Call the number that your coordinator gave you.")}</p>`;
  const digits = number.replace(/[^+0-9]/g, "");
  const text = textMessage(alert);
  return html`<div class="stack">
    <a class="btn btn--danger btn--tall btn--num" href="tel:${digits}">${icon("phone")}<span>${t("Call the hotline")}<small>${number}</small></span></a>
    <a class="btn btn--second btn--tall btn--num" href="sms:${digits}?&body=${encodeURIComponent(text)}">${icon("message-square")}<span>${t("Send a text message")}<small class="mono">${text}</small></span></a>
  </div>`;
}

/** @param {Item} alert @param {AlertSheet} sheet */
function sent(alert, sheet) {
  const { answer } = sheet;
  const over = answer?.state === "over" || answer?.state === "cancelled";
  const kind = kindOf(alert.label.what);
  const arrived = answer?.arrived_at ?? alert.received_at ?? alert.saved_at;
  return html`<div class="stack"><span class="chip chip--ok">${icon("check-check")}${t("Received {time}", { time: timeZoned(arrived, zoneThere(alert.label)) })}</span>
      <div class="stack" role="status">${words(alert, sheet)}</div></div>
    <section class="card rows">
      <div class="row row--slim">${icon(kind.icon)}<span class="row__body"><span class="row__title">${kind.label()}</span><span class="row__sub">${whereWords(alert)}</span></span></div>
    </section>
    ${over || hasPlace(alert) ? nothing : [note("wait", "map-pin", t("Place not given"), t("The alert went out without it. Please call and say where you are, or ask to be called.")), calls(alert)]}
    ${over ? nothing : html`<fa-alert-details class="stack" .alert=${alert}></fa-alert-details>`}
    ${!over && alert.label.what === "being_taken" ? familyRow() : nothing}
    <div class="stack">
      <a class="btn btn--primary btn--field" href=${to("write")}>${icon("pencil-line")}${t("Write what you see")}</a>
      <div class="two">${over ? nothing : html`<button class="btn btn--second btn--field" type="button" @click=${() => void sheet.cancel(alert)}>${t("Take it back")}</button>`}
        <button class="btn btn--second btn--field" type="button" @click=${() => sheet.raiseAnother()}>${t("Another alert")}</button></div>
      <button class="btn btn--block" type="button" @click=${() => leave()}>${t("Close")}</button>
    </div>`;
}

/** @param {Item} alert @param {AlertSheet} sheet */
function words(alert, { answer }) {
  const title = (/** @type {string} */ text) => html`<h1 class="sheet__title" id="sheet-title" tabindex="-1">${text}</h1>`;
  const zone = zoneThere(alert.label);
  if (answer?.state === "got_it" && answer.got_it) {
    const who = answer.got_it.role === "coordinator" ? t("The coordinator on duty answered at {time}.", { time: timeZoned(answer.got_it.at, zone) }) : t("Answered at {time}.", { time: timeZoned(answer.got_it.at, zone) });
    return [title(t("“I've got it”")), html`<p class="lead lead--q">${who}</p>`];
  }
  if (answer?.state === "over") return [title(t("It's over")), html`<p class="lead lead--q">${t("Everyone who was told knows.")}</p>`];
  if (answer?.state === "cancelled") return [title(t("Taken back")), html`<p class="lead lead--q">${t("Everyone who was told knows.")}</p>`];
  return [title(t("Sent, waiting for somebody")), html`<p class="lead lead--q">${t("If nobody says “I've got it”, it goes to more people by itself.")}</p>`];
}

/** @param {Item} alert @returns {boolean} whether those who are told can see where it is */
const hasPlace = ({ label }) => Boolean(label.place || label.cell);

/** @param {Item} alert */
function whereWords(alert) {
  if (!hasPlace(alert)) return t("Place not given");
  const shift = alert.label.shift ? findShift(alert.label.shift) : undefined;
  const where = place(alert.label.place);
  if (!where) return t("Where you are");
  return shift ? `${placeShort(where)}, ${t("until {time}", { time: timeZoned(shift.ends_at, zoneOf(shift)) })}` : placeShort(where);
}
