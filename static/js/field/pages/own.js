// What is the person's own around shifts, kept on the server only: how to reach them on one shift, their calendar's address, their quiet hours.
// None of it is a record or lies in the snapshot: it is asked for with a session when the page is opened, and gone when it is left.
import { html, nothing } from "lit";
import es from "../../lib/es/own.js";
import { register, t } from "../../lib/i18n.js";
import { ApiError, ask, read, send } from "../api.js";
import { place, shift, zoneOf } from "../find.js";
import { icon } from "../icon.js";
import { PageElement } from "../page.js";
import { taskBar } from "../parts.js";
import { to } from "../router.js";
import { set, state } from "../state.js";
import { dayShort, placeShort, range } from "../words.js";

register("es", es);

/** @param {string} title @param {string} sub @param {string} back @param {unknown} inside */
const frame = (title, sub, back, inside) => html`${taskBar(title, sub, back)}<main class="main" id="main" tabindex="0">${inside}</main>`;

/** A page that asks the server when it is opened. */
class Own extends PageElement {
  constructor() {
    super();
    /** @type {any} what the server said */
    this.own = null;
    this.fault = "";
  }

  get path() {
    return "";
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    void this.run(async () => read(await ask(this.path)));
  }

  /** @param {() => Promise<any>} work @param {string} [said] */
  async run(work, said = "") {
    set({ busy: "own" });
    this.fault = "";
    try {
      this.own = await work();
      if (said) set({ said });
    } catch (error) {
      this.fault = whyNot(error);
    } finally {
      set({ busy: "" });
      this.requestUpdate();
    }
  }

  said() {
    if (this.fault) return html`<div class="note note--wait" role="alert">${icon("circle-alert")}<p>${this.fault}</p></div>`;
    return this.own ? nothing : html`<p class="quiet">${t("Looking")}</p>`;
  }
}

/** @param {unknown} error */
function whyNot(error) {
  const status = error instanceof ApiError ? error.status : 0;
  if (status === 401) return t("This needs a sign-in. Nothing was changed. Sign in under You.");
  if (status === 404) return t("This shift is over, or not yours any more. What you wrote for it is erased.");
  if (status === 422) return t("That cannot be kept as it is. Look at what you wrote, and try again.");
  return t("The server cannot be reached. Nothing was changed. Try again with network.");
}

class ReachPage extends Own {
  /** @override */
  static properties = { shift: { type: String } };

  constructor() {
    super();
    this.shift = "";
  }

  /** @override */
  get path() {
    return `/api/v1/reach/${encodeURIComponent(this.shift)}`;
  }

  /** @param {SubmitEvent} event */
  keep(event) {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const body = { words: String(form.get("words") ?? ""), buddy: String(form.get("buddy") ?? "") };
    void this.run(() => send("PUT", this.path, body), t("Kept for this shift only."));
  }

  /** @override */
  render() {
    const known = shift(this.shift);
    const sub = known ? `${placeShort(place(known.place))}, ${dayShort(known.starts_at, zoneOf(known))}, ${range(known.starts_at, known.ends_at, zoneOf(known))}` : "";
    return frame(t("How to reach me"), sub, to("today"), [this.said(), this.own ? this.form() : nothing]);
  }

  form() {
    const { mine, words, buddy, others, shown } = this.own;
    const theirs = html`${shown.length ? html`<section class="section" aria-labelledby="them"><div class="section__head"><h2 id="them">${t("How to reach them")}</h2></div><div class="card rows">${shown.map((/** @type {{name: string, words: string}} */ one) => html`<div class="row row--slim"><span class="row__body"><span class="row__title">${one.name}</span><span class="row__sub">${one.words}</span></span></div>`)}</div></section>` : nothing}`;
    if (mine === false) return shown.length ? theirs : html`<p class="quiet">${t("They wrote nothing for this shift.")}</p>`;
    return html`${theirs}
      <form class="card card__pad stack" autocomplete="off" @submit=${(/** @type {SubmitEvent} */ event) => this.keep(event)}>
        <label class="stack stack--1"><span class="strong">${t("For whoever would look for you")}</span><textarea class="field" name="words" rows="4" maxlength="300" autocomplete="off" .value=${words}></textarea></label>
        <p class="quiet">${t("Such as a number to call, who fetches you, where your car is. You need not write anything.")}</p>
        <label class="stack stack--1"><span class="strong">${t("Your buddy, asked first when you are overdue")}</span><select class="field" name="buddy"><option value="">${t("the first who is there")}</option>${others.map((/** @type {{id: string, name: string}} */ one) => html`<option value=${one.id} ?selected=${one.id === buddy}>${one.name}</option>`)}</select></label>
        <button class="btn btn--primary btn--field" type="submit" ?disabled=${state.busy !== ""}>${t("Keep it for this shift")}</button></form>
      <div class="note">${icon("eye")}<p>${t("The buddy you choose, the lead and the coordinators see it from the start until two hours after you are out, longer only while you are looked for. If you choose nobody, the first who is there sees it only when asked after you. Then it is erased. It never lies on another phone.")}</p></div>
      <a class="btn btn--second btn--block" href="/shifts/${this.shift}/entry.ics" download>${icon("calendar-plus")}${t("Add the shift to a calendar")}</a>`;
  }
}

