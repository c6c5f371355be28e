// On this phone: what is saved, on its way, received; and for each other outcome plain words and one thing to do.
import { html, nothing } from "lit";
import { plural, t } from "../../lib/i18n.js";
import { arrived, counts, homeZone, place } from "../find.js";
import { icon } from "../icon.js";
import { empty, note, taskBar } from "../parts.js";
import { tryNow } from "../phone.js";
import { to } from "../router.js";
import { set, state } from "../state.js";
import { halfDay, placeShort, say } from "../words.js";
import { kindOf } from "../alert/sheet.js";
import { boxNote } from "./box.js";

/** @typedef {import("../types.js").Item} Item */
/** @typedef {{kind: string, icon: string, word: string, text?: string, act?: unknown}} Shown */

const SHOWN_MS = 7 * 86400000;

/** What a record is called. It never says what was written. @param {Pick<Item, "form"|"label">} item */
export function titleOf(item) {
  const { kind, form, what, order, corrects, closes } = item.label;
  const names = {
    claim: t("Take a shift"), release: t("Give back a shift"), check_in: t("I'm here"), check_out: t("I'm out and OK"),
    quiet: t("Phone off until…"), after: t("How you are"), alert_cancel: t("Alert taken back"), acknowledge: t("Answer to an alert"),
  };
  if (kind === "alert") return t("Alert: {what}", { what: kindOf(what).label() });
  if (kind in names) return names[/** @type {keyof typeof names} */ (kind)];
  const found = state.snapshot?.public?.forms.find((one) => one.id === (form ?? item.form ?? "").split("@")[0]);
  const title = found ? say(found.title) : t("Written note");
  const name = order ? t("{form}, case {n}", { form: title, n: order }) : title;
  if (corrects) return t("Correction to {form}", { form: name });
  return closes ? t("{form}, closing", { form: name }) : name;
}

/** @param {Item} item @returns {string} place and half-day; for what concerns a shift, the shift */
export function whereOf(item) {
  const where = place(item.label.place);
  const zone = where?.zone ?? homeZone();
  const when = item.label.part ? halfDay(item.label.part, state.now, zone) : "";
  return [placeShort(where), when].filter(Boolean).join(", ");
}

/** @param {Item} item @returns {Shown} */
export function shown(item) {
  const { state: status, code } = item.status;
  if (status === "received") return { kind: "received", icon: "check-check", word: t("Received") };
  if (status === "quarantined") return { kind: "received", icon: "check-check", word: t("Received"), text: t("A person will look at it first. You need not do anything.") };
  if (status === "not_applied") return { kind: "attention", icon: "circle-alert", word: t("Received, but not done"), text: notDone(code, item) };
  if (status === "attention") return { kind: "attention", icon: "circle-alert", word: t("Needs attention"), ...attention(code) };
  if (status === "sending") return { kind: "sending", icon: "arrow-up", word: t("Sending") };
  if (!state.online) return { kind: "waiting", icon: "wifi-off", word: t("Saved here, waiting for network") };
  const asked = item.kind === "claim" ? t("Asked, not yours yet.") : undefined;
  return { kind: "saved", icon: "smartphone", word: t("Saved on this phone, not sent yet"), text: asked };
}

/** @param {string|null} code @returns {{text: string, act?: unknown}} what happened, that it is safe, one thing that helps */
function attention(code) {
  const signIn = html`<a class="btn btn--second btn--block" href=${to("in")}>${t("Sign in to send it")}</a>`;
  if (code === "unknown_key") return { text: t("The server does not know this phone's newest key yet. It is safe here. Sign in and it goes."), act: signIn };
  if (code === "too_large") return { text: t("It is too large to send. It is safe here. Tell your coordinator; write the rest in a new one.") };
  if (code === "conflict") return { text: t("The server has another record under the same number. Both are kept. Tell your coordinator.") };
  if (code === "wrong_chapter") return { text: t("It was written for another chapter. It is safe here. Tell your coordinator."), act: signIn };
  if (code === "unknown_log" || code === "unknown_version") return { text: t("The server and this app do not understand each other. It is safe here. Update the app, then try again.") };
  return { text: t("The server could not read it ({code}). It is safe here and stays. Tell your coordinator.", { code: code ?? "?" }) };
}

