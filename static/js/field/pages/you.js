// You: who is here, language, alerts, what the phone keeps, signing out.
import { html, nothing } from "lit";
import leaving from "../../lib/es/leaving.js";
import own from "../../lib/es/own.js";
import safety from "../../lib/es/safety.js";
import { plural, register, t } from "../../lib/i18n.js";
import { ApiError } from "../api.js";
import { icon } from "../icon.js";
import { chooseIdle, idleMinutes, MINUTES } from "../idle.js";
import { isInstalled, keepStorage } from "../install.js";
import { chooseLanguage } from "../language.js";
import { lastUsed, lockNow } from "../key.js";
import { PageElement } from "../page.js";
import { taskBar } from "../parts.js";
import { canPasskeys, signIn, whyNot } from "../passkey.js";
import { outbox, tryNow } from "../phone.js";
import { lookAtPush, stopTelling, turnOff, turnOn, unsubscribe } from "../push.js";
import { go, to } from "../router.js";
import { signOut } from "../session.js";
import { set, state } from "../state.js";
import { date, say } from "../words.js";
import { boxNote } from "./box.js";
import "./reach.js";
import { lockedCard } from "./locked.js";

register("es", leaving);
register("es", own);
register("es", safety);

export class YouPage extends PageElement {
  constructor() {
    super();
    /** @type {{unsent: number, drafts: number}|null} */
    this.leaving = null;
    this.fault = "";
    this.noPrf = false;
    this.rescue = false;
    this.minutes = 0;
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    void idleMinutes().then((minutes) => {
      this.minutes = minutes;
      this.requestUpdate();
    });
  }

  /** @override */
  render() {
    const me = state.snapshot?.personal?.me;
    return html`${taskBar(me?.field_name ?? t("You"), state.snapshot?.public?.chapter.name ?? "", to("today"))}
      <main class="main" id="main">
        ${this.fault ? html`<div class="note note--wait" role="alert">${icon("circle-alert")}<p>${this.fault}</p></div>` : nothing}
        ${this.leaving ? this.asks(this.leaving) : [boxNote(), state.lock === "locked" ? lockedCard() : nothing, this.language(), this.alerts(), this.phone(), this.training(), this.account(), this.session()]}
      </main>`;
  }

  language() {
    const langs = /** @type {const} */ ([["en", "English"], ["es", "Español"]]);
    return html`<fieldset class="section"><legend class="q__ask">${t("Language")}</legend><div class="taps">${langs.map(([lang, name]) => html`<label class="tap" lang=${lang}>
      <input type="radio" name="lang" .checked=${state.lang === lang} @change=${() => void chooseLanguage(lang)}><span>${name}</span>${icon("check")}</label>`)}</div></fieldset>`;
  }

  alerts() {
    const words = {
      unknown: t("Looking"), on: state.reach?.wrong === "unseen" ? t("On, but the last test was not shown") : t("On: alerts reach this phone"), off: t("Off: alerts do not reach this phone"),
      denied: t("Blocked in the phone's settings. Allow notifications for Fieldapp there."), missing: t("This browser cannot be reached. Install the app first."),
    };
    const { push } = state;
    return html`<section class="section" aria-labelledby="alerts"><div class="section__head"><h2 id="alerts">${t("Alerts")}</h2></div><div class="card card__pad">
      <p class="line">${icon(push === "on" ? "bell-ring" : "bell-off")}<span><span class="strong">${words[push]}</span></span></p>
      <p class="quiet">${t("The lock screen only ever says “Fieldapp: 1 new message”.")}</p>
      ${push === "off" ? html`<button class="btn btn--primary btn--field" type="button" ?disabled=${!state.person || state.busy !== ""} @click=${() => void this.run("push", turnOn)}>${icon("bell-ring")}${t("Turn on alerts")}</button>` : nothing}
      <fa-reachable></fa-reachable>
      ${push === "on" ? html`<button class="btn btn--second btn--block" type="button" @click=${() => void this.run("push", turnOff)}>${t("Turn off")}</button>` : nothing}
      ${push === "missing" && !isInstalled() ? html`<a class="btn btn--second btn--block" href=${to("install")}>${t("How to install")}</a>` : nothing}</div>
      ${state.person ? html`<div class="card rows"><a class="row" href=${to("copies")}>${icon("shield-check")}<span class="row__body"><span class="row__title">${t("What we sent")}</span><span class="row__sub">${t("Whether a message that you got is from us")}</span></span>${icon("chevron-right")}</a></div>` : nothing}</section>`;
  }

