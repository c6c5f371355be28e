// On this phone: what is saved, on its way, received; what each waits for, one thing to do, and whom to call. Never what was written.
import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import es from "../../lib/es/outbox.js";
import { plural, register, t } from "../../lib/i18n.js";
import { again, waits } from "../../outbox/again.js";
import { mediaRow } from "../capture/list.js";
import { arrived, counts, homeZone, place } from "../find.js";
import { icon } from "../icon.js";
import { PageElement } from "../page.js";
import { empty, note, taskBar } from "../parts.js";
import { outbox, tryNow } from "../phone.js";
import { to } from "../router.js";
import { set, state } from "../state.js";
import { halfDay, placeShort, say, time, timeZoned } from "../words.js";
import { kindOf } from "../alert/sheet.js";
import { boxNote } from "./box.js";
import { isShut, shutCard } from "./locked.js";

register("es", es);

/** @typedef {import("../types.js").Item} Item */
/** @typedef {{kind: string, icon: string, word: string, text?: string, act?: unknown}} Shown */

/** @typedef {import("../../outbox/again.js").Wait} Wait */

const SHOWN_MS = 7 * 86400000;
/** More than so many on their way are grouped by place and half-day. */
const MANY = 8;

/** What a record is called. It never says what was written. @param {Pick<Item, "form"|"label">} item */
export function titleOf(item) {
  const { kind, form, what, order, corrects, closes } = item.label;
  const names = {
    claim: t("Take a shift"), release: t("Give back a shift"), check_in: t("I'm here"), check_out: t("I'm out and OK"),
    quiet: t("Phone off until…"), after: t("How you are"), alert_cancel: t("Alert taken back"), acknowledge: t("Answer to an alert"), paper: t("What became of a sheet"), family_card: t("Family card"), alert_details: t("More about an alert, locked"), answer: t("Answer"),
    wait: t("Stand in line"), unwait: t("Leave the line"), swap: t("Offer my place"), unswap: t("Keep my place"), prefer: t("What suits you"),
  };
  if (kind === "alert") return t("Alert: {what}", { what: kindOf(what).label() });
  if (kind in names) return names[/** @type {keyof typeof names} */ (kind)];
  const found = state.snapshot?.public?.forms.find((one) => one.id === (form ?? item.form ?? "").split("@")[0]);
  const title = found ? say(found.title) : t("Written note");
  const name = order ? t("{form}, case {n}", { form: title, n: order }) : title;
  if (corrects) return t("Correction to {form}", { form: name });
  return closes ? t("{form}, closing", { form: name }) : name;
}

/** When it was saved, by this phone's clock, in the place's zone. @param {Item} item */
export const savedAt = (item) => time(item.saved_at, place(item.label.place)?.zone ?? homeZone());

/** @param {Item} item @returns {string} place and half-day; for what concerns a shift, the shift */
export function whereOf(item) {
  const where = place(item.label.place);
  const zone = where?.zone ?? homeZone();
  const when = item.label.part ? halfDay(item.label.part, state.now, zone) : "";
  return [placeShort(where), when].filter(Boolean).join(", ");
}

/** @param {Item} item @returns {Shown} */
export function shown(item) {
  const { state: status, code } = item.status;
  if (status === "received" && item.kind === "family_card") return { kind: "received", icon: "check-check", word: t("Received"), text: t("Gone from the server once it is handed over, or after 72 hours.") };
  if (status === "received") return { kind: "received", icon: "check-check", word: t("Received") };
  if (status === "quarantined") return { kind: "received", icon: "check-check", word: t("Received"), text: t("A person will look at it first. You need not do anything.") };
  if (status === "not_applied") return { kind: "attention", icon: "circle-alert", word: t("Received, but not done"), text: notDone(code, item) };
  if (status === "attention") return { kind: "attention", icon: "circle-alert", word: t("Needs attention"), ...attention(code) };
  if (status === "sending") return { kind: "sending", icon: "arrow-up", word: t("Sending") };
  if (!state.online || state.link === "offline") return { kind: "waiting", icon: "wifi-off", word: t("Saved here, waiting for network") };
  const asked = item.kind === "claim" ? t("Asked, not yours yet.") : undefined;
  return { kind: "saved", icon: "smartphone", word: t("Saved on this phone, not sent yet"), text: asked };
}

