// One's place on a shift or in its line: giving it back after reading what that does, offering it, standing in line.
import { html, nothing } from "lit";
import { plural, t } from "../../lib/i18n.js";
import { announce, giveBack, operate, thenLook } from "../acts.js";
import { acts, arrived, place, zoneOf } from "../find.js";
import { icon } from "../icon.js";
import { set, state } from "../state.js";
import { address, dayShort, timeZoned } from "../words.js";

/** @typedef {import("../types.js").Shift} Shift */

/** The shift whose "Give back" was tapped once, while its consequences are read. */
let leaving = "";

/** @param {Shift} one */
const whereOf = (one) => `${dayShort(one.starts_at, zoneOf(one))} ${timeZoned(one.starts_at, zoneOf(one))}, ${address(place(one.place))}`;

/**
 * What the last of two opposite operations says, laid over what the server said.
 * @param {Shift} one @param {string} on @param {string} off @param {boolean} known
 * @returns {{stands: boolean, sent: boolean}} `sent`: the server knows it
 */
function latest(one, on, off, known) {
  const last = acts(one.id).filter((act) => act.kind === on || act.kind === off).at(-1);
  return last ? { stands: last.kind === on, sent: arrived(last) } : { stands: known, sent: true };
}

/** @param {Shift} one @returns {boolean} whether one stands in its line, or has asked to */
export const inLine = (one) => latest(one, "wait", "unwait", Boolean(one.line)).stands;

/** @param {Shift} one @returns {boolean} whether one's place on it is offered, or is about to be */
export const offered = (one) => latest(one, "swap", "unswap", Boolean(one.offered)).stands;

/** @param {Shift} one @param {"wait"|"unwait"|"swap"|"unswap"} kind @param {string} said */
async function act(one, kind, said) {
  leaving = "";
  const saved = await operate(kind, one);
  if (saved) announce(state.online ? said : t("Saved on this phone. It goes when there is network."));
  await thenLook(saved);
}

/** @param {Shift} one @param {"wait"|"unwait"|"swap"|"unswap"} kind @param {string} words @param {string} said @param {string} [look] */
const button = (one, kind, words, said, look = "btn--second") => html`<button class="btn ${look} btn--take" type="button" ?disabled=${state.busy !== ""}
  aria-label=${`${words}: ${whereOf(one)}`} @click=${() => void act(one, kind, said)}>${words}</button>`;

/** Standing in the line of a full shift. @param {Shift} one */
export function line(one) {
  if (!inLine(one)) return html`<div class="shift__foot"><span class="quiet">${t("A place that comes free is offered in order.")}</span>${button(one, "wait", t("Stand in line"), t("You stand in line."))}</div>`;
  const ahead = one.line?.ahead;
  const words = one.line?.until ? t("A place is held for you: answer on Today.")
    : ahead === undefined ? t("You stand in line as soon as this is received.")
      : ahead ? plural("{n} is before you in line.", "{n} are before you in line.", ahead) : t("You are first in line.");
  return html`<div class="shift__foot"><span class="status status--waiting">${icon("clock")}${words}</span>${button(one, "unwait", t("Leave the line"), t("You left the line."), "btn--text")}</div>`;
}

/** Below one's own shift that has not begun. @param {Shift} one @param {unknown} need */
export function own(one, need) {
  if (offered(one)) {
    return html`<div class="shift__foot"><span class="status status--waiting">${icon("clock")}${t("Offered. It is yours until someone accepts.")}</span>${button(one, "unswap", t("Keep my place"), t("You keep your place."))}</div>`;
  }
  if (leaving === one.id) return consequences(one);
  const start = () => {
    leaving = one.id;
    set({});
  };
  return html`<div class="shift__foot">${need}<button class="btn btn--second btn--take" type="button" ?disabled=${state.busy !== ""}
    aria-label=${t("Give back: {where}", { where: whereOf(one) })} @click=${start}>${t("Give back")}</button></div>`;
}

/** @param {Shift} one */
function consequences(one) {
  const why = one.without === "few" ? t("Without you it is short of people and cannot run.")
    : one.without === "novices" ? t("Without you nobody experienced is on it, and it cannot run.") : t("It can run without you. Your place is free at once.");
  const back = () => {
    leaving = "";
    void giveBack(one);
  };
  const keep = () => {
    leaving = "";
    set({});
  };
  return html`<div class="stack" role="group" aria-label=${t("Give back: {where}", { where: whereOf(one) })}><p class="why"><b>${why}</b> ${t("Offer your place, and it stays yours until someone who may accepts.")}</p>
    ${button(one, "swap", t("Offer my place"), t("Your place is offered. It is yours until someone accepts."), one.without ? "btn--primary" : "btn--second")}
    <button class="btn btn--second btn--block" type="button" ?disabled=${state.busy !== ""} @click=${back}>${t("Give it back now")}</button>
    <button class="btn btn--text btn--block" type="button" @click=${keep}>${t("Keep my place")}</button></div>`;
}

/** Nothing where the shift is not full, else the line. @param {Shift} one */
export const lineIfFull = (one) => (one.starts_at > state.now && (one.line || inLine(one) || one.why?.code === "full") ? line(one) : nothing);
