// The rights card: a language is chosen, then the whole screen is for somebody else. It works locked, signed out and without network.
import { LitElement, html, nothing } from "lit";
import texts from "../../../../fieldapp/guides/content/card.json";
import es from "../../lib/es/guides.js";
import { register, t } from "../../lib/i18n.js";
import "../guides.js";
import { icon } from "../icon.js";
import { taskBar } from "../parts.js";
import { leave, to } from "../router.js";
import { state } from "../state.js";

register("es", es);

/** @typedef {{name: string, dir: string, speaker: boolean, title: string, lines: string[]}} Face */

const LARGEST = 48;
/** Of the reader's own text size: below it the card scrolls instead. */
const SMALLEST_REM = 1.125;

/** As the chapter has it, else as it came with the app. @param {string} lang @returns {Face|undefined} */
function faceOf(lang) {
  const ours = /** @type {Record<string, Face>} */ (texts)[lang];
  return ours && { ...ours, ...state.guides?.open?.card.faces[lang] };
}

/** @param {string} lang @returns {unknown} the list of languages, or the card in one */
export function cardPage(lang) {
  return lang && faceOf(lang) ? html`<fa-card .tongue=${lang}></fa-card>` : choosing();
}

function choosing() {
  const off = state.guides?.open?.card.off ?? [];
  const offered = Object.keys(texts).filter((lang) => !off.includes(lang));
  return html`${taskBar(t("Rights card"), t("In the language of whoever reads it"), to("guide"), t("Back to the guide"))}
    <main class="main" id="main"><p class="quiet">${t("Turn the brightness up. Tap the card to see in your language what it says.")}</p>
      <nav class="card rows" aria-label=${t("Languages")}>${offered.map((lang) => tongue(lang))}</nav></main>`;
}

/** @param {string} lang */
function tongue(lang) {
  const face = faceOf(lang);
  return html`<a class="row" href=${to("card", lang)}><span class="row__body"><span class="row__title" lang=${lang}>${face?.name}</span>
    ${face?.speaker ? nothing : html`<span class="row__sub">${t("Not yet checked by a speaker")}</span>`}</span>${icon("chevron-right")}</a>`;
}

/** What is to be said to an officer stands in English in every language: from left to right, also where the rest does not. @param {string} line */
function said(line) {
  return line.split(/(“[ -~]+”)/).map((piece, at) => (at % 2 ? html`<bdi lang="en" dir="ltr">${piece}</bdi>` : piece));
}

class Card extends LitElement {
  /** @override */
  static properties = { tongue: {}, flipped: { state: true } };

  constructor() {
    super();
    this.tongue = "en";
    this.flipped = false;
  }

  /** @override */
  createRenderRoot() {
    return this;
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    document.addEventListener("visibilitychange", this.stayAwake);
    addEventListener("resize", this.fit);
    void this.stayAwake();
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    document.removeEventListener("visibilitychange", this.stayAwake);
    removeEventListener("resize", this.fit);
    void this.awake?.release().catch(() => undefined);
    this.awake = undefined;
  }

  /** @type {WakeLockSentinel|undefined} */
  awake;

  /** The screen stays on while the card is shown; a phone that cannot do that, or refuses, shows it all the same. */
  stayAwake = async () => {
    if (document.visibilityState !== "visible") return;
    const lock = await navigator.wakeLock?.request("screen").catch(() => undefined);
    if (this.isConnected) this.awake = lock;
    else void lock?.release();
  };

  flip = () => {
    this.flipped = !this.flipped;
  };

  /** @override @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (changed.has("tongue")) this.flipped = false;
  }

  /** @override */
  render() {
    const shown = this.flipped ? state.lang : this.tongue;
    const face = /** @type {Face} */ (faceOf(shown));
    const other = /** @type {Face} */ (faceOf(this.tongue));
    return html`<main class="rights" id="main" aria-label=${t("Rights card")}>
      <div class="rights__bar"><button class="iconbtn" type="button" aria-label=${t("Close the card")} @click=${() => leave("card")}>${icon("x")}</button>
        <span lang=${shown}>${face.name}</span></div>
      <div class="rights__text" lang=${shown} dir=${face.dir} tabindex="0" role="group" aria-label=${face.name} @click=${this.flip}>
        <h1 tabindex="-1">${face.title}</h1><ol>${face.lines.map((line) => html`<li>${said(line)}</li>`)}</ol></div>
      ${this.tongue === state.lang ? nothing : html`<button class="rights__flip" type="button" @click=${this.flip}>${icon("refresh-cw")}
        ${this.flipped ? html`<span lang=${this.tongue}>${other.name}</span>` : t("What does it say?")}</button>`}
    </main>`;
  }

  /** @override */
  updated() {
    this.fit();
  }

  /** The largest letters with which all of it is on the screen. */
  fit = () => {
    const text = /** @type {HTMLElement|null} */ (this.querySelector(".rights__text"));
    if (!text) return;
    const smallest = SMALLEST_REM * parseFloat(getComputedStyle(document.documentElement).fontSize);
    for (let size = Math.max(LARGEST, smallest); size >= smallest; size -= 1) {
      text.style.setProperty("--letters", `${size}px`);
      if (text.scrollHeight <= text.clientHeight && text.scrollWidth <= text.clientWidth) return;
    }
  };
}

customElements.define("fa-card", Card);