/** @param {string|null} code @param {Item} item @returns {string} why, and what would change it */
function notDone(code, item) {
  const words = {
    void: t("It came too late to count. If it still matters, do it again."),
    full: t("The shift was full. If someone gives it back, you can take it."),
    not_certified: t("Your training does not cover that date. Renew it, then take the shift."),
    overlap: t("You have another shift then. Give one back."),
    novices_only: t("The last place is kept for someone experienced."),
    unknown_shift: t("That shift is not there any more."),
    started: t("The shift had started. Talk to the lead."),
    ended: t("The shift was over."),
    cancelled: t("The shift was cancelled. Nobody needs to go."),
    not_yours: item.kind === "alert_cancel" ? t("That alert was raised from another phone. Sign in and take it back under You, Passkeys and devices.") : t("That shift was not yours."),
    key_revoked: t("This phone was taken off the list. Talk to your coordinator."),
    disabled: t("Your membership is paused. Talk to your coordinator."),
    already: item.kind === "claim" ? t("It was yours already.") : t("It was done already."),
    unknown_alert: t("That alert is not known."),
    closed: t("That alert was over already."),
    lapsed: t("Your answer has lapsed. Sign in and answer again."),
    unknown_place: t("That place is not there any more."),
  };
  return words[/** @type {keyof typeof words} */ (code)] ?? t("The server did not do it. Tell your coordinator.");
}

export function outboxPage() {
  const waiting = state.items.filter((one) => !arrived(one));
  const since = state.now - SHOWN_MS;
  const needs = state.items.filter((one) => one.status.state === "attention" || (one.status.state === "not_applied" && one.saved_at > state.now - 86400000));
  const moving = waiting.filter((one) => one.status.state !== "attention");
  const done = state.items.filter((one) => arrived(one) && !needs.includes(one) && one.saved_at > since);
  return html`${taskBar(t("On this phone"), t("Saved, sending, received"), to("today"))}
    <main class="main" id="main" tabindex="0">
      ${banner()}${list("needs", t("Needs you"), needs)}${list("moving", t("On its way"), moving)}${list("done", t("Received"), done, t("Shown for 7 days"))}${boxNote()}
      ${state.items.length ? nothing : empty("smartphone", t("Nothing written yet"), t("What you write is saved here first, then sent. You always see which."))}
      ${state.others ? html`<p class="quiet">${plural("{n} record of someone else waits here too. It is sent as theirs.", "{n} records of someone else wait here too. They are sent as theirs.", state.others)}</p>` : nothing}
    </main>
    <footer class="dock dock__act"><button class="btn btn--primary btn--field" type="button" ?disabled=${state.busy === "try"} @click=${retry}>${icon("refresh-cw")}${t("Try now")}</button></footer>`;
}

async function retry() {
  set({ busy: "try" });
  try {
    await tryNow();
    set({ said: counts().held ? t("Not everything is sent yet. Nothing is lost.") : t("All received") });
  } finally {
    set({ busy: "" });
  }
}

function banner() {
  const { held, signIn } = counts();
  if (!held) return nothing;
  const title = plural("{n} not sent yet. Nothing is lost.", "{n} not sent yet. Nothing is lost.", held);
  const stays = t("Each stays on this phone until it is received.");
  if (signIn) return note("wait", "key-round", title, `${stays} ${t("Sign in, and the server knows this phone again.")}`);
  if (!state.online) return note("wait", "wifi-off", title, `${stays} ${t("There is no network; it goes by itself.")}`);
  if (state.link === "portal") return note("wait", "wifi", title, `${stays} ${t("A page of this Wi-Fi answers in place of the server. Sign in to the Wi-Fi or use mobile data.")}`);
  if (state.link === "offline") return note("wait", "wifi-off", title, `${stays} ${t("The server cannot be reached; it keeps trying.")}`);
  if (state.link === "busy" || state.link === "trouble") return note("wait", "clock", title, `${stays} ${t("The server is busy; it keeps trying.")}`);
  return note("wait", "smartphone", title, stays);
}

/** @param {string} id @param {string} title @param {Item[]} items @param {string} [aside] */
function list(id, title, items, aside = "") {
  if (!items.length) return nothing;
  return html`<section class="section" aria-labelledby=${id}><div class="section__head"><h2 id=${id}>${title}</h2>${aside ? html`<span class="quiet">${aside}</span>` : nothing}</div>
    <ul class="card rows">${items.map((item) => row(item))}</ul></section>`;
}

/** Kept and logged, so it has a page of its own. @param {Item} item */
export const isEvidence = (item) => item.kind === "observation" || item.kind === "amendment";

/** @param {Item} item */
function row(item) {
  const { kind, icon: name, word, text, act } = shown(item);
  const says = html`<p class="row__title">${titleOf(item)}</p><p class="row__sub">${whereOf(item)}</p><p class="status status--${kind}">${word}</p>
    ${text ? html`<p class="row__say">${text}</p>` : nothing}`;
  const sign = html`<span class="disc disc--${kind}">${icon(name)}</span>`;
  if (!isEvidence(item)) return html`<li class="row row--item">${sign}<div class="row__body">${says}${act ?? nothing}</div></li>`;
  return html`<li><a class="row row--item" href=${to("saved", item.id)}>${sign}<div class="row__body">${says}</div>${icon("chevron-right", "icon--mid")}</a>
    ${act ? html`<div class="row__act">${act}</div>` : nothing}</li>`;
}
