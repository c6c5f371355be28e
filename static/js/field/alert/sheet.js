// The alert sheet: choose by holding or tapping twice; then what became of it, until somebody has it.
import { html, nothing } from "lit";
import { t } from "../../lib/i18n.js";
import { whyNotSaved } from "../acts.js";
import { place } from "../find.js";
import { icon } from "../icon.js";
import { PageElement } from "../page.js";
import { leave, to } from "../router.js";
import { state } from "../state.js";
import { takenBack } from "./back.js";
import { outcome } from "./outcome.js";
import { answerTo, guess, isSent, latest, locate, raise, takeBack } from "./raise.js";

/** @typedef {import("./raise.js").What} What */
/** @typedef {import("./raise.js").Where} Where */

const HOLD_MS = 800;
const ARMED_MS = 5000;
/** An alert that is not received after this is called NOT SENT, whatever the phone believes of its network. */
const PATIENCE_MS = 6000;
const POLL_MS = 5000;

const KINDS = /** @type {const} */ ([
  { what: "ice_here", icon: "eye", label: () => t("ICE is here"), goes: () => t("Goes to the coordinators on duty") },
  { what: "being_taken", icon: "user-minus", label: () => t("Someone is being taken"), goes: () => t("Goes to the coordinators on duty") },
  { what: "need_help", icon: "life-buoy", label: () => t("I need help"), goes: () => t("Hurt, held or followed. Goes to the coordinators on duty") },
]);

/** @param {What|string|undefined} what */
export const kindOf = (what) => KINDS.find((one) => one.what === what) ?? KINDS[0];

export class AlertSheet extends PageElement {
  constructor() {
    super();
    /** @type {Where|null} */
    this.where = guess();
    this.choosing = this.where === null;
    this.search = "";
    /** @type {What|null} */
    this.armed = null;
    /** @type {What|null} */
    this.held = null;
    this.fault = "";
    this.locating = "";
    this.another = false;
    this.sending = false;
    /** @type {import("../types.js").Item|null} */
    this.back = null;
    /** @type {import("./raise.js").Answer|null} */
    this.answer = null;
    /** @type {Record<"hold"|"armed"|"poll", ReturnType<typeof setTimeout>|undefined>} */
    this.timers = { hold: undefined, armed: undefined, poll: undefined };
    this.opener = /** @type {HTMLElement|null} */ (null);
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    this.opener = /** @type {HTMLElement|null} */ (document.activeElement);
    this.addEventListener("keydown", this);
    void this.poll();
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    Object.values(this.timers).forEach((timer) => clearTimeout(timer));
    this.opener?.focus?.();
  }

  /** @param {KeyboardEvent} event */
  handleEvent(event) {
    if (event.key === "Escape") leave();
  }

  /** @override */
  firstUpdated() {
    this.focusTitle();
  }

  focusTitle() {
    this.querySelector("h1")?.focus();
  }

  /** @returns {import("../types.js").Item|undefined} */
  get alert() {
    return this.another ? undefined : latest();
  }

  async poll() {
    const { alert } = this;
    if (alert && isSent(alert)) {
      const answer = await answerTo(alert);
      const news = answer && answer.state !== this.answer?.state;
      if (answer) this.answer = answer;
      if (news) this.requestUpdate();
    }
    if (this.isConnected) this.timers.poll = setTimeout(() => void this.poll(), POLL_MS);
  }

  /** @param {What} what */
  async send(what) {
    if (!this.where || this.sending) return;
    this.sending = true;
    this.disarm();
    this.fault = "";
    this.answer = null;
    try {
      await raise(what, this.where);
      this.another = false;
      navigator.vibrate?.([40, 60, 40]);
      setTimeout(() => this.requestUpdate(), PATIENCE_MS + 100);
      clearTimeout(this.timers.poll);
      this.timers.poll = setTimeout(() => void this.poll(), 1500);
    } catch (error) {
      this.fault = whyNotSaved(error);
    }
    setTimeout(() => (this.sending = false), HOLD_MS); // the lifted finger's click is still to come
    this.requestUpdate();
    await this.updateComplete;
    this.focusTitle();
  }

  disarm() {
    clearTimeout(this.timers.armed);
    clearTimeout(this.timers.hold);
    this.armed = this.held = null;
    this.requestUpdate();
  }

  /** @param {What} what @param {PointerEvent} event */
  press(what, event) {
    if (event.button !== 0) return;
    this.held = what;
    this.timers.hold = setTimeout(() => void this.send(what), HOLD_MS);
    this.requestUpdate();
  }

  /** The finger was lifted, or moved off: a tap, or nothing. */
  lift() {
    clearTimeout(this.timers.hold);
    this.held = null;
    this.requestUpdate();
  }

  /** A tap, a key or a screen reader's activation. @param {What} what */
  tap(what) {
    if (this.alert || this.sending) return; // the hold has sent it already
    if (this.armed === what) return void this.send(what);
    this.armed = what;
    navigator.vibrate?.(40);
    clearTimeout(this.timers.armed);
    this.timers.armed = setTimeout(() => this.disarm(), ARMED_MS);
    this.requestUpdate();
  }

  async whereIAm() {
    this.locating = t("Asking this phone where it is");
    this.requestUpdate();
    const found = await locate();
    this.locating = found ? "" : t("This phone does not say where it is. Choose the nearest place.");
    if (found) this.choose(found);
    else this.requestUpdate();
  }

  /** @param {Where} where */
  choose(where) {
    this.where = where;
    this.choosing = false;
    this.requestUpdate();
    void this.updateComplete.then(() => this.focusTitle());
  }

