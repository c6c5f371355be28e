// <fa-notice>: loads the message that the fragment names, shows it by roles, never names, and takes the answer with three big buttons.
import { LitElement, html, nothing } from "lit";
import { plural, register, setLanguage, t } from "../lib/i18n.js";
import es from "../lib/es/notice.js";
import { icon } from "../field/icon.js";
import { readHere } from "../field/badge.js";
import { readChoice, readSnapshot } from "../field/keep.js";
import { known } from "../field/language.js";
import { tellShown } from "../field/proof.js";
import { timeZoned as time } from "../field/words.js";
import { answer, keepIt, open, outbox, sent } from "./door.js";
import { detailsPart, openSealed } from "./details.js";
import { lookMessage } from "./look.js";
import { toldMessage } from "./told.js";
import { ago, cellWords, whatOf, whoHasIt } from "./words.js";

/** @typedef {import("./door.js").Notice} Notice */
/** @typedef {import("./door.js").Alert} Alert */

const NAME = /^[A-Za-z0-9_-]{1,40}$/;
const REFRESH_MS = 8000;
/** An answer that is not received after this is called NOT SENT, whatever the phone believes of its network. */
const SENT_MS = 6000;
const KEPT = "notice"; // for this tab: signing in is another page load, and the fragment does not come along

register("es", es);

/** @returns {string} the notice's id; behind it stands what proves that its push was shown, where the browser opened it by itself */
function wanted() {
  const [id = "", proof = ""] = (location.hash.slice(1) || sessionStorage.getItem(KEPT) || "").split("~");
  if (!NAME.test(id)) return "";
  sessionStorage.setItem(KEPT, id);
  if (NAME.test(proof)) {
    history.replaceState(null, "", `#${id}`);
    void tellShown(proof);
  }
  return id;
}

export class NoticePage extends LitElement {
  constructor() {
    super();
    /** @type {Notice|null} */
    this.notice = null;
    this.fault = "";
    /** @type {""|import("./door.js").Answer} the answer under way */
    this.answering = "";
    this.record = "";
    this.late = false;
    this.lapsed = false; // an earlier answer of this phone, without a sign-in, has run out
    this.signedIn = false;
    this.tried = false; // to keep it signed in, since the page was last looked at
    this.hotline = ""; // as this phone keeps it, for when nothing can be loaded
    /** @type {import("../outbox/dispatch.js").Opened[]} what was sealed about it, opened here */
    this.opened = [];
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this.timer = undefined;
  }

  /** @override */
  createRenderRoot() {
    return this;
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    void this.load();
    void readSnapshot().then((kept) => {
      this.hotline = kept?.public?.chapter.hotline ?? "";
      this.requestUpdate();
    }).catch(() => undefined);
    addEventListener("hashchange", () => this.begin());
    document.addEventListener("visibilitychange", () => {
      this.tried = false;
      if (document.visibilityState === "visible") void this.load();
    });
    outbox.subscribe(() => void this.settle());
  }

  /** Another notice, in the same window. */
  begin() {
    Object.assign(this, { notice: null, fault: "", answering: "", record: "", late: false, lapsed: false });
    void this.load();
  }

  async load() {
    clearTimeout(this.timer);
    const id = wanted();
    const found = id ? await open(id) : { ok: /** @type {const} */ (false), fault: "not_here" };
    if (found.ok || found.fault === "test") void readHere(id);
    if (found.ok) Object.assign(this, { notice: found.notice, fault: "" });
    else if (!this.notice || found.fault !== "offline") this.fault = found.fault;
    if (found.ok && found.notice.alert.mine && found.notice.alert.lapses_at) await this.keep();
    this.requestUpdate();
    void this.unseal();
    const live = document.visibilityState === "visible" && (this.notice?.alert.closed_at ?? null) === null;
    if (live && (this.fault === "" || this.fault === "offline")) this.timer = setTimeout(() => void this.load(), REFRESH_MS);
  }

