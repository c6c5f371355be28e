// Asking whether this phone may tell: once a shift is taken there is something to tell of. Never at the first start, never again after a no.
import { html, nothing } from "lit";
import es from "../../lib/es/reach.js";
import { register, t } from "../../lib/i18n.js";
import { icon } from "../icon.js";
import { readChoice, writeChoice } from "../keep.js";
import { PageElement } from "../page.js";
import { turnOn } from "../push.js";
import { state } from "../state.js";

register("es", es);
const NO = "push_no";

class Tell extends PageElement {
  constructor() {
    super();
    this.no = true; // until it is known that nobody said so
    this.fault = false;
    this.busy = false;
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    void readChoice(NO).then((no) => {
      this.no = Boolean(no);
      this.requestUpdate();
    }, () => undefined);
  }

  /** @override */
  render() {
    if (this.no || state.push !== "off") return nothing;
    return html`<section class="card" aria-labelledby="tell"><div class="card__pad">
      <h2 class="place" id="tell">${t("May this phone tell you?")}</h2>
      <p>${t("When your shift changes, when somebody asks after you, or when an alert needs you. Otherwise you see it only when you open the app.")}</p>
      <p class="quiet">${t("The lock screen only ever says “Fieldapp: 1 new message”.")}</p>
      ${this.fault ? html`<p role="alert">${t("That did not work. Nothing was changed. Try again later.")}</p>` : nothing}
      <button class="btn btn--primary btn--field" type="button" aria-disabled=${this.busy} @click=${() => void this.yes()}>${icon("bell-ring")}${t("Turn on alerts")}</button>
      <button class="btn btn--text btn--block" type="button" @click=${() => void this.later()}>${t("Not now")}</button></div></section>`;
  }

  async yes() {
    if (this.busy) return;
    Object.assign(this, { busy: true, fault: false });
    this.requestUpdate();
    await turnOn().catch(() => (this.fault = true));
    this.busy = false;
    this.requestUpdate();
  }

  /** It stays under You. */
  async later() {
    this.no = true;
    this.requestUpdate();
    await writeChoice(NO, Date.now());
  }
}

customElements.define("fa-tell", Tell);
