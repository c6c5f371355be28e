// Whether this phone can be reached: the last proof, a test, and what to do when nothing was shown.
import { html, nothing } from "lit";
import es from "../../lib/es/reach.js";
import { register, t } from "../../lib/i18n.js";
import { ApiError } from "../api.js";
import { homeZone } from "../find.js";
import { icon } from "../icon.js";
import { PageElement } from "../page.js";
import { here } from "../platform.js";
import { lookAtReach, testPush, turnOff, turnOn } from "../push.js";
import { state } from "../state.js";
import { dayKey, dayShort, time } from "../words.js";

register("es", es);

const LOOK_MS = 2000;
/** A test that was not shown after this: what to do is said. It may still come. */
const WAIT_MS = 40000;

class Reach extends PageElement {
  constructor() {
    super();
    /** @type {""|"asking"|"waiting"|"late"|"failed"|"offline"} */
    this.test = "";
    this.asked = 0;
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this.timer = undefined;
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    this.classList.add("stack");
    if (state.session === "in") void lookAtReach().catch(() => undefined);
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  async send() {
    if (this.test === "asking" || this.test === "waiting") return;
    const before = state.reach?.shown ?? 0;
    this.say("asking");
    try {
      await testPush();
      this.asked = Date.now();
      this.say("waiting");
      await this.follow(before);
    } catch (error) {
      this.say(error instanceof ApiError && error.status === 0 ? "offline" : "failed");
      await lookAtReach().catch(() => undefined);
    }
  }

  /** @param {number} before when a push was last shown */
  async follow(before) {
    await lookAtReach().catch(() => undefined); // asked again soon
    if ((state.reach?.shown ?? 0) > before) return this.say("");
    if (Date.now() - this.asked > WAIT_MS) this.say("late");
    if (this.isConnected && Date.now() - this.asked < 3 * WAIT_MS) this.timer = setTimeout(() => void this.follow(before), LOOK_MS);
    return undefined;
  }

  /** @param {Reach["test"]} test */
  say(test) {
    this.test = test;
    this.requestUpdate();
  }

  /** @override */
  render() {
    if (state.reach?.wrong === "ended") return this.ended();
    if (state.push !== "on") return nothing;
    return html`<div class="stack" role="status">${this.proof()}${this.now()}</div>
      <button class="btn btn--second btn--block" type="button" aria-disabled=${this.test === "asking" || this.test === "waiting"} ?disabled=${state.session !== "in"} @click=${() => void this.send()}>${icon("send")}${t("Send a test to this phone")}</button>`;
  }

  proof() {
    const { shown = null, wrong = "" } = state.reach ?? {};
    if (wrong === "unseen" || this.test === "late") return nothing;
    if (shown === null) return html`<p class="quiet">${t("No message was shown here yet. A test says whether one comes.")}</p>`;
    return html`<p class="line">${icon("circle-check", "icon--s")}<span>${t("This phone can be reached: last shown {time}", { time: when(shown) })}</span></p>`;
  }

  now() {
    if (this.test === "waiting") return html`<p class="quiet line">${icon("clock", "icon--s")}${t("Sent. A message should show within seconds.")}</p>`;
    if (this.test === "offline") return html`<p class="quiet">${t("The server cannot be reached. Nothing was sent. Try again with network.")}</p>`;
    if (this.test === "failed") return html`<p class="quiet">${t("That did not work. Turn alerts off and on again here, then send the test once more.")}</p>`;
    if (this.test === "late" || (state.reach?.wrong === "unseen" && this.test === "")) return this.what();
    return nothing;
  }

  /** Nothing came: what helps on this kind of phone. */
  what() {
    const { os } = here();
    const steps = os === "ios"
      ? [t("Settings, Notifications, Fieldapp: allow them, on the lock screen too."), t("Look whether a Focus or Do Not Disturb is on, and let Fieldapp through.")]
      : os === "android"
        ? [t("Settings, Apps, this app or your browser, Notifications: allow them."), t("Battery saver holds messages back: let this app run without limits."), t("Look whether Do Not Disturb is on.")]
        : [t("Allow notifications for this browser in the computer's settings."), t("Leave the browser running, and look whether Do Not Disturb is on.")];
    return html`<div class="note note--wait">${icon("bell-off")}<div><b>${t("The test was not shown here.")}</b><ul class="stack stack--1">${[...steps, t("Then send the test again. If it still does not come, tell your coordinator: they reach you in another way.")].map((one) => html`<li>${one}</li>`)}</ul></div></div>`;
  }

  /** The subscription is gone, and could not be made anew at the start. */
  ended() {
    return html`<div class="note note--wait">${icon("bell-off")}<div><b>${t("Alerts no longer reach this phone.")}</b><p>${t("The phone or its push service ended them. Turn them on again.")}</p></div></div>
      <button class="btn btn--primary btn--field" type="button" @click=${() => void this.again()}>${icon("bell-ring")}${t("Turn on alerts")}</button>`;
  }

  async again() {
    await turnOff().catch(() => undefined);
    await turnOn().catch(() => this.say("failed"));
  }
}

customElements.define("fa-reachable", Reach);

/** @param {number} at @returns {string} a time; the day too where it is another */
function when(at) {
  const zone = homeZone();
  return dayKey(at, zone) === dayKey(state.now, zone) ? time(at, zone) : `${dayShort(at, zone)}, ${time(at, zone)}`;
}
