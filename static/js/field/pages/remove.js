// Taking Fieldapp's data off a phone: a calm, separate act, never in a stop or after a legal notice. It is not the panic action.
import { html, nothing } from "lit";
import es from "../../lib/es/safety.js";
import { plural, register, t } from "../../lib/i18n.js";
import { ApiError } from "../api.js";
import { icon } from "../icon.js";
import { readChoice } from "../keep.js";
import { PageElement } from "../page.js";
import { taskBar } from "../parts.js";
import { outbox, tryNow } from "../phone.js";
import { stopTelling, unsubscribe } from "../push.js";
import { to } from "../router.js";
import { endLater, endSession, goesOn } from "../ending.js";
import { set, state } from "../state.js";
import { callRow } from "./guide.js";

register("es", es);

class RemovePage extends PageElement {
  constructor() {
    super();
    /** @type {{unsent: number, others: number, drafts: number}|null} */
    this.left = null;
    this.typed = "";
    this.fault = "";
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    void this.count();
  }

  async count() {
    const [{ unsent, others }, { drafts, locked }] = await Promise.all([outbox.counts(), outbox.drafts.list()]);
    this.left = { unsent, others, drafts: drafts.length + locked.length };
    this.requestUpdate();
  }

  /** @param {string} busy @param {() => Promise<unknown>} work */
  async run(busy, work) {
    set({ busy });
    this.fault = "";
    try {
      await work();
      await this.count();
    } catch (error) {
      const offline = error instanceof ApiError && error.status === 0;
      this.fault = offline ? t("The server cannot be reached. Nothing was removed. Try again with network; “Lock now” works without.") : t("That did not work. Nothing was removed. Try again later.");
    } finally {
      set({ busy: "" });
      this.requestUpdate();
    }
  }

  /** The server first: it must tell this phone nothing more. Then a page without the app clears what lies here. */
  async removeAll() {
    await stopTelling();
    await unsubscribe().catch(() => undefined);
    await endLater();
    await endSession();
    if (await readChoice("ending")) {
      await goesOn();
      throw new ApiError(0, "offline");
    }
    sessionStorage.setItem("removing", "yes");
    location.assign("/removed");
  }

  /** @override */
  render() {
    const chapter = state.snapshot?.public?.chapter;
    const word = t("REMOVE");
    const sure = this.typed.trim().toUpperCase() === word;
    const there = this.left && this.left.unsent + this.left.others > 0;
    return html`${taskBar(t("Remove from this phone"), "", to("you"), t("Back"))}
      <main class="main" id="main">
        <div class="note note--danger">${icon("circle-alert")}<div><b>${t("Never during a stop or a search, never after a legal notice.")}</b>
          <p>${t("Removing data then can be held against you and others. Call the legal line first. If your chapter or its counsel asked you to delete nothing, leave all as it is.")}</p></div></div>
        ${chapter?.legal_line || chapter?.hotline ? html`<div class="card rows">${chapter.legal_line ? callRow(t("Call the legal line"), chapter.legal_line) : callRow(t("Call the hotline"), chapter.hotline)}</div>` : nothing}
        ${this.fault ? html`<div class="note note--wait" role="alert">${icon("circle-alert")}<p>${this.fault}</p></div>` : nothing}
        ${this.left ? this.what(this.left) : nothing}
        <section class="card"><div class="card__pad"><p>${t("To hide names and shifts at once, and lose nothing, lock instead.")}</p>
          <a class="btn btn--primary btn--field" href=${to("lock")}>${icon("lock")}${t("Lock now")}</a></div></section>
        <section class="section" aria-labelledby="remove"><div class="section__head"><h2 id="remove">${t("Remove all of it")}</h2></div><div class="card card__pad stack">
          <p>${t("It ends alerts and the session on this phone, then deletes what Fieldapp keeps here. It needs network.")}</p>
          <p class="quiet">${t("What remains: what was received by the server, your passkey, the icon, and what the browser itself remembers, such as its history. Delete those in the phone's settings. Close other pages of Fieldapp first.")}</p>
          <label class="stack stack--1"><span class="strong">${there ? t("Type {word}. What is not sent is lost for good.", { word }) : t("Type {word}.", { word })}</span>
            <input class="field" autocomplete="off" autocapitalize="characters" spellcheck="false" .value=${this.typed} @input=${(/** @type {InputEvent} */ event) => this.type(event)}></label>
          <button class="btn btn--second btn--block" type="button" ?disabled=${!sure || state.busy !== ""} @click=${() => void this.run("remove", () => this.removeAll())}>${icon("trash-2")}${t("Remove Fieldapp's data from this phone")}</button>
        </div></section>
      </main>`;
  }

  /** @param {{unsent: number, others: number, drafts: number}} left */
  what({ unsent, others, drafts }) {
    const held = unsent + others;
    if (!held && !drafts) return html`<p class="line">${icon("check-check", "icon--s")}${t("Everything is received. Nothing of yours would be lost.")}</p>`;
    return html`<section class="card"><div class="card__pad stack">
      ${held ? html`<p class="line">${icon("smartphone", "icon--s")}<b>${plural("{n} record is not sent yet.", "{n} records are not sent yet.", held)}</b></p>` : nothing}
      ${drafts ? html`<p class="line">${icon("pencil-line", "icon--s")}<b>${plural("{n} form is not finished.", "{n} forms are not finished.", drafts)}</b></p>` : nothing}
      ${held ? html`<button class="btn btn--primary btn--field" type="button" ?disabled=${state.busy !== ""} @click=${() => void this.run("try", () => tryNow())}>${icon("refresh-cw")}${t("Send them first")}</button>
        <a class="btn btn--second btn--block" href=${to("outbox")}>${t("See them, or take them out as a file")}</a>` : nothing}
      ${drafts ? html`<a class="btn btn--second btn--block" href=${to("write")}>${t("Finish the forms first")}</a>` : nothing}</div></section>`;
  }

  /** @param {InputEvent} event */
  type(event) {
    this.typed = /** @type {HTMLInputElement} */ (event.target).value;
    this.requestUpdate();
  }
}

customElements.define("fa-remove", RemovePage);

export const removePage = () => html`<fa-remove></fa-remove>`;