  /** What is sealed is asked for while a part of it is missing, or its key: the key may come later than the message. */
  async unseal() {
    const wanted = this.notice?.alert.details ?? 0;
    if (!this.notice || !wanted || this.notice.alert.closed_at !== null) this.opened = [];
    else if (this.opened.filter((one) => one.said).length < wanted) this.opened = await openSealed(this.notice.notice).catch(() => this.opened);
    else return;
    this.requestUpdate();
  }

  /** @param {Alert} alert */
  sealed(alert) {
    return detailsPart(this.opened, alert);
  }

  /** With a session the answer stays: nobody has to sign in for it any more. */
  async keep() {
    if (!this.notice || this.tried) return;
    this.tried = true;
    if (!(await keepIt(this.notice.alert.id))) return;
    this.signedIn = true;
    this.notice.alert.lapses_at = null;
  }

  /** @param {import("./door.js").Answer} said */
  async say(said) {
    if (!this.notice || this.answering) return;
    Object.assign(this, { answering: said, late: false });
    this.requestUpdate();
    try {
      this.record = await answer(this.notice, said);
      navigator.vibrate?.(30);
      setTimeout(() => void this.grow(), SENT_MS);
    } catch {
      this.late = true; // nothing could be saved: calling is what is left
    }
    await this.settle();
    this.requestUpdate();
  }

  async grow() {
    if (this.answering) this.late = true;
    this.requestUpdate();
  }

  /** Looks what became of the answer. */
  async settle() {
    if (!this.record || !this.answering) return;
    const { state, code } = await sent(this.record);
    if (state === "sending" || state === "waiting") return;
    const refused = state === "attention";
    if (state === "not_applied" && code === "lapsed") this.lapsed = true;
    Object.assign(this, { answering: refused ? this.answering : "", late: refused, record: refused ? this.record : "" });
    await this.load();
  }

  /** @override */
  render() {
    const quiet = this.signedIn ? t("One message.") : t("One message. No sign-in needed.");
    return html`<header class="bar bar--top"><div class="line"><span class="mark mark--s">${icon("mark")}</span><p class="quiet">${quiet}</p></div></header>
      ${this.notice ? this.message(this.notice) : this.without()}`;
  }

  /** Nothing to show yet, or never. */
  without() {
    if (!this.fault) return html`<main class="main" aria-busy="true"><p class="quiet" role="status">${t("Opening the message")}</p></main>`;
    if (this.fault === "test") return this.tested();
    const [title, say] = this.fault === "offline"
      ? [t("Not loaded: no network"), t("The message waits on the server, and the others who were told are still asked. Try again, or call your chapter.")]
      : [t("This message is not for this device"), t("It went to somebody else, or this phone was signed out since. Sign in to see the open alerts.")];
    const again = this.fault === "offline";
    return html`<main class="main"><div class="stack head"><h1 class="title">${title}</h1><p class="lead lead--q">${say}</p></div></main>
      <footer class="dock dock__act">${again
        ? html`<button class="btn btn--primary btn--tall" type="button" @click=${() => void this.load()}>${icon("rotate-cw")}${t("Try again")}</button>`
        : html`<a class="btn btn--primary btn--tall" href="/sign-in?next=/alerts">${icon("log-in")}${t("Sign in")}</a>`}${this.call(this.hotline)}
      </footer>`;
  }

  /** It was a test, and it came. */
  tested() {
    return html`<main class="main"><div class="stack head"><p><span class="chip chip--ok">${icon("check")}${t("It works")}</span></p><h1 class="title">${t("This phone can be reached")}</h1>
      <p class="lead lead--q">${t("This was a test. An alert looks the same on the lock screen, and opens here with what happened.")}</p></div></main>
      <footer class="dock dock__act"><a class="btn btn--primary btn--tall" href="/#/today">${t("Done")}</a></footer>`;
  }

