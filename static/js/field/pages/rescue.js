// Hand in without network: one locked file of all that is not sent, for a coordinator. Nothing leaves this phone until its person sends it.
import { html, nothing } from "lit";
import es from "../../lib/es/rescue.js";
import { plural, register, t } from "../../lib/i18n.js";
import { makeRescue } from "../../outbox/rescue.js";
import { icon } from "../icon.js";
import { PageElement } from "../page.js";
import { note } from "../parts.js";
import { outbox } from "../phone.js";
import { set, state } from "../state.js";
import { dayKey } from "../words.js";

register("es", es);

const TYPE = "application/octet-stream";
/** Up to this size the file goes as text too, where a browser shares no other: base64 in memory. */
const TEXT_MAX = 8 * 1024 * 1024;

/** @param {Blob} blob @returns {Promise<string>} age's own armor */
async function armored(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 48) text += `${btoa(String.fromCharCode(...bytes.subarray(at, at + 48)))}\n`;
  return `-----BEGIN AGE ENCRYPTED FILE-----\n${text}-----END AGE ENCRYPTED FILE-----\n`;
}

/** @param {File} file */
const canShare = (file) => typeof navigator.canShare === "function" && navigator.canShare({ files: [file] });

/** What the phone can send by its share sheet: the file itself, else as text. @param {Blob} blob @param {string} name @returns {Promise<File|null>} */
async function shareable(blob, name) {
  const whole = new File([blob], `${name}.age`, { type: TYPE });
  if (canShare(whole)) return whole;
  if (blob.size > TEXT_MAX || !canShare(new File(["age"], `${name}.age.txt`, { type: "text/plain" }))) return null;
  return new File([await armored(blob)], `${name}.age.txt`, { type: "text/plain" });
}

class Rescue extends PageElement {
  constructor() {
    super();
    /** @type {import("../../outbox/rescue.js").Rescue|null} */
    this.made = null;
    /** @type {File|null} */
    this.share = null;
    this.name = "";
    this.url = "";
    this.fault = "";
    this.done = "";
    this.making = false;
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    if (this.url) URL.revokeObjectURL(this.url);
    [this.url, this.made, this.share] = ["", null, null];
  }

  async make() {
    this.making = true;
    this.fault = "";
    this.requestUpdate();
    try {
      const made = await makeRescue(outbox, state.snapshot?.public?.server.hand_in);
      this.name = `rescue-${dayKey(Date.now(), Intl.DateTimeFormat().resolvedOptions().timeZone)}`;
      this.share = await shareable(made.file, this.name);
      this.url = URL.createObjectURL(new Blob([made.file], { type: TYPE }));
      this.made = made;
      set({ said: this.words(made) });
    } catch (error) {
      this.fault = why(/** @type {{code?: string}} */ (error).code);
    } finally {
      this.making = false;
      this.requestUpdate();
    }
  }

  async send() {
    try {
      await navigator.share({ files: [/** @type {File} */ (this.share)] });
      this.done = t("The file was handed to the app that you chose.");
    } catch (error) {
      if (/** @type {Error} */ (error).name !== "AbortError") this.fault = t("That app did not take the file. Save it, and send it from there.");
    }
    this.requestUpdate();
  }

  saved() {
    this.done = t("The file is in this phone's downloads.");
    this.requestUpdate();
  }

  /** @param {import("../../outbox/rescue.js").Rescue} made */
  words({ records }) {
    return plural("{n} record is in the file.", "{n} records are in the file.", records);
  }

  /** @override */
  render() {
    const { made } = this;
    return html`<section class="card" aria-labelledby="rescue"><div class="card__pad stack">
      <h2 class="place" id="rescue">${t("Hand in without network")}</h2>
      ${this.fault ? html`<div role="alert">${note("wait", "circle-alert", this.fault, t("Everything stays on this phone."))}</div>` : nothing}
      ${made ? this.ready(made) : html`<p>${t("Makes one locked file of all that is not sent. Only your chapter's server can open it.")}</p>
        <button class="btn btn--second btn--field" type="button" ?disabled=${this.making} @click=${() => void this.make()}>${icon("file-lock")}${this.making ? t("Making the file") : t("Make the file")}</button>`}
    </div></section>`;
  }

  /** @param {import("../../outbox/rescue.js").Rescue} made */
  ready(made) {
    return html`<p><b>${this.words(made)}</b> ${t("Give it to a coordinator or the legal team, by message, e-mail or stick. They hand it in for you.")}</p>
      ${made.unreadable ? html`<p>${plural("{n} record could not be read and is not in it.", "{n} records could not be read and are not in it.", made.unreadable)}</p>` : nothing}
      ${state.media.some((one) => one.record && one.state !== "received") ? html`<p>${t("Photos, film and sound are not in it: they stay here until this phone has network.")}</p>` : nothing}
      ${this.share ? html`<button class="btn btn--second btn--field" type="button" @click=${() => void this.send()}>${icon("share-2")}${t("Send the file")}</button>` : nothing}
      <a class="btn btn--second btn--field" href=${this.url} download="${this.name}.age" @click=${() => this.saved()}>${icon("download")}${t("Save the file")}</a>
      ${this.done ? html`<p role="status">${this.done}</p>` : nothing}
      <p class="quiet">${t("The records stay here too, and still go by themselves. Sent twice is harmless.")}</p>`;
  }
}

customElements.define("fa-rescue", Rescue);

/** @param {string|undefined} code @returns {string} */
function why(code) {
  if (code === "no_hand_in") return t("This phone has not heard of a hand-in key yet. Open the app with network once.");
  if (code === "bad_hand_in") return t("The hand-in key does not check out, so no file was made. Tell your coordinator.");
  return t("The file could not be made. Free some space, or try again.");
}
