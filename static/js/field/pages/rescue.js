// Hand in without network: one locked file of all that is not sent, for a coordinator. Nothing leaves this phone until its person sends it.
import { html, nothing } from "lit";
import es from "../../lib/es/rescue.js";
import { plural, register, t } from "../../lib/i18n.js";
import { makeRescue, unsentMedia } from "../../outbox/rescue.js";
import { size } from "../capture/words.js";
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
/** What the desk's page takes; larger files are taken in on the server. */
const DESK_MAX = 256 * 1024 * 1024;

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
    /** Photos, film and sound that could go with it, and whether they do. */
    this.films = { n: 0, bytes: 0 };
    this.whole = true;
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    void unsentMedia(outbox).then((rows) => {
      this.films = { n: rows.length, bytes: rows.reduce((sum, row) => sum + row.size, 0) };
      this.requestUpdate();
    });
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
      const made = await makeRescue(outbox, state.snapshot?.public?.server.hand_in, { media: this.whole });
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
  words({ records, media }) {
    if (!records && media) return plural("{n} photo or recording is in the file.", "{n} photos or recordings are in the file.", media);
    const said = plural("{n} record is in the file.", "{n} records are in the file.", records);
    return media ? `${said} ${plural("{n} photo or recording too.", "{n} photos or recordings too.", media)}` : said;
  }

  /** Whether film goes with it: a file for a message is better small. */
  choice() {
    const { n, bytes } = this.films;
    if (!n) return nothing;
    return html`<label class="flag flag--plain">${icon("camera")}<span>${t("With photos, film and sound")}<small>${t("{n} of them, {size}. Leave them out where the file must be small", { n, size: size(bytes) })}</small></span>
      <input type="checkbox" role="switch" autocomplete="off" .checked=${this.whole} ?disabled=${this.making} @change=${() => {
        this.whole = !this.whole;
        this.requestUpdate();
      }}><i></i></label>`;
  }

  /** @override */
  render() {
    const { made } = this;
    return html`<section class="card" aria-labelledby="rescue"><div class="card__pad stack">
      <h2 class="place" id="rescue">${t("Hand in without network")}</h2>
      ${this.fault ? html`<div role="alert">${note("wait", "circle-alert", this.fault, t("Everything stays on this phone."))}</div>` : nothing}
      ${made ? this.ready(made) : html`<p>${t("Makes one locked file of all that is not sent. Only your chapter's server can open it.")}</p>${this.choice()}
        <button class="btn btn--second btn--field" type="button" ?disabled=${this.making} @click=${() => void this.make()}>${icon("file-lock")}${this.making ? t("Making the file") : t("Make the file")}</button>`}
    </div></section>`;
  }

  /** @param {import("../../outbox/rescue.js").Rescue} made */
  ready(made) {
    return html`<p><b>${this.words(made)}</b> ${size(made.file.size)}. ${t("Give it to a coordinator or the legal team, by message, e-mail or stick. They hand it in for you.")}</p>
      ${made.unreadable ? html`<p>${plural("{n} could not be read and is not in it.", "{n} could not be read and are not in it.", made.unreadable)}</p>` : nothing}
      ${this.films.n && !this.whole ? html`<p>${t("Photos, film and sound are not in it: they stay here until this phone has network.")}</p>` : nothing}
      ${made.file.size > DESK_MAX ? html`<p>${t("It is larger than a page takes: on the server it is taken in by a command. Tell whoever you give it to.")}</p>` : nothing}
      ${this.share ? html`<button class="btn btn--second btn--field" type="button" @click=${() => void this.send()}>${icon("share-2")}${t("Send the file")}</button>` : nothing}
      <a class="btn btn--second btn--field" href=${this.url} download="${this.name}.age" @click=${() => this.saved()}>${icon("download")}${t("Save the file")}</a>
      ${this.done ? html`<p role="status">${this.done}</p>` : nothing}
      <p class="quiet">${t("Everything stays here too, and still goes by itself. Sent twice is harmless.")}</p>`;
  }
}

customElements.define("fa-rescue", Rescue);

/** @param {string|undefined} code @returns {string} */
function why(code) {
  if (code === "no_hand_in") return t("This phone has not heard of a hand-in key yet. Open the app with network once.");
  if (code === "bad_hand_in") return t("The hand-in key does not check out, so no file was made. Tell your coordinator.");
  return t("The file could not be made. Free some space, or try again.");
}