  phone() {
    const { persisted } = state;
    const kept = persisted ? t("This phone promised not to clear what is here") : t("The browser may clear it when space is short");
    const title = persisted ? t("Kept safe") : persisted === null ? t("Kept as long as the browser likes") : t("Not promised yet");
    return html`<section class="section" aria-labelledby="phone"><div class="section__head"><h2 id="phone">${t("On this phone")}</h2></div><div class="card rows">
      <div class="row">${icon(persisted ? "shield-check" : "shield-alert")}<span class="row__body"><span class="row__title">${title}</span><span class="row__sub">${persisted === null ? t("This browser does not say") : kept}</span></span>
        ${persisted === false ? html`<button class="btn btn--text" type="button" @click=${() => void keepStorage().then((yes) => set({ persisted: yes }))}>${t("Ask again")}</button>` : nothing}</div>
      ${isInstalled() ? nothing : html`<a class="row" href=${to("install")}>${icon("square-plus")}<span class="row__body"><span class="row__title">${t("Put it on your home screen")}</span><span class="row__sub">${t("It keeps what you write, and opens without network")}</span></span>${icon("chevron-right")}</a>`}
      ${this.lock()}${this.idle()}
      ${state.person ? html`<a class="row" href=${to("calendar")}>${icon("calendar")}<span class="row__body"><span class="row__title">${t("Your calendar")}</span><span class="row__sub">${t("Your shifts, by a secret address")}</span></span>${icon("chevron-right")}</a>
        <a class="row" href=${to("hours")}>${icon("moon")}<span class="row__body"><span class="row__title">${t("Quiet hours")}</span><span class="row__sub">${t("When messages wait for the morning")}</span></span>${icon("chevron-right")}</a>` : nothing}
      <a class="row" href=${to("look")}>${icon("palette")}<span class="row__body"><span class="row__title">${t("Screen, name and space")}</span><span class="row__sub">${t("Dark or light, a plain name on a shared phone")}</span></span>${icon("chevron-right")}</a>
      <a class="row" href=${to("outbox")}>${icon("smartphone")}<span class="row__body"><span class="row__title">${t("Saved, sending, received")}</span></span>${icon("chevron-right")}</a></div></section>`;
  }

  /** Whether shifts, roster and drafts open with the passkey only. */
  lock() {
    if (!state.person || state.lock === "locked") return nothing;
    if (state.lock === "open") {
      return html`<div class="row">${icon("lock-keyhole-open")}<span class="row__body"><span class="row__title">${t("Opens only with your passkey")}</span><span class="row__sub">${t("Unlocked now. It locks when the app is closed")}</span></span>
        <button class="btn btn--second" type="button" @click=${() => void lockNow()}>${t("Lock")}</button></div>`;
    }
    if (!canPasskeys()) return nothing;
    return html`<div class="row">${icon("lock-keyhole")}<span class="row__body"><span class="row__title">${t("Lock with your passkey")}</span><span class="row__sub">${this.noPrf ? t("This passkey cannot lock what is on the phone. The phone's own lock still does.") : t("Shifts, roster and drafts then open only with it")}</span></span>
      ${this.noPrf ? nothing : html`<button class="btn btn--second" type="button" ?disabled=${state.busy !== ""} @click=${() => void this.turnOnLock()}>${t("Turn on")}</button>`}</div>`;
  }

  /** After how long it locks by itself. */
  idle() {
    if (state.lock !== "open") return nothing;
    return html`<div class="row row--stack"><fieldset class="row__body"><legend class="q__ask">${t("Locks by itself after")}</legend><div class="taps taps--3">${MINUTES.map((n) => html`<label class="tap tap--c num">
      <input type="radio" name="idle" .checked=${this.minutes === n} @change=${() => void chooseIdle(n)}><span>${t("{n} min", { n })}</span></label>`)}</div></fieldset></div>`;
  }

  /** Signing in once more makes the key: the server says whose passkey it is. */
  async turnOnLock() {
    set({ busy: "lock" });
    this.fault = "";
    try {
      await signIn();
      this.noPrf = /** @type {string} */ (state.lock) === "none";
    } catch (error) {
      this.fault = whyNot(error);
    } finally {
      set({ busy: "" });
      this.requestUpdate();
    }
  }

  training() {
    const list = state.snapshot?.personal?.training ?? [];
    if (!list.length) return nothing;
    const zone = state.snapshot?.public?.chapter.zone ?? "UTC";
    return html`<section class="section" aria-labelledby="training"><div class="section__head"><h2 id="training">${t("Training")}</h2></div><div class="card rows">${list.map((one) => html`<div class="row row--slim">
      ${icon("graduation-cap")}<span class="row__body"><span class="row__title">${say(one.course)}</span><span class="row__sub">${one.ends_at === null ? t("Not yet") : one.ends_at > state.now ? t("Valid until {date}", { date: date(one.ends_at, zone) }) : t("Ended on {date}", { date: date(one.ends_at, zone) })}</span></span></div>`)}
      <a class="row" href="/training/mine">${icon("calendar-days")}<span class="row__body"><span class="row__title">${t("Sessions, quizzes, materials")}</span></span>${icon("chevron-right")}</a>
      <a class="row" href=${to("certificate")}>${icon("qr-code")}<span class="row__body"><span class="row__title">${t("Show my certificate")}</span><span class="row__sub">${t("As a QR that a lead can check without network")}</span></span>${icon("chevron-right")}</a>
      <a class="row" href=${to("check")}>${icon("scan-line")}<span class="row__body"><span class="row__title">${t("Check somebody's certificate")}</span><span class="row__sub">${t("With the camera, without network")}</span></span>${icon("chevron-right")}</a></div></section>`;
  }

