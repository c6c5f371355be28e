// A lead checks the certificate that somebody shows: the camera reads the QR, the pinned root says whether it is ours. Nothing is kept or sent.
import decodeQR from "qr/decode.js";
import { html, nothing } from "lit";
import es from "../../lib/es/certificate.js";
import { verifyCode } from "../../lib/certificate.js";
import { register, t } from "../../lib/i18n.js";
import { gradeName } from "../certificate.js";
import { icon } from "../icon.js";
import { outbox } from "../outbox.js";
import { PageElement } from "../page.js";
import { taskBar } from "../parts.js";
import { to } from "../router.js";
import { state } from "../state.js";
import { date, say } from "../words.js";

register("es", es);

const LOOK_MS = 200;
const WIDEST = 960; // px: larger pictures are read no better, and slowly
/** @typedef {Awaited<ReturnType<typeof verifyCode>>} Verdict */

class CheckPage extends PageElement {
  constructor() {
    super();
    /** @type {Verdict|null} */
    this.verdict = null;
    this.fault = "";
    this.looking = false;
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    this.halt();
  }

  /** @type {MediaStream|undefined} */
  stream;

  halt() {
    this.looking = false;
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = undefined;
  }

  async start() {
    this.verdict = null;
    this.fault = "";
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } });
    } catch {
      this.fault = t("The camera cannot be used here. Allow it in the phone's settings, or take a photo of the code instead.");
      return this.requestUpdate();
    }
    if (!this.isConnected) return this.halt();
    this.looking = true;
    this.requestUpdate();
    await this.updateComplete;
    const video = /** @type {HTMLVideoElement} */ (this.querySelector("video"));
    video.srcObject = this.stream;
    await video.play().catch(() => undefined);
    void this.look(video);
  }

  /** @param {HTMLVideoElement} video */
  async look(video) {
    while (this.looking && this.isConnected) {
      const code = video.videoWidth ? read(video, video.videoWidth, video.videoHeight) : "";
      if (code) return this.told(code);
      await new Promise((done) => setTimeout(done, LOOK_MS));
    }
  }

  /** @param {Event} event */
  async picked(event) {
    const input = /** @type {HTMLInputElement} */ (event.target);
    const file = input.files?.[0];
    input.value = "";
    const picture = file && (await createImageBitmap(file).catch(() => null));
    if (!picture) return;
    const code = read(picture, picture.width, picture.height);
    if (code) return this.told(code);
    this.verdict = null;
    this.fault = t("No code was found in this picture. Hold the phone straight above it, with light on it.");
    this.requestUpdate();
  }

  /** @param {string} code */
  async told(code) {
    this.halt();
    const keys = await outbox.drainer.parts.keyring.keys();
    this.verdict = await verifyCode(code, { log: state.snapshot?.public?.server.log ?? "", keys }, state.now);
    this.requestUpdate();
  }

  /** @override */
  render() {
    return html`${taskBar(t("Check a certificate"), t("Works without network"), to("you"))}
      <main class="main" id="main"><div class="stack" role="status">${this.verdict ? this.says(this.verdict) : nothing}</div>
        ${this.fault ? html`<div class="note note--wait" role="alert">${icon("circle-alert")}<p>${this.fault}</p></div>` : nothing}
        ${this.looking ? html`<video class="finder" muted playsinline aria-label=${t("What the camera sees")}></video><p class="quiet">${t("Hold the code in the middle.")}</p>` : nothing}
        ${this.verdict || this.looking ? nothing : html`<p class="lead lead--q">${t("They open You, My certificate, on their phone. Ask for their field name first, then scan.")}</p>`}</main>
      <footer class="dock dock__act">${this.looking
        ? html`<button class="btn btn--second btn--field" type="button" @click=${() => { this.halt(); this.requestUpdate(); }}>${t("Stop the camera")}</button>`
        : html`<button class="btn btn--primary btn--field" type="button" @click=${() => void this.start()}>${icon("scan-line")}${this.verdict ? t("Scan another") : t("Scan")}</button>
          <label class="btn btn--text">${t("Take a photo of it instead")}<input class="sr" type="file" accept="image/*" capture="environment" @change=${(/** @type {Event} */ event) => void this.picked(event)}></label>`}</footer>`;
  }

  /** @param {Verdict} verdict */
  says(verdict) {
    const zone = state.snapshot?.public?.chapter.zone ?? "UTC";
    if (!verdict.ok) {
      return html`<section class="card card__pad stack"><p class="line">${icon("shield-x")}<span class="title">${t("Do not rely on it")}</span></p><p>${why(verdict.fault)}</p>
        <p class="quiet">${t("They may still come along if your roster names them. Ask your coordinator before they write or stand alone.")}</p></section>`;
    }
    const held = verdict.said.courses.filter((one) => one.ends_at > state.now);
    return html`<section class="card card__pad stack"><p class="line">${icon("shield-check")}<span class="title">${verdict.said.name}</span></p>
      <p class="strong">${verdict.said.chapter} · ${gradeName(verdict.said.grade)}</p>
      ${held.length ? html`<ul class="plainlist">${held.map((one) => html`<li>${icon("check", "icon icon--s")}<span>${say(one)}: ${t("valid until {date}", { date: date(one.ends_at, zone) })}</span></li>`)}</ul>` : html`<p class="strong">${t("Holds no certificate.")}</p>`}
      <p class="quiet">${t("Is this the name that they told you? A picture of somebody's code looks the same. Signed on {date}: what was revoked since is not in it.", { date: date(verdict.said.issued_at, zone) })}</p></section>`;
  }
}

/** @param {import("../../lib/certificate.js").CertificateFault} fault */
function why(fault) {
  const words = {
    unreadable: t("This is not a certificate of Fieldapp."),
    elsewhere: t("It is of another organisation."),
    unknown_server_key: t("This phone does not know who signed it. Open Fieldapp once with network, then scan again."),
    bad_signature: t("It was changed after it was signed."),
    over: t("It is older than three days. They open My certificate once with network, then show it again."),
  };
  return words[fault];
}

/** @param {CanvasImageSource} source @param {number} width @param {number} height @returns {string} what the QR in it says, or nothing */
function read(source, width, height) {
  const scale = Math.min(1, WIDEST / Math.max(width, height));
  const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
  const pen = new OffscreenCanvas(w, h).getContext("2d", { willReadFrequently: true });
  if (!pen) return "";
  pen.drawImage(source, 0, 0, w, h);
  try {
    return decodeQR({ width: w, height: h, data: pen.getImageData(0, 0, w, h).data });
  } catch {
    return ""; // none in sight
  }
}

customElements.define("fa-check", CheckPage);

export const checkPage = () => html`<fa-check></fa-check>`;
