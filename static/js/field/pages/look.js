// The screen, the name and the space of this phone: choices that no server hears of.
import { html, nothing } from "lit";
import es from "../../lib/es/look.js";
import { register, t } from "../../lib/i18n.js";
import { icon } from "../icon.js";
import { isInstalled, keepStorage } from "../install.js";
import { choose, followLook, look } from "../look.js";
import { PageElement } from "../page.js";
import { taskBar } from "../parts.js";
import { to } from "../router.js";
import { set, state } from "../state.js";

register("es", es);
followLook();

export const lookPage = () => html`<fa-look></fa-look>`;

class LookPage extends PageElement {
  constructor() {
    super();
    /** @type {{usage?: number, quota?: number}|null} */
    this.space = null;
  }

  /** @override */
  firstUpdated() {
    void navigator.storage?.estimate?.().then((found) => {
      this.space = found;
      this.requestUpdate();
    }, () => undefined);
  }

  /** @param {import("../look.js").Look} patch */
  async pick(patch) {
    await choose(patch).catch(() => undefined);
    set({}); // the title is the shell's
  }

  /** @override */
  render() {
    return html`${taskBar(t("Screen, name and space"), t("Only on this phone"), to("you"), t("Back"))}
      <main class="main" id="main" tabindex="0">${this.theme()}${this.name()}${this.feel()}${this.kept()}</main>`;
  }

  theme() {
    const { theme } = look();
    /** @type {["light"|"dark"|undefined, string][]} */
    const all = [[undefined, t("As the phone")], ["light", t("Light")], ["dark", t("Dark")]];
    return html`<fieldset class="section"><legend class="q__ask">${t("Light or dark")}</legend><div class="taps taps--3">${all.map(([value, words]) => html`<label class="tap tap--c">
      <input type="radio" name="theme" .checked=${theme === value} @change=${() => void this.pick({ theme: value })}><span>${words}</span></label>`)}</div></fieldset>`;
  }

  name() {
    const plain = look().plain !== undefined;
    /** @type {[boolean, string, string][]} */
    const all = [[false, "Fieldapp", "mark"], [true, t("Notes"), "notebook-text"]];
    return html`<fieldset class="section"><legend class="q__ask">${t("Name on this phone")}<small>${t("For a phone that others use too. It changes the title, the notification and the icon.")}</small></legend>
      <div class="taps">${all.map(([value, words, picture]) => html`<label class="tap"><input type="radio" name="plain" .checked=${plain === value}
        @change=${() => void this.pick({ plain: value ? state.lang : undefined })}><span>${words}</span>${icon(picture)}</label>`)}</div>
      <p class="quiet">${isInstalled() ? t("An icon that is on the home screen keeps its name and picture: remove it and add it again. What is written here stays only if you send it first.") : t("Choose it before you put the app on the home screen: an icon keeps the name that it was added with.")}</p>
      <p class="quiet">${t("It is no disguise: whoever opens it sees what it is. Some iPhones still show the name Fieldapp on a notification.")}</p></fieldset>`;
  }

  feel() {
    const { awake = false, buzz = false } = look();
    const one = (/** @type {unknown} */ picture, /** @type {string} */ title, /** @type {string} */ sub, /** @type {boolean} */ on, /** @type {() => void} */ turn) => html`<label class="flag flag--plain">${picture}<span>${title}<small>${sub}</small></span>
      <input type="checkbox" role="switch" autocomplete="off" .checked=${on} @change=${turn}><i></i></label>`;
    return html`<section class="stack" aria-label=${t("While you write")}>
      ${"wakeLock" in navigator ? one(icon("lightbulb"), t("Keep the screen on"), t("While a form or a court session is open. It uses the battery"), awake, () => void this.pick({ awake: !awake })) : nothing}
      ${"vibrate" in navigator ? one(icon("vibrate"), t("A short buzz on Save"), t("It can be heard in a quiet room"), buzz, () => void this.pick({ buzz: !buzz })) : nothing}</section>`;
  }

  kept() {
    const { persisted } = state;
    const { usage, quota } = this.space ?? {};
    const words = persisted ? t("This phone promised not to clear what is here") : persisted === null ? t("This browser does not say") : t("The browser may clear it when space is short");
    return html`<section class="section" aria-labelledby="space"><div class="section__head"><h2 id="space">${t("Space")}</h2></div><div class="card rows">
      ${usage !== undefined && quota ? html`<div class="row">${icon("hard-drive")}<span class="row__body"><span class="row__title">${t("{size} used here", { size: size(usage) })}</span><span class="row__sub">${t("{size} free for it", { size: size(Math.max(0, quota - usage)) })}</span></span></div>` : nothing}
      <div class="row">${icon(persisted ? "shield-check" : "shield-alert")}<span class="row__body"><span class="row__title">${persisted ? t("Kept safe") : t("Not promised yet")}</span><span class="row__sub">${words}</span></span>
        ${persisted === false ? html`<button class="btn btn--text" type="button" @click=${() => void keepStorage().then((yes) => set({ persisted: yes }))}>${t("Ask again")}</button>` : nothing}</div></div></section>`;
  }
}

customElements.define("fa-look", LookPage);

/** @param {number} bytes @returns {string} such as `3.4 MB` */
function size(bytes) {
  const [unit, by] = bytes < 1e6 ? ["kilobyte", 1e3] : bytes < 1e9 ? ["megabyte", 1e6] : ["gigabyte", 1e9];
  return new Intl.NumberFormat(state.lang, { style: "unit", unit: String(unit), maximumFractionDigits: bytes < 1e9 ? 0 : 1 }).format(bytes / Number(by));
}