/** @param {string|null} code @returns {{text: string, act?: unknown}} what happened, that it is safe, one thing that helps */
function attention(code) {
  const signIn = html`<a class="btn btn--second btn--block" href=${to("in")}>${t("Sign in to send it")}</a>`;
  if (code === "unknown_key") return { text: t("The server does not know this phone's newest key yet. It is safe here. Sign in and it goes."), act: signIn };
  if (code === "too_large") return { text: t("It is too large to send. It is safe here. Tell your coordinator; write the rest in a new one.") };
  if (code === "conflict") return { text: t("The server has another record under the same number. Both are kept. Tell your coordinator.") };
  if (code === "wrong_chapter") return { text: t("It was written for another chapter. It is safe here. Tell your coordinator."), act: signIn };
  if (code === "unknown_log" || code === "unknown_version") return { text: t("The server and this app do not understand each other. It is safe here. Update the app, then try again.") };
  return { text: t("The server could not read it. It is safe here and stays. Tell your coordinator.") };
}

/** @param {string|null} code @param {Item} item @returns {string} why, and what would change it */
function notDone(code, item) {
  if (item.kind === "family_card") return t("No law office has it. Call the hotline, and say it aloud.");
  const words = {
    void: t("It came too late to count. If it still matters, do it again."),
    full: t("The shift was full. If someone gives it back, you can take it."),
    not_certified: t("Your training does not cover that date. Renew it, then take the shift."),
    overlap: t("You have another shift then. Give one back."),
    novices_only: t("The last place is kept for someone experienced."),
    conduct: t("The code of conduct is to be accepted first: you find it on Today."),
    unknown_shift: t("That shift is not there any more."),
    started: t("The shift had started. Talk to the lead."),
    ended: t("The shift was over."),
    cancelled: t("The shift was cancelled. Nobody needs to go."),
    not_yours: item.kind === "alert_cancel" ? t("That alert was raised from another phone. Sign in and take it back under You, Passkeys and devices.") : t("That shift was not yours."),
    key_revoked: t("This phone was taken off the list. Talk to your coordinator."),
    disabled: t("Your membership is paused. Talk to your coordinator."),
    already: item.kind === "claim" ? t("It was yours already.") : t("It was done already."),
    unknown_alert: t("That alert is not known."),
    closed: t("That alert was over already."),
    lapsed: t("Your answer has lapsed. Sign in and answer again."),
    unknown_place: t("That place is not there any more."),
    invalid: item.kind === "check_out" ? t("That was not one of your words. You are not out yet for those who look after you.") : undefined,
  };
  return words[/** @type {keyof typeof words} */ (code)] ?? t("The server did not do it. Tell your coordinator.");
}

/** Kept and logged, so it has a page of its own. @param {Item} item */
export const isEvidence = (item) => item.kind === "observation" || item.kind === "amendment";

export const outboxPage = () => html`<fa-outbox></fa-outbox>`;

/** @param {Item} item @returns {boolean} whether a person must see it */
const needsEyes = (item) => item.status.state === "attention" || (item.status.state === "not_applied" && item.saved_at > state.now - 86400000);

class OutboxPage extends PageElement {
  constructor() {
    super();
    /** @type {Map<string, Wait>} */
    this.waits = new Map();
    /** @type {Item[]|null} */
    this.of = null;
    this.received = false;
    this.rescue = false;
    /** @type {Set<string>} groups that were folded or opened against what they are by themselves */
    this.turned = new Set();
  }

  /** @override */
  willUpdate() {
    if (this.of === state.items) return;
    this.of = state.items;
    void waits(outbox).then((found) => {
      this.waits = found;
      this.requestUpdate();
    }, () => undefined);
  }