  /** On pages of the server. */
  account() {
    if (!state.person) return nothing;
    const row = (/** @type {string} */ href, /** @type {unknown} */ sign, /** @type {string} */ title, /** @type {string} */ sub) => html`<a class="row" href=${href}>${sign}<span class="row__body"><span class="row__title">${title}</span><span class="row__sub">${sub}</span></span>${icon("chevron-right")}</a>`;
    return html`<section class="section" aria-labelledby="account"><div class="section__head"><h2 id="account">${t("Signing in and safety")}</h2></div><div class="card rows">
      ${row("/me", icon("key-round"), t("Passkeys and devices"), t("A second passkey, a lost phone. Needs network"))}
      ${row("/me/words", icon("message-circle"), t("Safe word and duress word"), t("One says that you are OK. The other looks the same and calls for help"))}
    </div></section>`;
  }

  session() {
    if (!state.person) return html`<a class="btn btn--primary btn--field" href=${to("in")}>${t("Sign in")}</a>`;
    return html`<div class="stack">${state.session === "in" ? nothing : html`<a class="btn btn--primary btn--field" href=${to("in")}>${t("Sign in")}</a>`}
      <a class="btn btn--second btn--block" href=${to("lock")}>${icon("lock")}${t("Lock now")}</a>
      <button class="btn btn--second btn--block" type="button" @click=${() => void this.ask()}>${icon("log-out")}${t("Sign out")}</button>
      <a class="btn btn--text btn--block" href=${to("remove")}>${t("Remove Fieldapp's data from this phone")}</a></div>`;
  }

  async ask() {
    this.leaving = await outbox.onSignOutCounts((ring) => lastUsed(ring) !== null);
    this.requestUpdate();
  }

  /** @param {{unsent: number, drafts: number}} counts */
  asks({ unsent, drafts }) {
    const held = plural("{n} record is not sent yet.", "{n} records are not sent yet.", unsent);
    const open = plural("{n} form is not finished.", "{n} forms are not finished.", drafts);
    return html`<section class="card"><div class="card__pad"><h2 class="place">${t("Sign out of this phone")}</h2>
      ${unsent ? html`<p><b>${held}</b> ${t("They stay on this phone and are still sent as yours.")}</p>` : html`<p>${t("Everything is received.")}</p>`}
      ${drafts ? html`<p><b>${open}</b> ${t("They stay locked here until you sign in again.")}</p>` : nothing}
      ${state.push === "on" ? html`<p><b>${t("Alerts will not reach you on this phone any more.")}</b> ${t("If you coordinate, be reachable on another device first, or go off duty.")}</p>` : nothing}
      <p class="quiet">${t("Shifts, names and training leave the phone. Forms, places and the hotline stay.")}</p>
      ${unsent ? html`<button class="btn btn--primary btn--field" type="button" ?disabled=${state.busy !== ""} @click=${() => void this.run("try", () => tryNow())}>${icon("refresh-cw")}${t("Send them first")}</button>` : nothing}
      ${unsent ? html`<button class="btn btn--second btn--field" type="button" aria-expanded=${this.rescue} @click=${() => void this.handIn()}>${icon("file-lock")}${t("Make a locked file")}</button>` : nothing}
      <button class="btn ${unsent ? "btn--second" : "btn--primary"} btn--field" type="button" ?disabled=${state.busy !== ""} @click=${() => void this.run("out", () => this.out())}>${t("Sign out")}</button>
      <button class="btn btn--block" type="button" @click=${() => this.stay()}>${t("Stay signed in")}</button></div></section>
      ${this.rescue && unsent ? html`<fa-rescue></fa-rescue>` : nothing}`;
  }

  /** What is not sent, as a file for a coordinator: before somebody leaves a phone that may not come back to a network. */
  async handIn() {
    await import("./rescue.js");
    this.rescue = true;
    this.requestUpdate();
  }

  stay() {
    this.leaving = null;
    this.rescue = false;
    this.requestUpdate();
  }

  async out() {
    await stopTelling(); // nobody is told of alerts on a phone that they left
    await signOut();
    await unsubscribe().catch(() => undefined);
    await lookAtPush();
    this.leaving = null;
    go("in");
  }

  /** @param {string} busy @param {() => Promise<unknown>} work */
  async run(busy, work) {
    set({ busy });
    this.fault = "";
    try {
      await work();
      if (this.leaving) this.leaving = await outbox.onSignOutCounts((ring) => lastUsed(ring) !== null);
    } catch (error) {
      const offline = error instanceof ApiError && error.status === 0;
      this.fault = offline ? t("The server cannot be reached. Nothing was changed. Try again with network.") : t("That did not work. Nothing was changed. Try again later.");
      await lookAtPush();
    } finally {
      set({ busy: "" });
      this.requestUpdate();
    }
  }
}

customElements.define("fa-you", YouPage);