class CalendarPage extends Own {
  /** @override */
  get path() {
    return "/api/v1/calendar";
  }

  /** @param {string} says */
  make(says) {
    void this.run(async () => ({ ...(await send("POST", this.path, { says })), made_at: state.now, says }), t("There it is."));
  }

  /** @override */
  render() {
    return frame(t("Your calendar"), t("A secret address for your calendar app"), to("you"), [this.said(), this.own ? this.form() : nothing]);
  }

  form() {
    const { link, made_at: made, says } = this.own;
    return html`${link ? html`<section class="card card__pad stack"><label class="stack stack--1"><span class="strong">${t("The address, shown once")}</span><input class="field" readonly .value=${link} @focus=${(/** @type {Event} */ e) => /** @type {HTMLInputElement} */ (e.target).select()}></label>
        <a class="btn btn--primary btn--field" href=${link.replace(/^https?:/, "webcal:")}>${icon("calendar-plus")}${t("Open in the calendar app")}</a>
        <p class="quiet">${t("Or choose “add by URL” there and paste it. Whoever knows it sees your hours.")}</p></section>` : nothing}
      <section class="card card__pad stack"><p class="line">${icon(made ? "calendar-check" : "calendar")}<span class="strong">${made ? t("There is an address.") : t("There is none. Nothing leaves the server.")}</span></p>
        <p class="quiet">${t("An entry says “Fieldapp shift” and the hours, and the city if you like. Never names, never the place.")}</p>
        <button class="btn btn--second btn--block" type="button" ?disabled=${state.busy !== ""} @click=${() => this.make("plain")}>${made ? t("A new address, hours only") : t("Make one, hours only")}</button>
        <button class="btn btn--second btn--block" type="button" ?disabled=${state.busy !== ""} @click=${() => this.make("city")}>${made ? t("A new address, with the city") : t("Make one, with the city")}</button>
        ${made ? html`<p class="quiet">${says === "city" ? t("It shows the city now.") : t("It shows no city now.")} ${t("A new address ends the one before at once.")}</p>
          <button class="btn btn--block" type="button" ?disabled=${state.busy !== ""} @click=${() => void this.run(() => send("DELETE", this.path, {}), t("It works no more."))}>${t("End this address")}</button>` : nothing}</section>`;
  }
}

class HoursPage extends Own {
  /** @override */
  get path() {
    return "/api/v1/quiet-hours";
  }

  /** @param {SubmitEvent} event */
  keep(event) {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const body = { start: String(form.get("start") ?? ""), end: String(form.get("end") ?? ""), urgent: form.has("urgent"), asks: { verify: form.has("verify"), standby: form.has("standby"), near: form.has("near") } };
    void this.run(() => send("PUT", this.path, body), t("Kept."));
  }

  /** @override */
  render() {
    return frame(t("Quiet hours"), t("Messages wait. Alerts never do"), to("you"), [this.said(), this.own ? this.form() : nothing]);
  }

  form() {
    const { start, end, urgent, asks = {} } = this.own;
    const ask = (/** @type {string} */ name, /** @type {string} */ label) => html`<label class="tap"><input type="checkbox" name=${name} .checked=${asks[name] === true}><span>${label}</span>${icon("check")}</label>`;
    return html`<form class="card card__pad stack" @submit=${(/** @type {SubmitEvent} */ event) => this.keep(event)}>
      <label class="stack stack--1"><span class="strong">${t("From")}</span><input class="field" type="time" name="start" required .value=${start}></label>
      <label class="stack stack--1"><span class="strong">${t("Until")}</span><input class="field" type="time" name="end" required .value=${end}></label>
      <p class="quiet">${t("On the clocks of your chapter. The same time twice: no quiet hours.")}</p>
      <label class="tap"><input type="checkbox" name="urgent" .checked=${urgent}><span>${t("Urgent messages may ring all the same")}</span>${icon("check")}</label>
      <p class="quiet">${t("Such as: your shift starts in two hours, or somebody on your shift is overdue.")}</p>
      <fieldset class="stack"><legend class="strong">${t("What you are asked")}</legend>
        ${ask("verify", t("To look, with another person, when something is reported near my places"))}${ask("standby", t("To stand in when one of a pair can't"))}${ask("near", t("To be told of confirmed alerts near my places"))}
        <p class="quiet">${t("Who is awake is asked first. Your places are those under What suits you; where you are is not known to us.")}</p></fieldset>
      <button class="btn btn--primary btn--field" type="submit" ?disabled=${state.busy !== ""}>${t("Save")}</button></form>`;
  }
}

customElements.define("fa-reach", ReachPage);
customElements.define("fa-calendar", CalendarPage);
customElements.define("fa-hours", HoursPage);

/** @param {string} id of the shift */
export const reachPage = (id) => html`<fa-reach .shift=${id}></fa-reach>`;
export const calendarPage = () => html`<fa-calendar></fa-calendar>`;
export const hoursPage = () => html`<fa-hours></fa-hours>`;