  /** @override */
  render() {
    const needs = state.items.filter(needsEyes);
    const moving = state.items.filter((one) => !arrived(one) && !needs.includes(one));
    const since = state.now - SHOWN_MS;
    const done = state.items.filter((one) => arrived(one) && !needs.includes(one) && one.saved_at > since);
    const clear = done.length > 0 && !needs.length && !moving.length && !counts().held && !state.others && !state.media.some((one) => one.record && one.state !== "received");
    return html`${taskBar(t("On this phone"), t("Saved, sending, received"), to("today"))}
      <main class="main" id="main" tabindex="0">
        ${this.help(needs)}${banner()}${clear ? note("ok", "check-check", t("All received"), t("Nothing on this phone is left to send.")) : nothing}
        ${isShut() ? this.shut(needs, moving) : html`${needs.length ? section("needs", t("Needs you"), needs.length, this.needs(needs)) : nothing}
          ${moving.length ? section("moving", t("On its way"), moving.length, this.moving(moving)) : nothing}${this.media()}`}
        ${this.handIn()}${isShut() ? nothing : this.done(done)}${boxNote()}
        ${state.items.length ? nothing : empty("smartphone", t("Nothing written yet"), t("What you write is saved here first, then sent. You always see which."))}
        ${state.others ? html`<p class="quiet">${plural("{n} record of someone else waits here too. It is sent as theirs.", "{n} records of someone else wait here too. They are sent as theirs.", state.others)}</p>` : nothing}
      </main>
      <footer class="dock dock__act"><button class="btn ${clear || !state.items.length ? "btn--second" : "btn--primary"} btn--field" type="button" ?disabled=${state.busy !== ""} @click=${() => void retry()}>${icon("refresh-cw")}${t("Try now")}</button></footer>`;
  }

  /** Photos, film and sound of saved records, until a receipt of their own has come. */
  films() {
    return state.media.filter((one) => one.record && one.state !== "received");
  }

  media() {
    const list = this.films();
    return list.length ? section("media", t("Photos and sound"), list.length, html`<ul class="card rows">${list.map((one) => mediaRow(one))}</ul>`) : nothing;
  }

  /** @param {Item[]} items @param {boolean} [brief] why is said above them already */
  rows(items, brief = false) {
    return html`<ul class="card rows">${repeat(items, (one) => one.id, (one) => this.row(one, brief))}</ul>`;
  }

  /** What and where is for whoever opens the phone: here are numbers, and how they stand. @param {Item[]} needs @param {Item[]} moving */
  shut(needs, moving) {
    const films = this.films().length;
    const lines = [...alike([...needs, ...moving])].map(([, inside]) => html`<li class="row row--item">${this.sign(inside[0])}<div class="row__body">${this.standing(inside[0])}<p class="row__sub num">${inside.length}</p></div></li>`);
    return html`${state.items.length ? shutCard(plural("{n} thing. What and where shows after unlocking.", "{n} things. What and where shows after unlocking.", state.items.length)) : nothing}
      ${lines.length ? html`<ul class="card rows">${lines}</ul>` : nothing}
      ${films ? html`<p class="quiet">${plural("{n} photo or recording is not received yet.", "{n} photos or recordings are not received yet.", films)}</p>` : nothing}`;
  }

  /** @param {Item|undefined} item */
  sign(item) {
    return item ? html`<span class="disc disc--${shown(item).kind}">${icon(shown(item).icon)}</span>` : nothing;
  }

  /** @param {Item|undefined} item */
  standing(item) {
    if (!item) return nothing;
    const { kind, word, text } = shown(item);
    return html`<p class="status status--${kind}">${word}</p>${text ? html`<p class="row__say">${text}</p>` : nothing}`;
  }

  /** What failed in the same way is said once. @param {Item[]} items */
  needs(items) {
    return [...alike(items)].map(([how, inside]) => {
      if (inside.length === 1) return this.rows(inside);
      const act = inside[0] && (shown(inside[0]).act ?? nothing);
      return html`<div class="card"><div class="row row--item">${this.sign(inside[0])}<div class="row__body">${this.standing(inside[0])}</div></div>${act ? html`<div class="row__act">${act}</div>` : nothing}
        ${this.fold(this.turned.has(how), t("Which they are"), inside.length, () => this.turn(how), () => this.rows(inside, true))}</div>`;
    });
  }

