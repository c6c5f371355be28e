// Signing in and joining; and what to do inside a chat app's viewer, where neither works.
import { html, nothing } from "lit";
import es from "../../lib/es/leaving.js";
import { plural, register, t } from "../../lib/i18n.js";
import { counts } from "../find.js";
import { icon } from "../icon.js";
import { isInstalled } from "../install.js";
import { chooseLanguage } from "../language.js";
import { PageElement } from "../page.js";
import { taskBar } from "../parts.js";
import { canPasskeys, join, signIn, tokenOf, whyNot } from "../passkey.js";
import { here } from "../platform.js";
import { go, to } from "../router.js";
import { state } from "../state.js";
import { viewer } from "./install.js";

register("es", es);

const platform = here();

/** After signing in: lead to an installed app where there is none yet. */
const onward = () => go(!isInstalled() && platform.os !== "desktop" ? "install" : "today");

export class SignInPage extends PageElement {
  /** @override */
  static properties = { joining: { type: Boolean } };

  constructor() {
    super();
    this.joining = false;
    this.busy = false;
    this.fault = "";
    this.lost = false;
    this.noLock = false;
  }

  /** @override */
  firstUpdated() {
    const ask = canPasskeys() && PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable?.();
    void Promise.resolve(ask).then((can) => {
      this.noLock = can === false && canPasskeys();
      this.requestUpdate();
    }, () => undefined);
  }

  /** @override */
  render() {
    if (platform.browser === "viewer") return viewer();
    return this.joining ? this.join() : this.signIn();
  }

  /** @param {() => Promise<void>} work */
  async run(work) {
    if (this.busy) return;
    this.busy = true;
    this.fault = "";
    this.requestUpdate();
    try {
      await work();
      onward();
    } catch (error) {
      this.fault = whyNot(error);
    } finally {
      this.busy = false;
      this.requestUpdate();
    }
  }

  signIn() {
    const chapter = state.snapshot?.public?.chapter;
    const other = state.lang === "es" ? "en" : "es";
    return html`<main class="main main--low main--sign" id="main">
      <div class="stack stack--4 hero"><span class="mark">${icon("mark")}</span><div class="stack"><h1 class="title title--xl" tabindex="-1">${document.documentElement.dataset.plain ?? "Fieldapp"}</h1>
        <p class="lead lead--q">${t("No e-mail, no phone number, no password. This phone's own lock is your key.")}</p></div></div>
      ${this.problem()}${held()}
      <div class="stack">
        <button class="btn btn--primary btn--tall" type="button" ?disabled=${this.busy} @click=${() => void this.run(signIn)}>${icon("fingerprint-pattern")}${t("Sign in")}</button>
        <a class="btn btn--second btn--field" href=${to("join")}>${t("I have an invite")}</a>
      </div>
      <section class="card rows">
        ${state.person ? html`<a class="row row--slim" href=${to("write")}>${icon("pencil-line")}<span class="row__body"><span class="row__title">${t("Write without signing in")}</span>
          <span class="row__sub">${t("It is saved on this phone first")}</span></span>${icon("chevron-right")}</a>` : nothing}
        ${chapter?.hotline ? html`<a class="row row--slim" href="tel:${chapter.hotline.replace(/[^+0-9]/g, "")}">${icon("phone")}<span class="row__body">
          <span class="row__title">${t("Call the hotline")}</span><span class="row__sub num">${chapter.hotline}</span></span></a>` : nothing}
        <button class="row row--slim" type="button" aria-expanded=${this.lost} @click=${() => this.toggleLost()}>${icon("key-round")}<span class="row__body">
          <span class="row__title">${t("I lost my key")}</span><span class="row__sub">${this.lost ? lostWords() : t("Two coordinators can let you back in")}</span></span>${icon(this.lost ? "chevron-up" : "chevron-right")}</button>
      </section>
      <p class="line line--center"><button class="btn btn--text" type="button" lang=${other} @click=${() => void chooseLanguage(other)}>${other === "es" ? "Español" : "English"}</button>
        ${state.person || state.snapshot ? html`<a class="btn btn--text" href=${to("today")}>${t("Not now")}</a>` : nothing}</p>
    </main>`;
  }

  toggleLost() {
    this.lost = !this.lost;
    this.requestUpdate();
  }

  problem() {
    if (this.fault) return html`<div class="note note--wait" role="alert">${icon("circle-alert")}<p>${this.fault}</p></div>`;
    if (!canPasskeys()) return html`<div class="note note--wait">${icon("circle-alert")}<p><b>${t("This browser cannot use passkeys")}</b>${t("Open this page in Safari or Chrome, on a phone with a screen lock.")}</p></div>`;
    if (this.noLock) return html`<div class="note note--wait">${icon("lock-keyhole-open")}<p><b>${t("This device has no screen lock")}</b>${t("A passkey is locked by it. Set a code, finger or face in the settings and come back; or use a security key, or another phone.")}</p></div>`;
    return nothing;
  }

  join() {
    return html`${taskBar(t("Join"), t("With an invite from your coordinator"), to("in"))}
      <main class="main" id="main">
        <div><p class="quiet">${t("Step {n} of {all}", { n: 1, all: 3 })}</p><div class="steps steps--flush" aria-hidden="true"><i class="now"></i><i></i><i></i></div></div>
        <p class="lead">${t("Choose a field name: what people on a shift call you. Not your real name.")}</p>
        ${this.problem()}
        <form class="stack stack--4" id="join" @submit=${(/** @type {SubmitEvent} */ event) => this.submit(event)}>
          <label class="stack stack--1"><span class="strong">${t("Invite link")}</span><input class="field" name="invite" inputmode="url" autocomplete="off" autocapitalize="none" spellcheck="false" required></label>
          <label class="stack stack--1"><span class="strong">${t("Field name")}</span><input class="field" name="name" maxlength="40" autocomplete="off" required></label>
          <p class="quiet">${t("Next, your phone asks for its own lock: finger, face or code. It never leaves the phone.")}</p>
        </form>
      </main>
      <footer class="dock dock__act"><button class="btn btn--primary btn--field" type="submit" form="join" ?disabled=${this.busy}>${icon("fingerprint-pattern")}${t("Join")}</button></footer>`;
  }

  /** @param {SubmitEvent} event */
  submit(event) {
    event.preventDefault();
    const said = new FormData(/** @type {HTMLFormElement} */ (event.target));
    void this.run(() => join(tokenOf(String(said.get("invite"))), String(said.get("name")).trim(), state.lang));
  }
}

/** Before somebody else signs in: what the one before has not sent stays, and is sent as theirs; or it goes into a file. */
function held() {
  const unsent = counts().held + state.others;
  if (!unsent) return nothing;
  return html`<div class="note note--wait">${icon("smartphone")}<div><b>${plural("{n} record is not sent yet.", "{n} records are not sent yet.", unsent)}</b>
    <p>${t("They stay here, and are sent as their writer's, whoever signs in.")}</p><a class="note__do" href=${to("outbox")}>${t("Send them, or make a locked file")}</a></div></div>`;
}

function lostWords() {
  return t("Tell two of your coordinators. They give you a link that makes a new key. What is on this phone stays.");
}

customElements.define("fa-in", SignInPage);
