// Family contact: said aloud first; where a law office takes it, one card that goes locked to that office. Never an observation, never a draft:
// what is typed is in the inputs and nowhere else, and is cleared when the page is left or the phone is locked.
import { html, nothing } from "lit";
import { t } from "../../lib/i18n.js";
import { whyNotSaved } from "../acts.js";
import "../family.js";
import { homeZone } from "../find.js";
import { icon } from "../icon.js";
import { outbox } from "../outbox.js";
import { PageElement } from "../page.js";
import { note, taskBar } from "../parts.js";
import { to } from "../router.js";
import { set, state } from "../state.js";
import { dayPart } from "../words.js";
import { shown } from "./outbox.js";

/** What the person agrees to, in their language. @type {Record<string, [string, string]>} */
const CONSENT = {
  en: ["English", "I agree that the law office gets this and tells the person I name. It is deleted once they have been told, or after 72 hours."],
  es: ["Español", "Estoy de acuerdo en que la oficina legal reciba esto y avise a la persona que nombro. Se borra cuando le hayan avisado, o a las 72 horas."],
  fr: ["Français", "J’accepte que le cabinet d’avocats reçoive ceci et prévienne la personne que je nomme. C’est effacé une fois qu’elle est prévenue, ou après 72 heures."],
  pt: ["Português", "Concordo que o escritório de advocacia receba isto e avise a pessoa que indico. É apagado quando ela for avisada, ou após 72 horas."],
};
const LONGEST = 500;

/** Whether it was handed over: of this day, in the app's memory only, without a name. @type {{day: string, yes: boolean}|null} */
let handed = null;

class FamilyPage extends PageElement {
  constructor() {
    super();
    /** @type {boolean|null} whether an office that the phone knows takes cards; null until it has looked */
    this.office = null;
    this.tongue = state.lang;
    this.saved = "";
    this.fault = "";
    /** @type {unknown} */
    this.of = undefined;
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    addEventListener("pagehide", this.clear);
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    removeEventListener("pagehide", this.clear);
    this.clear();
  }

  clear = () => this.querySelector("form")?.reset();

  /** @override */
  willUpdate() {
    if (this.of === state.snapshot && this.office !== null) return;
    this.of = state.snapshot;
    void outbox.boxAddresses().then((found) => {
      if (this.office === "intake" in found) return;
      this.office = "intake" in found;
      this.requestUpdate();
    }, () => undefined);
  }

  /** @param {SubmitEvent} event */
  async save(event) {
    event.preventDefault();
    if (state.busy) return;
    const form = /** @type {HTMLFormElement} */ (event.target);
    const data = new FormData(form);
    const text = (/** @type {string} */ name) => String(data.get(name) ?? "").trim().slice(0, LONGEST);
    const value = { consent: true, lang: this.tongue, who: text("who"), how: text("how"), message: text("message") || null, at: Date.now() };
    set({ busy: "save" });
    this.fault = "";
    try {
      const part = dayPart(state.now, homeZone());
      const { id } = await outbox.save({
        kind: "family_card", answers: [{ path: "/card", value, box: "intake" }], lang: state.lang, purpose: "monitoring", day_part: part,
        draft: crypto.randomUUID(), label: { kind: "family_card", part },
      });
      form.reset();
      this.saved = id;
      handed = null;
      set({ said: t("Saved on this phone, locked.") });
    } catch (error) {
      this.fault = whyNotSaved(error);
    } finally {
      set({ busy: "" });
    }
    this.requestUpdate();
    await this.updateComplete;
    if (this.saved) /** @type {HTMLElement|null} */ (this.querySelector("#card-saved"))?.focus();
  }

  /** @override */
  render() {
    return html`${taskBar(t("Family contact"), t("Only if the person wants it"), to("write"))}
      <main class="main" id="main">
        ${section("say", "1", t("Say it aloud first"), calls())}
        ${section("ask", "2", t("Ask the person"), html`<div class="card card__pad stack"><p class="lead">${t("“Do you want someone told?”")}</p>
          <p class="quiet">${t("If they say no, or you cannot ask, stop here. Write nothing about them.")}</p></div>`)}
        ${section("card", "3", t("Family card"), this.card())}
        ${section("told", "4", t("Handed over?"), this.told())}
      </main>`;
  }