  /** A morning of forty cases is one line to pass over. @param {Item[]} items */
  moving(items) {
    if (items.length <= MANY) return this.rows(items);
    const groups = grouped(items);
    return [...groups].map(([where, inside], n) => {
      const open = (n === 0 && inside.length <= MANY) !== this.turned.has(where);
      return this.fold(open, where || t("No place named"), inside.length, () => this.turn(where), () => this.rows(inside));
    });
  }

  /** @param {string} where */
  turn(where) {
    if (!this.turned.delete(where)) this.turned.add(where);
    this.requestUpdate();
  }

  /** @param {boolean} open @param {string} title @param {number} count @param {() => void} turn @param {() => unknown} inside */
  fold(open, title, count, turn, inside) {
    return html`<div class="fold"><button class="row card fold__head" type="button" aria-expanded=${open} @click=${turn}><span class="row__body"><span class="row__title">${title}</span></span>
      <span class="chip num">${count}</span>${icon(open ? "chevron-up" : "chevron-down")}</button>${open ? inside() : nothing}</div>`;
  }

  /** @param {Item[]} items */
  done(items) {
    if (!items.length) return nothing;
    const turn = () => {
      this.received = !this.received;
      this.requestUpdate();
    };
    return html`<section class="section" aria-labelledby="done"><div class="section__head"><h2 id="done">${t("Received")}</h2><span class="quiet">${t("Shown for 7 days")}</span></div>
      ${this.fold(this.received, t("What the server has"), items.length, turn, () => this.rows(items))}</section>`;
  }

  /** Whom to call about what cannot go by itself; the phone knows numbers of the chapter, none of a person. @param {Item[]} items */
  help(items) {
    const chapter = state.snapshot?.public?.chapter;
    if (!chapter || items.every((one) => one.status.code === "unknown_key" || one.status.state === "not_applied")) return nothing;
    const call = (/** @type {string} */ number, /** @type {string} */ name, /** @type {string} */ sub) => number && html`<a class="row" href="tel:${number.replace(/[^+0-9]/g, "")}">${icon("phone")}<span class="row__body">
      <span class="row__title">${name}</span><span class="row__sub">${sub} <span class="num">${number}</span></span></span></a>`;
    return html`<section class="card rows" aria-label=${t("Who helps")}>${call(chapter.hotline, t("Call the hotline"), t("Ask for a coordinator."))}
      ${items.some((one) => one.status.code === "conflict") ? call(chapter.legal_line, t("Call the legal line"), t("They keep both records.")) : nothing}</section>`;
  }

  handIn() {
    if (!counts().held && !state.others && !this.films().length) return nothing;
    if (this.rescue) return html`<fa-rescue></fa-rescue>`;
    const open = () => void import("./rescue.js").then(() => {
      this.rescue = true;
      this.requestUpdate();
    });
    return html`<button class="row card" type="button" @click=${open}>${icon("file-lock")}<span class="row__body"><span class="row__title">${t("Hand in without network")}</span>
      <span class="row__sub">${t("Makes one locked file for your coordinator")}</span></span>${icon("chevron-right")}</button>`;
  }

  /** @param {Item} item @param {boolean} brief */
  row(item, brief) {
    const { kind, icon: name, word, ...more } = shown(item);
    const { text, act } = brief ? { text: "", act: undefined } : more;
    const wait = arrived(item) ? "" : this.waitsFor(item);
    const says = html`<p class="row__title">${titleOf(item)}</p><p class="row__sub">${[whereOf(item), t("saved {time}", { time: savedAt(item) })].filter(Boolean).join(", ")}</p>${brief ? nothing : html`<p class="status status--${kind}">${word}</p>`}
      ${text ? html`<p class="row__say">${text}</p>` : nothing}${wait ? html`<p class="row__say">${wait}</p>` : nothing}`;
    const sign = html`<span class="disc disc--${kind}">${icon(name)}</span>`;
    const acts = act ?? this.tryOne(item);
    const body = isEvidence(item)
      ? html`<a class="row row--item" href=${to("saved", item.id)}>${sign}<div class="row__body">${says}</div>${icon("chevron-right", "icon--mid")}</a>`
      : html`<div class="row row--item">${sign}<div class="row__body">${says}</div></div>`;
    return html`<li class="far">${body}${acts === nothing ? nothing : html`<div class="row__act">${acts}</div>`}</li>`;
  }

