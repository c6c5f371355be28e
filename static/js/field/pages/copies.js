// What we sent: the signed copies of the chapter's messages, each checked on this phone, and whether a message that somebody got is one of them.
import { html, nothing } from "lit";
import es from "../../lib/es/copies.js";
import own from "../../lib/es/own.js";
import { look } from "../../lib/copy.js";
import { getLanguage, register, t } from "../../lib/i18n.js";
import { fetchCopies, keptCopies } from "../copies.js";
import { homeZone } from "../find.js";
import { icon } from "../icon.js";
import { PageElement } from "../page.js";
import { taskBar } from "../parts.js";
import { to } from "../router.js";
import { set, state } from "../state.js";
import { dayShort, time, timeZoned } from "../words.js";

register("es", es);
register("es", own);

/** @typedef {import("../../lib/copy.js").Copy} Copy */
/** @typedef {import("../copies.js").Checked} Checked */

const LONGEST = 4000;

class CopiesPage extends PageElement {
  constructor() {
    super();
    /** @type {{at: number, all: Checked[]}|null} */
    this.kept = null;
    this.looked = false;
    this.failed = false;
    this.pasted = "";
    this.whose = "";
    /** @type {import("../../lib/copy.js").Looked|null} */
    this.verdict = null;
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    void this.load();
  }

  /** @override */
  updated() {
    if (this.looked && this.whose !== whose()) void this.load(); // locked, unlocked, or somebody else
  }

  /** What is kept stands at once; then the server is asked. */
  async load() {
    this.whose = whose();
    this.kept = await keptCopies().catch(() => null);
    this.looked = true;
    this.requestUpdate();
    try {
      await fetchCopies();
      this.failed = false;
      this.kept = await keptCopies();
    } catch {
      this.failed = true;
    }
    this.requestUpdate();
  }

  /** @param {SubmitEvent} event */
  async check(event) {
    event.preventDefault();
    this.pasted = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get("got") ?? "");
    if (!this.pasted.trim()) return;
    await this.load(); // one that was sent a minute ago must be known
    this.verdict = look(this.pasted, (this.kept?.all ?? []).flatMap((one) => (one.ok ? [one.copy] : [])));
    this.requestUpdate();
  }

  /** @override */
  render() {
    const locked = state.lock === "locked";
    return html`${taskBar(t("What we sent"), t("Checked on this phone"), to("you"))}
      <main class="main" id="main" tabindex="0">${locked ? missing("lock-keyhole", t("Unlock to see it"), t("It lies under your passkey with your shifts.")) : [this.box(), this.said(), this.list()]}</main>`;
  }

  box() {
    return html`<form class="card card__pad stack" autocomplete="off" @submit=${(/** @type {SubmitEvent} */ event) => void this.check(event)}>
      <label class="stack stack--1"><span class="strong">${t("Paste a message you got")}</span><textarea class="field" name="got" rows="4" maxlength=${LONGEST} autocomplete="off" required></textarea></label>
      <p class="quiet">${t("It stays on this phone. It is compared word for word with what we sent.")}</p>
      <button class="btn btn--primary btn--field" type="submit" ?disabled=${!this.looked}>${icon("shield-question-mark")}${t("Did we send this?")}</button></form>`;
  }

  said() {
    return html`<div role="status" class="stack">${this.verdict ? this.says(this.verdict) : nothing}</div>`;
  }

  /** @param {import("../../lib/copy.js").Looked} verdict */
  says(verdict) {
    if (verdict.found === "sent") {
      const over = this.kept?.all.find((one) => one.copy?.id === verdict.copy.id)?.over_at ?? null;
      return html`<section class="card card__pad stack" data-verdict="sent"><p class="line">${icon("shield-check")}<span class="title">${t("We sent this")}</span></p>
        <p>${when(verdict.copy)}</p><p>${who(verdict.copy)}</p>${overLine(over, verdict.copy)}</section>`;
    }
    const what = html`<ul class="dots"><li>${t("Do not pass it on. Do not do what it asks.")}</li><li>${t("Tell whoever sent it to you that it is not from us.")}</li><li>${t("Tell your coordinator, or call the hotline.")}</li></ul>${hotline()}`;
    if (verdict.found === "changed") {
      return html`<section class="card card__pad stack" data-verdict="changed"><p class="line">${icon("shield-x")}<span class="title">${t("We did not send this")}</span></p>
        <p>${t("It looks like a message of ours, but words were changed or added. What we sent:")}</p><p class="note" data-ours>${verdict.words}</p><p class="quiet">${when(verdict.copy)}</p>${what}</section>`;
    }
    if (!this.kept || this.failed) {
      return html`<section class="card card__pad stack" data-verdict="unknown"><p class="line">${icon("shield-alert")}<span class="title">${t("Not among what this phone has")}</span></p>
        <p>${this.kept ? t("This phone last looked {time}. If it is newer, it cannot be known without network.", { time: moment(this.kept.at, homeZone()) }) : t("This phone has not looked yet.")}</p><p class="strong">${t("Until then, act as if we did not send it: call the hotline and ask.")}</p>${hotline()}</section>`;
    }
    return html`<section class="card card__pad stack" data-verdict="none"><p class="line">${icon("shield-x")}<span class="title">${t("We did not send this")}</span></p>
      <p>${t("It is not among what {chapter} sent to everyone, or to you, in the last 30 days.", { chapter: state.snapshot?.public?.chapter.name ?? "" })}</p>${what}</section>`;
  }

  list() {
    if (!this.looked) return html`<p class="quiet" role="status">${t("Looking")}</p>`;
    const { kept } = this;
    if (!kept) return missing("wifi-off", t("Not on this phone yet"), t("Open this page once with network while you are signed in. Then it works without."));
    return html`<section class="section" aria-labelledby="sent"><div class="section__head"><h2 id="sent">${t("The last 30 days")}</h2></div>
      <p class="quiet">${this.failed ? t("No network. As it was {time}.", { time: moment(kept.at, homeZone()) }) : t("As of {time}.", { time: moment(kept.at, homeZone()) })}</p>
      ${kept.all.length ? html`<ul class="stack copies">${kept.all.map((one) => html`<li class="card card__pad stack">${one.ok ? shown(one.copy, one.over_at) : forged(one.fault)}</li>`)}</ul>` : html`<p>${t("Nothing was sent to everyone, or to you. Whatever says so is not from us.")}</p>`}</section>`;
  }
}

