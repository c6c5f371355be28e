// #/suits: what one would rather do, and what nobody should ask one for. Each tap is saved after a moment, as a record like all others.
import { html, nothing } from "lit";
import es from "../../lib/es/suits.js";
import { register, t } from "../../lib/i18n.js";
import { VOID_AFTER } from "../../lib/protocol.js";
import { whyNotSaved } from "../acts.js";
import { allShifts, homeZone, place } from "../find.js";
import { icon } from "../icon.js";
import { PageElement } from "../page.js";
import { taskBar } from "../parts.js";
import { outbox, refresh } from "../phone.js";
import { to } from "../router.js";
import { set, state } from "../state.js";
import { dayPart } from "../words.js";
import { preferences } from "./suits.js";

register("es", es);

/** @typedef {"likes"|"never"} Which */
/** @typedef {"places"|"kinds"|"days"} Part */

const KINDS = () => /** @type {const} */ ([["immigration_court", t("Immigration court")], ["ice_office", t("ICE office")], ["courthouse", t("Courthouse")],
  ["neighbourhood", t("Neighbourhood")], ["accompany", t("Accompaniment")], ["turnout", t("Turnout")]]);

/** Monday 7 December 2026, to name the days of the week. */
const MONDAY = Date.UTC(2026, 11, 7, 12);

class Suits extends PageElement {
  constructor() {
    super();
    this.said = structuredClone(preferences());
    this.changed = false;
    this.saved = false;
    this.fault = "";
  }

  /** @override */
  render() {
    if (!this.changed && !this.saved) this.said = structuredClone(preferences()); // what the server said meanwhile
    return html`${taskBar(t("What suits you"), t("You can still take any shift"), to("shifts"))}
      <main class="main" id="main">
        ${this.block("likes", t("I like to do"), t("These come first in your list."))}
        ${this.block("never", t("Do not ask me for"), t("Nobody asks you for these. They stay in your list, last."))}
        ${this.fault ? html`<div class="note note--wait" role="alert">${icon("circle-alert")}<p>${this.fault}</p></div>` : nothing}
        <button class="btn btn--primary btn--field" type="button" ?disabled=${!this.changed || state.busy !== ""} @click=${() => void this.save()}>${t("Save")}</button>
        ${this.saved && !this.changed ? html`<p class="status status--saved" role="status">${icon("check")}${t("Saved on this phone. Your list follows it when it is received.")}</p>` : nothing}
      </main>`;
  }

  /** @param {Which} which @param {string} title @param {string} about */
  block(which, title, about) {
    return html`<section class="section" aria-labelledby=${which}><div><h2 class="place" id=${which}>${title}</h2><p class="quiet">${about}</p></div>
      ${this.days(which)}
      <fieldset><legend class="q__ask">${t("Kinds")}</legend><div class="taps">${KINDS().map(([code, name]) => this.tap(which, "kinds", code, name))}</div></fieldset>
      ${this.places(which)}</section>`;
  }

  /** @param {Which} which */
  days(which) {
    const format = new Intl.DateTimeFormat(state.lang === "es" ? "es-US" : "en-US", { weekday: "short", timeZone: "UTC" });
    const halves = /** @type {const} */ ([["m", t("Morning")], ["a", t("Afternoon")]]);
    return html`${halves.map(([half, name]) => html`<fieldset><legend class="q__ask">${name}</legend><div class="taps taps--3">
      ${[0, 1, 2, 3, 4, 5, 6].map((day) => this.tap(which, "days", `${day}${half}`, format.format(MONDAY + day * 86400000)))}</div></fieldset>`)}`;
  }

  /** @param {Which} which */
  places(which) {
    const ids = [...new Set([...allShifts().map((one) => one.place), ...this.said[which].places])];
    const known = ids.map((id) => place(id)).filter((one) => one !== undefined).sort((a, b) => a.name.localeCompare(b.name));
    if (!known.length) return nothing;
    return html`<fieldset><legend class="q__ask">${t("Places")}</legend><div class="taps taps--1">${known.map((one) => this.tap(which, "places", one.id, one.name))}</div></fieldset>`;
  }

  /** @param {Which} which @param {Part} part @param {string} value @param {string} name */
  tap(which, part, value, name) {
    const list = this.said[which][part];
    const turn = () => {
      this.said[which][part] = list.includes(value) ? list.filter((one) => one !== value) : [...list, value];
      this.changed = true;
      this.requestUpdate();
    };
    return html`<label class="tap"><input type="checkbox" autocomplete="off" .checked=${list.includes(value)} @change=${turn}><span>${name}</span></label>`;
  }

  async save() {
    set({ busy: "prefer" });
    this.fault = "";
    let saved = false;
    try {
      const part = dayPart(state.now, homeZone());
      const answers = /** @type {const} */ (["likes", "never"]).map((which) => ({ path: `/${which}`, value: this.said[which], box: null }));
      await outbox.save({
        kind: "prefer", answers, lang: state.lang, purpose: "monitoring", day_part: part, void_after: state.now + VOID_AFTER.prefer.ms,
        draft: crypto.randomUUID(), label: { kind: "prefer", part },
      });
      [saved, this.changed, this.saved] = [true, false, true];
    } catch (error) {
      this.fault = whyNotSaved(error);
    } finally {
      set({ busy: "" });
    }
    if (saved) await outbox.drain().then(refresh);
  }
}

customElements.define("fa-suits", Suits);

export const suitsPage = () => html`<fa-suits></fa-suits>`;
