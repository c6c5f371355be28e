// <fa-recorder>: the whole screen for one photo, film or recording. Dark, silent, one big button; all it takes is sealed and stored as it comes.
import { LitElement, html, nothing } from "lit";
import { t } from "../../lib/i18n.js";
import { announce } from "../acts.js";
import { icon } from "../icon.js";
import { outbox } from "../outbox.js";
import { go } from "../router.js";
import { battery, buzz, openStream, setTorch, shoot, startRecorder, stayAwake, torchOf } from "./devices.js";
import { kindIcon, kindName, length, size, whyNoDevice, whyNotTaken } from "./words.js";

/** @typedef {import("../../outbox/media/types.js").Kind} Kind */

const TICK_MS = 500;
/** The room is asked for, and the battery looked at, every so many ticks. */
const LOOK_EVERY = 4;

export class Recorder extends LitElement {
  /** @override */
  static properties = {
    kind: { attribute: false }, draft: { attribute: false }, ready: { attribute: false }, _phase: { state: true }, _fault: { state: true }, _ms: { state: true },
    _room: { state: true }, _battery: { state: true }, _taken: { state: true }, _front: { state: true }, _torch: { state: true }, _light: { state: true },
  };

  constructor() {
    super();
    /** @type {Kind} */
    this.kind = "photo";
    this.draft = "";
    /** Writes the draft down before the first is taken for it. @type {() => Promise<void>} */
    this.ready = async () => undefined;
    /** @type {"opening"|"ready"|"running"|"saving"|"ended"} */
    this._phase = "opening";
    this._fault = "";
    this._ms = 0;
    /** @type {number|null} */
    this._room = null;
    /** @type {number|null} */
    this._battery = null;
    this._taken = 0;
    this._front = false;
    /** @type {MediaStreamTrack|undefined} */
    this._light = undefined;
    this._torch = false;
    /** @type {MediaStream|null} */
    this.stream = null;
    /** @type {MediaRecorder|null} */
    this.recorder = null;
    /** @type {import("../../outbox/media/capture.js").Capture|null} */
    this.capture = null;
    this.cut = false;
    this.began = 0;
    this.ticks = 0;
    /** @type {() => void} */
    this.sleep = () => undefined;
  }

  /** @override */
  createRenderRoot() {
    return this;
  }

  /** @override */
  firstUpdated() {
    this.querySelector("dialog")?.showModal();
    void this.#look();
    this.timer = setInterval(() => this.#tick(), TICK_MS);
    void stayAwake().then((end) => (this.sleep = end));
    void this.#open();
  }

  /** Gone from the page, whatever the reason: what was recorded is kept. @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.timer);
    this.sleep();
    if (this.recorder?.state === "recording") this.stop(true);
    else this.#release();
  }

  async #open() {
    this._fault = "";
    this.#release();
    try {
      const stream = await openStream(this.kind, this._front);
      if (!this.isConnected) return stream.getTracks().forEach((track) => track.stop());
      this.stream = stream;
      for (const track of stream.getTracks()) track.addEventListener("ended", () => this.stop(true)); // a call came, or the right to it was taken away
      this._light = torchOf(stream);
      this._torch = false;
      const video = this.querySelector("video");
      if (video) await this.#show(video, stream);
      this._phase = "ready";
    } catch (error) {
      this._phase = "ended";
      this._fault = whyNoDevice(error);
    }
  }

  /** What lies behind an open dialog is silent, so it says things itself. @param {string} text */
  #say(text) {
    const told = this.querySelector("[data-said]");
    if (told) told.textContent = text;
  }

