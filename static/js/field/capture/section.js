// <fa-media>: photo, video and sound of a form being written. What was taken is listed by kind, length, size and state; nobody can look at it here.
import { html, nothing } from "lit";
import { plural, t } from "../../lib/i18n.js";
import { announce } from "../acts.js";
import { place } from "../find.js";
import { icon } from "../icon.js";
import { outbox } from "../outbox.js";
import { PageElement } from "../page.js";
import { state } from "../state.js";
import { keep } from "../writing.js";
import { battery } from "./devices.js";
import { mediaRow } from "./list.js";
import "./recorder.js";
import { mayTake, placeRule } from "./rules.js";
import { kindIcon, kindName, size, whyNotTaken } from "./words.js";

/** @typedef {import("../../outbox/media/types.js").Kind} Kind */

const MIB = 1048576;
/** @type {Kind[]} */
const KINDS = ["photo", "video", "sound"];
/** @type {Record<string, Kind>} */
const BY_TYPE = { image: "photo", video: "video", audio: "sound" };

export class MediaSection extends PageElement {
  /** @override */
  static properties = {
    draft: { attribute: false }, _open: { state: true }, _fault: { state: true }, _picking: { state: true }, _room: { state: true }, _battery: { state: true }, _asks: { state: true },
  };

  constructor() {
    super();
    /** @type {import("../types.js").Draft} */
    this.draft = /** @type {any} */ (undefined);
    /** @type {Kind|""} */
    this._open = "";
    this._fault = "";
    /** @type {{n: number, all: number, done: number, size: number}|null} */
    this._picking = null;
    /** @type {number|null} */
    this._room = null;
    /** @type {number|null} */
    this._battery = null;
    /** The one that is about to be thrown away. */
    this._asks = "";
  }

  /** @override */
  firstUpdated() {
    if (mayTake(this.draft.form) && state.sealing) void this.#look();
  }