const whose = () => `${state.lock} ${state.person?.id ?? ""} ${state.session}`;

/** @param {Copy} copy */
const words = (copy) => (getLanguage() === "es" ? copy.words.es : copy.words.en);

/** @param {number} at @param {string} zone */
const moment = (at, zone) => `${dayShort(at, zone)}, ${time(at, zone)}`;

/** @param {Copy} copy */
const when = (copy) => t("Sent {day}, {time}, by {chapter}.", { day: dayShort(copy.sent_at, copy.zone), time: timeZoned(copy.sent_at, copy.zone), chapter: copy.chapter_name });

/** @param {Copy} copy */
function who({ by, ring }) {
  if (by.length < 2) return ring === "chapter" ? "" : t("A coordinator sent it to those who were near or on duty.");
  return by.includes("dispatcher") ? t("Two people gave it: a coordinator and a dispatcher on duty.") : t("Two people gave it: two coordinators.");
}

/** @param {number|null} over @param {Copy} copy */
const overLine = (over, copy) => (over === null ? nothing : html`<p class="strong">${t("It is over since {time}.", { time: moment(over, copy.zone) })}</p>`);

/** @param {Copy} copy @param {number|null} over */
function shown(copy, over) {
  return html`<p><span class="chip chip--ok">${icon("shield-check")}${t("Signed by us")}</span></p><p>${words(copy)}</p><p class="quiet">${when(copy)} ${who(copy)}</p>${overLine(over, copy)}
    <button class="btn btn--second btn--block" type="button" @click=${() => void navigator.clipboard?.writeText(words(copy)).then(() => set({ said: t("Copied") }))}>${icon("copy")}${t("Copy the words")}</button>`;
}

/** @param {import("../../lib/copy.js").CopyFault} fault what the server answered, but nobody should believe */
function forged(fault) {
  const why = {
    unreadable: t("It cannot be read."), elsewhere: t("It is another chapter's."),
    unknown_server_key: t("This phone does not know who signed it."), bad_signature: t("It was changed after it was signed."),
  };
  return html`<p class="line">${icon("shield-x")}<span class="strong">${t("Do not believe this one")}</span></p><p>${why[fault]}</p><p class="quiet">${t("Its words are not shown. Tell your coordinator.")}</p>`;
}

function hotline() {
  const number = state.snapshot?.public?.chapter.hotline;
  return number ? html`<a class="btn btn--second btn--block" href="tel:${number.replace(/[^+\d]/g, "")}">${icon("phone")}${t("Call the hotline, {number}", { number })}</a>` : nothing;
}

/** @param {string} sign @param {string} title @param {string} text */
const missing = (sign, title, text) => html`<div class="empty">${icon(sign)}<p class="strong">${title}</p><p class="quiet">${text}</p></div>`;

customElements.define("fa-copies", CopiesPage);

export const copiesPage = () => html`<fa-copies></fa-copies>`;