  /** @override */
  render() {
    const { alert } = this;
    const inside = this.back ? takenBack(this.back) : alert ? outcome(alert, this) : this.choosing ? this.places() : this.choice();
    return html`<div class="scrim"></div><div class="sheet" role="dialog" aria-modal="true" aria-labelledby="sheet-title">
      <span class="sheet__grip"></span>${inside}</div>`;
  }

  /** Whether it has waited too long for a receipt. @param {import("../types.js").Item} alert */
  isLate(alert) {
    return !state.online || Date.now() - alert.saved_at > PATIENCE_MS;
  }

  choice() {
    const where = this.where?.place ? place(this.where.place) : undefined;
    const name = where ? [where.address.split(",")[0] || where.name, where.city].filter(Boolean).join(", ") : t("Where I am now");
    return html`<div class="stack stack--1"><h1 class="sheet__title" id="sheet-title" tabindex="-1">${t("Raise an alert")}</h1>
      <p class="quiet" role="status">${this.armed ? t("Nothing is sent yet.") : t("Press and hold, or tap twice.")}</p></div>
      ${this.fault ? html`<div class="note note--danger" role="alert">${icon("circle-alert")}<p>${this.fault}</p></div>${this.numbers()}` : nothing}
      <p class="line place--line">${icon("map-pin", "icon--s")}<span class="strong">${name}</span>
        <button class="btn btn--text push" type="button" @click=${() => this.change()}>${t("Change")}<span class="sr"> ${t("where")}</span></button></p>
      <div class="stack stack--hold">${KINDS.map((kind) => this.hold(kind))}</div>
      ${state.person ? html`<a class="btn btn--text btn--block" href=${to("lock")}>${icon("lock", "icon--s")}${t("Lock now")}</a>` : nothing}
      <button class="btn btn--second btn--field" type="button" @click=${() => leave()}>${t("Not now")}</button>`;
  }

  change() {
    this.choosing = true;
    this.disarm();
    void this.updateComplete.then(() => this.focusTitle());
  }

  /** @param {typeof KINDS[number]} kind */
  hold(kind) {
    const armed = this.armed === kind.what;
    const rests = this.armed !== null && !armed;
    return html`<button class="hold ${armed ? "hold--armed" : ""} ${rests ? "hold--rest" : ""} ${this.held === kind.what ? "hold--held" : ""}" type="button"
      @pointerdown=${(/** @type {PointerEvent} */ event) => this.press(kind.what, event)} @pointerup=${() => this.lift()} @pointercancel=${() => this.lift()}
      @pointerleave=${() => this.lift()} @contextmenu=${(/** @type {Event} */ event) => event.preventDefault()} @click=${() => this.tap(kind.what)}>
      <i class="hold__fill"></i><span class="hold__disc">${icon(kind.icon)}</span>
      <span><b>${armed ? t("Tap again to send") : kind.label()}</b><small>${armed ? kind.label() : kind.goes()}</small></span>
      ${armed ? html`<i class="hold__time"></i>` : nothing}</button>`;
  }

  places() {
    const all = state.snapshot?.public?.places ?? [];
    const words = this.search.toLowerCase().split(/\s+/).filter(Boolean);
    const found = all.filter((one) => words.every((word) => `${one.name} ${one.address} ${one.city}`.toLowerCase().includes(word))).slice(0, 6);
    return html`<div class="stack stack--1"><h1 class="sheet__title" id="sheet-title" tabindex="-1">${t("Where is it?")}</h1>
      <p class="quiet" role="status">${this.locating || t("Nothing is sent yet.")}</p></div>
      <button class="btn btn--second btn--field" type="button" @click=${() => void this.whereIAm()}>${icon("locate-fixed")}${t("Where I am now")}</button>
      ${all.length ? html`<label class="stack stack--1"><span class="strong">${t("Or a place")}</span>
        <input class="field" type="search" autocomplete="off" .value=${this.search} @input=${(/** @type {InputEvent} */ event) => this.typed(event)}></label>
        <div class="card rows">${found.map((one) => html`<button class="row row--slim" type="button" @click=${() => this.choose({ place: one.id })}>
          ${icon("map-pin")}<span class="row__body"><span class="row__title">${one.name}</span><span class="row__sub">${one.address || one.city}</span></span></button>`)}</div>` : nothing}
      ${this.numbers()}
      <button class="btn btn--second btn--field" type="button" @click=${() => leave()}>${t("Not now")}</button>`;
  }

  /** @param {InputEvent} event */
  typed(event) {
    this.search = /** @type {HTMLInputElement} */ (event.target).value;
    this.requestUpdate();
  }

  /** The hotline is there before anything is sent. */
  numbers() {
    const number = state.snapshot?.public?.chapter.hotline;
    if (!number) return nothing;
    return html`<a class="row row--slim card" href="tel:${number.replace(/[^+0-9]/g, "")}">${icon("phone")}<span class="row__body">
      <span class="row__title">${t("Call the hotline")}</span><span class="row__sub num">${number}</span></span></a>`;
  }

  /** @param {import("../types.js").Item} alert */
  async cancel(alert) {
    try {
      await takeBack(alert);
      this.answer = null;
      this.back = alert;
      this.requestUpdate();
      await this.updateComplete;
      this.focusTitle();
    } catch (error) {
      this.fault = whyNotSaved(error);
      this.requestUpdate();
    }
  }

  raiseAnother() {
    this.another = true;
    this.requestUpdate();
    void this.updateComplete.then(() => this.focusTitle());
  }
}

customElements.define("fa-alert", AlertSheet);