  card() {
    if (this.saved) return this.done();
    if (this.office === null) return nothing;
    if (!this.office) return note("", "pencil-off", t("Nothing is written here"), t("No law office that this phone knows takes family cards. Call, and say it aloud."));
    const input = (/** @type {string} */ name, /** @type {string} */ label, /** @type {string} */ hint) => html`<div class="stack stack--1"><label for="in-${name}">${label}</label><p class="quiet" id="hint-${name}">${hint}</p>
      <input class="field" id="in-${name}" name=${name} aria-describedby="hint-${name}" maxlength=${LONGEST} autocomplete="off" spellcheck="false" pattern=".*\\S.*" required></div>`;
    return html`<form class="sealed stack" id="family" autocomplete="off" @submit=${(/** @type {SubmitEvent} */ event) => void this.save(event)}>
      <p class="sealed__sign">${icon("lock")}${t("Locked: only the law office can open it")}</p>
      <p class="quiet">${t("No draft is kept. What you type is only on this screen: it is gone when you leave or lock.")}</p>
      <label class="stack stack--1"><span>${t("Their language")}</span><select class="field" autocomplete="off" @change=${(/** @type {Event} */ event) => this.speak(/** @type {HTMLSelectElement} */ (event.target).value)}>
        ${Object.entries(CONSENT).map(([lang, [name]]) => html`<option value=${lang} lang=${lang} ?selected=${lang === this.tongue}>${name}</option>`)}</select></label>
      <label class="flag flag--plain"><span lang=${this.tongue}>${CONSENT[this.tongue]?.[1]}<small lang=${state.lang}>${t("Show or read this to them. Tick it when they agree.")}</small></span><input type="checkbox" name="consent" autocomplete="off" required><i></i></label>
      ${input("who", t("Who is to be told"), t("A name that they choose"))}
      ${input("how", t("How to reach them"), t("Number, address, or where to find them"))}
      <label class="stack stack--1"><span>${t("Message, if they have one")}</span><textarea name="message" maxlength=${LONGEST} autocomplete="off" spellcheck="false"></textarea></label>
      ${this.fault ? html`<div class="note note--wait" role="alert">${icon("circle-alert")}<p>${this.fault}</p></div>` : nothing}
      <button class="btn btn--primary btn--field" type="submit" ?disabled=${state.busy !== ""}>${icon("lock")}${t("Lock and save")}</button></form>`;
  }

  /** @param {string} lang */
  speak(lang) {
    this.tongue = /** @type {typeof this.tongue} */ (lang);
    this.requestUpdate();
  }

  done() {
    const item = state.items.find((one) => one.id === this.saved);
    const says = item && shown(item);
    const another = () => {
      this.saved = "";
      this.requestUpdate();
    };
    return html`<div class="stack"><div class="note note--ok">${icon("lock")}<div><h3 class="strong" id="card-saved" tabindex="-1">${t("Saved on this phone, locked.")}</h3>
      <p>${t("Nobody can read it here again, not you either. It goes by itself, and is gone from the server once it is handed over, or after 72 hours.")}</p></div></div>
      ${says ? html`<p class="status status--${says.kind}" role="status">${icon(says.icon)}${says.word}</p>` : nothing}
      <button class="btn btn--second btn--block" type="button" @click=${another}>${t("Another person")}</button></div>`;
  }

  told() {
    const day = dayPart(state.now, homeZone()).slice(0, 10);
    const say = (/** @type {boolean} */ yes) => {
      handed = { day, yes };
      this.requestUpdate();
    };
    return html`<fieldset><legend class="q__ask"><small>${t("Afterwards: was it handed over? Kept until the app closes, today only, without a name.")}</small></legend>
      <div class="taps">${[true, false].map((yes) => html`<label class="tap"><input type="radio" name="handed" autocomplete="off" .checked=${handed?.day === day && handed.yes === yes}
        @change=${() => say(yes)}><span>${yes ? t("Yes") : t("No")}</span></label>`)}</div></fieldset>`;
  }
}

/** @param {string} id @param {string} step @param {string} title @param {unknown} inside */
function section(id, step, title, inside) {
  return html`<section class="section" aria-labelledby=${id}><div class="section__head"><h2 id=${id}><span class="num">${step}.</span> ${title}</h2></div>${inside}</section>`;
}

function calls() {
  const chapter = state.snapshot?.public?.chapter;
  const call = (/** @type {string|undefined} */ number, /** @type {string} */ kind, /** @type {string} */ words) => number
    ? html`<a class="btn ${kind} btn--tall btn--num" href="tel:${number.replace(/[^+0-9]/g, "")}">${icon("phone")}<span>${words}<small>${number}</small></span></a>` : nothing;
  return html`<div class="stack"><p>${t("Call and say who is to be told. Spoken, it is written down nowhere on this phone.")}</p>
    ${chapter?.hotline || chapter?.legal_line ? nothing : html`<p class="lead">${t("Call the number that your coordinator gave you.")}</p>`}
    ${call(chapter?.hotline, "btn--primary", t("Call the hotline"))}${call(chapter?.legal_line, "btn--second", t("Call the legal line"))}</div>`;
}

customElements.define("fa-family", FamilyPage);

export const familyPage = () => html`<fa-family></fa-family>`;