  /** @param {Notice} notice */
  message(notice) {
    const { alert, answer: said } = notice;
    if (notice.kind === "look" && notice.look) return lookMessage(this, notice, notice.look);
    if (notice.kind !== "alert") return toldMessage(this, notice);
    return html`<main class="main" tabindex="0" aria-label=${t("The message")}>
        <div class="stack head"><p>${this.chip(alert)}</p><h1 class="title title--xl">${whatOf(alert.what)}</h1>${this.place(alert)}</div>
        ${this.byWord(alert)}${this.notSent(alert)}${this.signInFirst(alert)}${this.holder(alert)}${this.sealed(alert)}${this.facts(alert)}
      </main>
      <footer class="dock dock__act">${this.actions(alert, said)}</footer>`;
  }

  /** Somebody may stand beside them: a call would tell that they asked for help. @param {Alert} alert */
  byWord(alert) {
    if (!alert.by_word) return nothing;
    return html`<div class="note note--wait">${icon("phone-off")}<p><b>${t("Do not call or write to their phone")}</b>${t("They asked for help in secret: their phone shows nothing of this, and somebody may be watching. Go and look, with another person, or ask who is near.")}</p></div>`;
  }

  /** An answer without a sign-in counts once: a phone in wrong hands must not keep an alert quiet. @param {Alert} alert */
  signInFirst(alert) {
    if (!this.lapsed || alert.got_it || alert.closed_at !== null) return nothing;
    return html`<div class="note note--wait" role="status">${icon("key-round")}<p><b>${t("Your answer no longer counts")}</b>${t("Without a sign-in it holds for 10 minutes, once. Nothing is lost: sign in and answer again.")}<br><a class="note__do" href="/sign-in?next=/alerts">${t("Sign in and answer")}</a></p></div>`;
  }

  /** @param {Alert} alert */
  chip(alert) {
    if (alert.state === "cancelled") return html`<span class="chip">${icon("undo-2")}${t("Taken back")}</span>`;
    if (alert.state === "over" && alert.result === "not_ice") return html`<span class="chip chip--ok">${icon("check")}${t("Not ICE")}</span>`;
    if (alert.state === "over" && alert.result === "unconfirmed") return html`<span class="chip">${icon("circle-help")}${t("Couldn't confirm")}</span>`;
    if (alert.state === "over") return html`<span class="chip chip--ok">${icon("check")}${t("It's over")}</span>`;
    if (alert.got_it) return html`<span class="chip chip--ok">${icon("check")}${t("Somebody has it")}</span>`;
    return html`<span class="chip chip--danger">${icon("megaphone")}${t("Nobody has it yet")}</span>`;
  }

  /** @param {Alert} alert */
  place(alert) {
    if (alert.place) {
      const { name, address } = alert.place;
      return html`<p class="place">${name}${name.includes(address) ? nothing : html`<small>${address}</small>`}</p>`;
    }
    if (alert.cell) return html`<p class="place">${cellWords(alert.cell)}</p>`;
    return html`<p class="place">${t("Place not given")}<small>${t("Whoever raised it is asked to call the hotline and say where they are.")}</small></p>`;
  }

  /** @param {Alert} alert */
  facts(alert) {
    const late = alert.arrived_at - alert.raised_at > 120000;
    return html`<dl class="facts card facts--card">
      <dt>${t("Raised")}</dt><dd class="num">${time(alert.raised_at, alert.zone)}, ${ago(Date.now() - alert.raised_at)}</dd>
      ${late ? html`<dt>${t("Arrived")}</dt><dd class="num">${time(alert.arrived_at, alert.zone)} (${t("no signal before")})</dd>` : nothing}
      <dt>${t("Called")}</dt><dd>${t("Alert {n}", { n: alert.number })}</dd>
      ${alert.more ? html`<dt>${t("Same phone")}</dt><dd>${plural("{n} more alert, told with this one", "{n} more alerts, told with this one", alert.more)}</dd>` : nothing}
      ${alert.closed_at === null ? nothing : html`<dt>${t("It's over")}</dt><dd class="num">${time(alert.closed_at, alert.zone)}</dd>`}
      ${alert.hotline ? html`<dt>${t("Hotline")}</dt><dd class="num">${alert.hotline}</dd>` : nothing}
      ${alert.state === "raised" ? html`<dt>${t("Asked of you")}</dt><dd>${t("Take care of it, or say that you can't")}</dd>` : nothing}
    </dl>`;
  }