  /** Resolves when there is a picture: before that there is nothing to take. @param {HTMLVideoElement} video @param {MediaStream} stream */
  async #show(video, stream) {
    const shown = new Promise((done) => video.addEventListener("loadeddata", done, { once: true }));
    video.srcObject = stream;
    await shown;
  }

  #release() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
  }

  #tick() {
    if (this._phase === "running") this._ms = performance.now() - this.began;
    this.ticks += 1;
    if (this.ticks % LOOK_EVERY === 0) void this.#look();
  }

  async #look() {
    const media = await outbox.media.load();
    [this._room, this._battery] = await Promise.all([media.room().catch(() => null), battery()]);
  }

  /** @param {string} mime */
  async #begin(mime) {
    await this.ready();
    return (await outbox.media.load()).begin({ draft: this.draft, kind: this.kind, mime, source: this.kind === "sound" ? "microphone" : "camera" });
  }

  #act = () => {
    if (this._phase === "running") return this.stop();
    if (this._phase !== "ready") return undefined;
    return this.kind === "photo" ? void this.#photo() : void this.#start();
  };

  async #photo() {
    const video = this.querySelector("video");
    if (!video) return;
    this._phase = "saving";
    try {
      const picture = await shoot(video);
      buzz();
      const capture = await this.#begin("image/jpeg");
      await capture.write(picture).finally(() => capture.finish());
      this._taken += 1;
      this.#say(t("Photo saved on this phone."));
      this._phase = "ready";
    } catch (error) {
      this.#failed(error);
    }
  }

  async #start() {
    const { stream } = this;
    if (!stream) return;
    this._phase = "saving";
    try {
      /** @type {Blob[]} */
      const early = [];
      this.cut = false;
      // First the recorder, for it knows what it makes; its first second is sealed as soon as there is somewhere to put it.
      const recorder = startRecorder(stream, this.kind, (piece) => (this.capture ? this.#piece(piece) : early.push(piece)), () => void this.#ended());
      this.recorder = recorder;
      this.began = performance.now();
      this.capture = await this.#begin(recorder.mimeType || (this.kind === "sound" ? "audio/webm" : "video/webm")).catch((error) => {
        this.recorder = null;
        recorder.stop();
        throw error;
      });
      for (const piece of early) this.#piece(piece);
      this._phase = "running";
      buzz();
      this.#say(t("Recording."));
    } catch (error) {
      this.#failed(error);
    }
  }

  /** @param {Blob} piece */
  #piece(piece) {
    this.capture?.write(piece).then(() => this.requestUpdate(), (error) => {
      if (this._fault) return;
      this._fault = whyNotTaken(error);
      this.stop(true);
    });
  }

  /** @param {boolean} [cut] by something else than a tap */
  stop(cut = false) {
    if (this.recorder?.state !== "recording") return;
    this.cut ||= cut;
    this._phase = "saving";
    this.recorder.stop();
  }

  async #ended() {
    const { capture } = this;
    if (!capture || !this.recorder) return;
    this.recorder = null;
    this.#release();
    const ended = capture.finish({ cut: this.cut }).catch(() => true); // else it is found and ended at the next start
    const kept = this._fault ? true : await ended; // where the phone is full, the words do not wait for it
    this.capture = null;
    buzz();
    if (!kept) this._fault = t("It ended before anything was recorded. Nothing of it is kept.");
    if (this._fault || this.cut) {
      this._fault ||= t("The recording was interrupted. What was recorded until then is kept.");
      this._phase = "ended";
      return;
    }
    announce(t("Saved on this phone.")); // the dialog closes: the page says it
    this.#close();
  }

  /** @param {unknown} error */
  #failed(error) {
    this._fault = whyNotTaken(error);
    this._phase = "ended";
    this.#release();
  }

  #close = () => {
    this.dispatchEvent(new CustomEvent("closed", { bubbles: true }));
  };

  /** Back, Escape or the alert: a film that runs is ended and kept first. @param {Event} [event] */
  #leave = (event) => {
    event?.preventDefault();
    if (this.recorder?.state === "recording") return this.stop();
    if (this._phase !== "saving") this.#close();
    return undefined;
  };

  #alert = () => {
    this.#leave();
    go("alert");
  };

  #flip = () => {
    this._front = !this._front;
    void this.#open();
  };

  #lamp = () => {
    if (!this._light) return;
    this._torch = !this._torch;
    void setTorch(this._light, this._torch);
  };

  /** @override */
  render() {
    const running = this._phase === "running";
    return html`<dialog class="rec night" aria-label=${kindName(this.kind)} @cancel=${this.#leave}>
      <header class="bar"><button class="iconbtn bar__back" type="button" aria-label=${running ? t("Stop and go back") : t("Back to the form")} @click=${this.#leave}>${icon("chevron-left")}</button>
        <div class="bar__text"><h1 class="bar__title">${kindName(this.kind)}</h1><p class="bar__sub">${this.#stored()}</p></div>
        <button class="iconbtn iconbtn--danger" type="button" aria-label=${t("Alert")} @click=${this.#alert}>${icon("megaphone")}</button></header>
      <div class="rec__view">${this.kind === "sound" ? html`<span class="rec__mic ${running ? "rec__mic--on" : ""}">${icon("mic")}</span>` : html`<video autoplay muted playsinline aria-label=${t("What the camera sees")}></video>`}
        ${this._fault ? html`<div class="note note--wait rec__note" role="alert">${icon("circle-alert")}<p>${this._fault}</p></div>` : nothing}</div>
      <footer class="rec__foot">
        <p class="rec__time num" role="timer" aria-live="off">${this.kind === "photo" ? (this._taken ? t("{n} taken", { n: this._taken }) : nothing) : html`${running ? html`<span class="rec__dot"></span><span class="sr">${t("Recording")}</span>` : nothing}${length(this._ms)}`}</p>
        <p class="rec__facts">${this.#facts()}</p>
        <div class="rec__acts">${this.#side()}${this.#button()}<span class="rec__side">${this._light ? html`<button class="iconbtn" type="button" aria-pressed=${this._torch} aria-label=${t("Flashlight")} @click=${this.#lamp}>${icon("flashlight")}</button>` : nothing}</span></div>
        ${this._phase === "ready" ? html`<button class="btn btn--text btn--block" type="button" @click=${this.#leave}>${t("Back to the form")}</button>` : nothing}
        <p class="sr" role="status" aria-live="polite" data-said></p>
        <p class="rec__say">${icon("lock", "icon--s")}${t("Saved on this phone as it is recorded, locked for the legal team. Nobody can look at it here.")}</p>
      </footer></dialog>`;
  }

  #stored() {
    if (this._phase === "opening") return t("Opening …");
    if (this._phase === "saving") return t("Being locked");
    if (this._phase === "running") return t("Saved on this phone: {size}", { size: size(this.capture?.stored ?? 0) });
    return this._phase === "ended" ? t("It has ended") : t("Ready");
  }

  #facts() {
    const room = this._room === null || this._room === Infinity ? "" : t("Room left: {size}", { size: size(this._room) });
    return [room, this._battery === null ? "" : t("Battery {n}%", { n: this._battery })].filter(Boolean).join(", ");
  }

  #side() {
    const may = this.kind !== "sound" && this._phase === "ready";
    return html`<span class="rec__side">${may ? html`<button class="iconbtn" type="button" aria-label=${this._front ? t("Use the back camera") : t("Use the front camera")} @click=${this.#flip}>${icon("switch-camera")}</button>` : nothing}</span>`;
  }

  #button() {
    if (this._phase === "ended") return html`<button class="btn btn--primary btn--field rec__done" type="button" @click=${this.#close}>${t("Back to the form")}</button>`;
    const running = this._phase === "running";
    const name = running ? t("Stop") : this.kind === "photo" ? t("Take the photo") : t("Start recording");
    const idle = this._phase === "opening" || this._phase === "saving";
    return html`<button class="rec__go" type="button" autofocus aria-label=${name} aria-disabled=${idle} @click=${this.#act}>${running ? icon("square", "icon--fill") : icon(kindIcon(this.kind))}<span>${running ? t("Stop") : this.kind === "photo" ? t("Take") : t("Start")}</span></button>`;
  }
}

customElements.define("fa-recorder", Recorder);