  /** @param {Item} item */
  tryOne(item) {
    const wait = this.waits.get(item.id);
    const { state: stands, code } = item.status;
    if (arrived(item) || stands === "sending" || code === "conflict" || wait?.needs || wait?.behind || !state.online || (stands !== "attention" && !wait?.until)) return nothing;
    return html`<button class="btn btn--second btn--block" type="button" ?disabled=${state.busy !== ""} @click=${() => void retry(item.id)}>${t("Try this one now")}</button>`;
  }

  /** What a record that is not received waits for, in plain words. @param {Item} item @returns {string} */
  waitsFor(item) {
    const { state: stands, code } = item.status;
    const wait = this.waits.get(item.id);
    if (stands === "sending" || code === "unknown_key" || code === "conflict") return "";
    const first = wait?.needs && state.items.find((one) => one.id === wait.needs);
    if (first) return t("It goes right after: {title}.", { title: titleOf(first) });
    if (wait?.behind) return t("It goes after what you did before on that shift.");
    if (!state.online) return "";
    if (wait?.until && code === "later") return t("The server asked to wait until {time}.", { time: timeZoned(wait.until, homeZone()) });
    if (wait?.until) return t("Tried again by itself at {time}.", { time: timeZoned(wait.until, homeZone()) });
    return "";
  }
}

customElements.define("fa-outbox", OutboxPage);

/** @param {Item[]} items @returns {Map<string, Item[]>} by how they stand and why */
function alike(items) {
  const made = new Map();
  for (const one of items) {
    const { kind, word, text } = shown(one);
    const how = [kind, word, text ?? ""].join("\n");
    made.set(how, [...(made.get(how) ?? []), one]);
  }
  return made;
}

/** @param {Item[]} items @returns {Map<string, Item[]>} by place and half-day */
function grouped(items) {
  const made = new Map();
  for (const one of items) made.set(whereOf(one), [...(made.get(whereOf(one)) ?? []), one]);
  return made;
}

/** @param {string} [id] one record; all */
async function retry(id) {
  set({ busy: "try" });
  try {
    await again(outbox, id);
    if (id === undefined) await tryNow();
    set({ said: counts().held ? t("Not everything is sent yet. Nothing is lost.") : t("All received") });
  } finally {
    set({ busy: "" });
  }
}

function banner() {
  const { held, signIn } = counts();
  if (!held) return nothing;
  const title = plural("{n} not sent yet. Nothing is lost.", "{n} not sent yet. Nothing is lost.", held);
  const stays = t("Each stays on this phone until it is received.");
  if (signIn) return note("wait", "key-round", title, `${stays} ${t("Sign in, and the server knows this phone again.")}`);
  if (!state.online) return note("wait", "wifi-off", title, `${stays} ${t("There is no network; it goes by itself.")}`);
  if (state.link === "portal") return note("wait", "wifi", title, `${stays} ${t("A page of this Wi-Fi answers in place of the server. Sign in to the Wi-Fi or use mobile data.")}`);
  if (state.link === "offline") return note("wait", "wifi-off", title, `${stays} ${t("The server cannot be reached; it keeps trying.")}`);
  if (state.link === "busy" || state.link === "trouble") return note("wait", "clock", title, `${stays} ${t("The server is busy; it keeps trying.")}`);
  return note("wait", "smartphone", title, stays);
}

/** @param {string} id @param {string} title @param {number} count @param {unknown} inside */
function section(id, title, count, inside) {
  return html`<section class="section" aria-labelledby=${id}><div class="section__head"><h2 id=${id}>${title} <span class="quiet num">${count}</span></h2></div>${inside}</section>`;
}