  async #look() {
    const media = await outbox.media.load();
    [this._room, this._battery] = await Promise.all([media.room().catch(() => null), battery()]);
  }

  /** The draft is on disk before anything is taken for it. */
  #ready = async () => {
    keep(this.draft, this.draft.answers);
    await outbox.drafts.flush();
  };

  /** @override */
  render() {
    const { draft } = this;
    if (!draft) return nothing;
    return html`<section class="section" aria-labelledby="media"><div class="section__head"><h2 id="media">${t("Photo, video, sound")}</h2></div>${this.#inside()}</section>
      ${this._open ? html`<fa-recorder .kind=${this._open} .draft=${draft.id} .ready=${this.#ready} @closed=${this.#closed}></fa-recorder>` : nothing}`;
  }

  #inside() {
    if (!mayTake(this.draft.form)) return html`<p class="quiet">${t("Not on this form: phones and cameras stay off in court.")}</p>`;
    if (!state.sealing) return html`<p class="quiet">${t("Not possible yet: your chapter's legal team has not made its box, so nothing could be locked. A coordinator can ask them.")}</p>`;
    const rule = placeRule(place(this.draft.place));
    const taken = state.media.filter((one) => one.draft === this.draft.id && !one.record);
    return html`<p class="quiet">${t("Film what officials do. Never docket lists or papers with names, and not the faces of people being heard.")}${rule ? html` <b>${rule}</b>` : nothing}</p>
      <div class="takes">${KINDS.map((kind) => html`<button class="btn btn--second takes__one" type="button" data-take=${kind} ?disabled=${this._picking !== null} @click=${() => this.#take(kind)}>${icon(kindIcon(kind))}${kindName(kind)}</button>`)}</div>
      <input type="file" multiple hidden accept="image/*,video/*,audio/*" @change=${this.#picked}>
      <button class="btn btn--second btn--block" type="button" ?disabled=${this._picking !== null} @click=${() => this.querySelector("input")?.click()}>${icon("paperclip")}${t("Pick files")}</button>
      ${this.#progress()}${this._fault ? html`<div class="note note--wait" role="alert">${icon("circle-alert")}<p>${this._fault}</p></div>` : nothing}
      ${taken.length ? html`<ul class="card rows">${taken.map((one) => mediaRow(one, this.#may(one)))}</ul>` : nothing}
      <p class="quiet">${this.#facts()}</p>`;
  }

  #facts() {
    const room = this._room === null || this._room === Infinity ? "" : t("Room left: {size}", { size: size(this._room) });
    const facts = [room, this._battery === null ? "" : t("Battery {n}%", { n: this._battery })].filter(Boolean).join(", ");
    return `${facts}${facts ? ". " : ""}${t("Locked for the legal team as it is taken; it goes to the server by itself.")}`;
  }

  #progress() {
    if (!this._picking) return nothing;
    const { n, all, done, size: whole } = this._picking;
    const words = all > 1 ? t("Locking file {n} of {all}", { n, all }) : t("Locking the file");
    return html`<div class="stack stack--1"><p class="status status--sending">${icon("lock")}${words}</p><progress class="progress" max=${whole} value=${done} aria-label=${words}></progress></div>`;
  }

  /** What may be done with one: throwing it away asks first. @param {import("../../outbox/media/types.js").MediaEntry} one */
  #may(one) {
    if (one.state === "recording") return nothing;
    const name = kindName(one.kind);
    if (this._asks !== one.id) return html`<button class="iconbtn" type="button" aria-label=${t("Throw away: {name}", { name })} @click=${() => void this.#ask(one.id)}>${icon("trash-2")}</button>`;
    return html`<div class="row__ask" role="group" aria-label=${t("Throw away: {name}", { name })}><p>${t("Thrown away it is gone from this phone. What was sent of it stays locked and is deleted after 90 days.")}</p>
      <button class="btn btn--second btn--block" type="button" @click=${() => (this._asks = "")}>${t("Keep it")}</button>
      <button class="btn btn--text btn--block" type="button" @click=${() => void this.#remove(one.id)}>${t("Throw it away")}</button></div>`;
  }

  /** @param {string} id */
  async #ask(id) {
    this._asks = id;
    await this.updateComplete;
    /** @type {HTMLElement|null} */ (this.querySelector(".row__ask button"))?.focus();
    this.querySelector(".row__ask")?.scrollIntoView({ block: "nearest" });
  }

  /** @param {string} id */
  async #remove(id) {
    this._asks = "";
    await (await outbox.media.load()).remove(id);
    announce(t("Thrown away."));
    await this.#look();
  }

  /** @param {Kind} kind */
  #take(kind) {
    if (this._room !== null && this._room <= 0) {
      this._fault = whyNotTaken({ code: "no_room" });
      return;
    }
    this._fault = "";
    this._open = kind;
  }

  #closed = () => {
    const kind = this._open;
    this._open = "";
    void this.#look();
    void this.updateComplete.then(() => /** @type {HTMLElement|null} */ (this.querySelector(`[data-take="${kind}"]`))?.focus());
  };

  /** @param {Event} event */
  #picked = async (event) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    event.stopPropagation();
    const files = [...(input.files ?? [])];
    this._fault = "";
    let kept = 0;
    for (const [i, file] of files.entries()) {
      try {
        await this.#one(file, i + 1, files.length);
        kept += 1;
      } catch (error) {
        this._fault = /** @type {{code?: string}} */ (error).code === "kind" ? t("Only photos, videos and sound can be picked.") : whyNotPicked(error);
      }
    }
    input.value = "";
    this._picking = null;
    if (kept) announce(plural("{n} file locked and saved on this phone.", "{n} files locked and saved on this phone.", kept));
    await this.#look();
  };

  /** One picked file, a piece at a time; a part of it is no use to anybody, so it is kept whole or not at all. @param {File} file @param {number} n @param {number} all */
  async #one(file, n, all) {
    const kind = BY_TYPE[file.type.split("/")[0] ?? ""];
    if (!kind) throw Object.assign(new Error(file.type), { code: "kind" });
    const began = performance.now();
    await this.#ready();
    const media = await outbox.media.load();
    this._picking = { n, all, done: 0, size: file.size };
    const capture = await media.begin({ draft: this.draft.id, kind, mime: file.type, source: "picked", name: file.name.slice(0, 200), size: file.size });
    try {
      for (let at = 0; at < file.size; at += MIB) {
        await capture.write(file.slice(at, at + MIB));
        this._picking = { n, all, done: Math.min(file.size, at + MIB), size: file.size };
      }
    } catch (error) {
      await media.remove(capture.id);
      throw error;
    } finally {
      await capture.finish();
    }
    performance.measure("fa-sealed", { start: began, end: performance.now() }); // picked to sealed and durable: make bench reads it
  }
}

/** @param {unknown} error */
function whyNotPicked(error) {
  const code = /** @type {{code?: string}} */ (error).code;
  if (code === "no_room" || code === "storage_full") return t("There is no room for that file here. It is not added; the file itself is where it was.");
  return `${whyNotTaken(error)} ${t("The file itself is where it was.")}`;
}

customElements.define("fa-media", MediaSection);