  /** @param {Alert} alert */
  holder(alert) {
    if (!alert.got_it || alert.closed_at !== null) return nothing;
    const title = alert.mine ? t("You have it") : whoHasIt(alert.got_it.role);
    const more = alert.mine && alert.lapses_at ? t("Until {time} without signing in", { time: time(alert.lapses_at, alert.zone) }) : t("since {time}", { time: time(alert.got_it.at, alert.zone) });
    return html`<section class="card rows" aria-label=${t("Who has it")}><div class="row row--slim"><span class="disc disc--received">${icon("check")}</span>
      <span class="row__body"><span class="row__title">${title}</span><span class="row__sub num">${more}</span></span></div></section>`;
  }

  /** @param {Alert} alert */
  notSent(alert) {
    if (!this.late) return nothing;
    const call = alert.hotline ? t("Your answer is kept on this phone and goes by itself. Do not wait for it: call.") : t("Your answer is kept on this phone and goes by itself.");
    return html`<div class="notsent" role="alert">${icon("wifi-off")}<div><p class="shout">${t("NOT SENT")}</p><p>${call}</p></div></div>`;
  }

  /** @param {Alert} alert @param {Notice["answer"]} said */
  actions(alert, said) {
    const call = alert.by_word ? this.call(alert.hotline, t("Hotline")) : this.call(alert.hotline); // "Call" would be read as: call them
    const board = html`<a class="btn btn--second btn--field" href="/alerts/${alert.id}">${t("Open")}</a>`;
    if (alert.closed_at !== null) return html`<p class="quiet center">${t("Nothing more is asked of you.")}</p><div class="two">${call}${board}</div>`;
    if (alert.mine && alert.lapses_at) {
      return html`<p class="quiet center">${t("Sign in so that it stays with you. Otherwise the others are asked again.")}</p>
        <a class="btn btn--primary btn--tall" href="/sign-in?next=/notice">${icon("key-round")}${t("Sign in and keep it")}</a><div class="two">${call}${board}</div>`;
    }
    if (alert.got_it) return html`<p class="quiet center">${alert.mine ? t("It is yours until you say that it's over.") : t("Nothing is asked of you now.")}</p><div class="two">${call}${board}</div>`;
    return html`<p class="quiet center" role="status">${this.sayNow(said)}</p>
      <button class="btn btn--primary btn--tall" type="button" aria-disabled=${this.answering !== ""} @click=${() => void this.say("got_it")}>${icon("hand")}${t("I've got it")}</button>
      <div class="two"><button class="btn btn--second btn--field" type="button" aria-disabled=${this.answering !== "" || said === "cannot"} @click=${() => said !== "cannot" && void this.say("cannot")}>${t("I can't")}</button>${call === nothing ? board : call}</div>`;
  }

  /** @param {string} hotline @param {string} [label] */
  call(hotline, label = t("Call")) {
    if (!hotline) return nothing;
    return html`<a class="btn btn--second btn--field" href=${`tel:${hotline.replaceAll(/[^+0-9]/g, "")}`}>${icon("phone")}${label}</a>`;
  }

  /** @param {Notice["answer"]} said */
  sayNow(said) {
    if (this.answering && !this.late) return t("Sending your answer");
    if (said === "cannot") return t("You said that you can't. The others are asked.");
    return t("You can say no. The others are still asked.");
  }
}

/** The language chosen on this phone, else the browser's. */
const lang = known((await readChoice("lang").catch(() => undefined)) ?? navigator.language);
setLanguage(lang);
document.documentElement.lang = lang;
customElements.define("fa-notice", NoticePage);
