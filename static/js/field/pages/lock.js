// "Lock now": what leaves the screen and the phone, what stays, and one button. Calm: nothing of a record is ever deleted here.
import { html, nothing } from "lit";
import es from "../../lib/es/safety.js";
import { plural, register, t } from "../../lib/i18n.js";
import { icon } from "../icon.js";
import { lockPhone, losing } from "../locking.js";
import { PageElement } from "../page.js";
import { taskBar } from "../parts.js";
import { to } from "../router.js";
import { state } from "../state.js";

register("es", es);

class LockPage extends PageElement {
  constructor() {
    super();
    this.lost = 0;
    this.locking = false;
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    void losing().then((n) => {
      this.lost = n;
      this.requestUpdate();
    });
  }

  async lock() {
    this.locking = true;
    this.requestUpdate();
    await lockPhone();
  }

  /** @override */
  render() {
    const { lost } = this;
    return html`${taskBar(t("Lock now"), t("It deletes no record"), to("today"))}
      <main class="main" id="main">
        ${lost ? html`<div class="note note--wait">${icon("circle-alert")}<div><b>${plural("{n} unfinished form is thrown away", "{n} unfinished forms are thrown away", lost)}</b>
          <p>${t("This phone has no passkey lock to keep them under. Save them first if you can.")} ${t("One with a photo, film or sound stays, with nothing answered in it.")}</p></div></div>` : nothing}
        <section class="card rows">
          <div class="row row--slim">${icon("lock")}<span class="row__body"><span class="row__title">${t("Leaves this phone")}</span>
            <span class="row__sub">${t("Your shifts, the names of people on them, your training. You are signed out.")}</span></span></div>
          ${state.lock === "none" ? nothing : html`<div class="row row--slim">${icon("fingerprint-pattern")}<span class="row__body"><span class="row__title">${t("Stays, locked")}</span>
            <span class="row__sub">${t("Unfinished forms. Only your passkey opens them.")}</span></span></div>`}
          <div class="row row--slim">${icon("smartphone")}<span class="row__body"><span class="row__title">${t("Stays, and is sent")}</span>
            <span class="row__sub">${t("What you saved. Nobody can read it here, you neither.")}</span></span></div>
          <div class="row row--slim">${icon("pencil-line")}<span class="row__body"><span class="row__title">${t("Goes on")}</span>
            <span class="row__sub">${t("Writing, alerts, “I'm out and OK”, forms, places, the hotline.")}</span></span></div>
        </section>
        <p class="quiet">${t("Without network the session on the server ends as soon as there is network.")}</p>
        <p class="quiet">${t("To take Fieldapp off this phone, when nothing is happening:")} <a href=${to("remove")}>${t("Remove Fieldapp's data from this phone")}</a></p>
      </main>
      <footer class="dock dock__act"><button class="btn btn--primary btn--tall" type="button" ?disabled=${this.locking} @click=${() => void this.lock()}>${icon("lock")}${t("Lock now")}</button></footer>`;
  }
}

customElements.define("fa-lock", LockPage);

export const lockPage = () => html`<fa-lock></fa-lock>`;
