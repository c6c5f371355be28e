// One's certificate as a QR on the whole width, for a lead who checks it without network.
import encodeQR from "qr";
import { html, nothing } from "lit";
import es from "../../lib/es/certificate.js";
import { readCode } from "../../lib/certificate.js";
import { register, t } from "../../lib/i18n.js";
import { gradeName, onCertificate, ownCode } from "../certificate.js";
import { icon } from "../icon.js";
import { PageElement } from "../page.js";
import { taskBar } from "../parts.js";
import { to } from "../router.js";
import { state } from "../state.js";
import { date, say } from "../words.js";

register("es", es);

class CertificatePage extends PageElement {
  constructor() {
    super();
    /** @type {string|null} */
    this.code = null;
    this.looked = false;
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    this.unlisten = onCertificate(() => void this.look());
    void this.look();
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    this.unlisten?.();
  }

  async look() {
    this.code = await ownCode();
    this.looked = true;
    this.requestUpdate();
  }

  /** @override */
  render() {
    const said = this.code && state.lock !== "locked" ? readCode(this.code) : null;
    return html`${taskBar(t("My certificate"), said?.chapter ?? "", to("you"))}
      <main class="main" id="main">${said ? this.shown(said) : this.looked ? this.missing() : nothing}</main>`;
  }

  /** @param {import("../../lib/certificate.js").Certificate} said */
  shown(said) {
    const zone = state.snapshot?.public?.chapter.zone ?? "UTC";
    const over = said.until <= state.now;
    return html`${over ? html`<div class="note note--wait" role="alert">${icon("wifi-off")}<p><b>${t("Too old to be believed.")}</b> ${t("Open this page once with network: it is made anew, and is good for three days.")}</p></div>` : nothing}
      <div class="qr" role="img" aria-label=${t("QR of my certificate")}>${square(/** @type {string} */ (this.code))}</div>
      <section class="card card__pad stack"><h2 class="strong">${said.name}</h2><p class="quiet">${gradeName(said.grade)}</p>
        ${said.courses.length ? html`<ul class="plainlist">${said.courses.map((one) => html`<li>${icon("check", "icon icon--s")}<span>${say(one)}: ${t("valid until {date}", { date: date(one.ends_at, zone) })}</span></li>`)}</ul>` : html`<p>${t("No course yet.")}</p>`}
        <p class="quiet">${t("The lead scans it with their own phone, without network. Shown until {date}, then it is made anew.", { date: date(said.until, zone) })}</p></section>`;
  }

  missing() {
    const locked = state.lock === "locked";
    return html`<div class="empty">${icon(locked ? "lock-keyhole" : "wifi-off")}<p class="strong">${locked ? t("Unlock to show it") : t("Not on this phone yet")}</p>
      <p class="quiet">${locked ? t("It lies under your passkey with your shifts.") : t("Open this page once with network while you are signed in. Then it works without.")}</p></div>`;
  }
}

/** @param {string} code */
function square(code) {
  const rows = encodeQR(code, "raw", { ecc: "low", border: 4 });
  const path = rows.map((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")).join("")).join("");
  return html`<svg viewBox="0 0 ${rows.length} ${rows.length}" shape-rendering="crispEdges" aria-hidden="true"><rect width="100%" height="100%" class="qr__paper"></rect><path d=${path} class="qr__ink"></path></svg>`;
}

customElements.define("fa-certificate", CertificatePage);

export const certificatePage = () => html`<fa-certificate></fa-certificate>`;
