// Today: one fact leads. The shift one is at, else the next one; what comes after it; how it was.
import { html, nothing } from "lit";
import { plural, t } from "../../lib/i18n.js";
import { after, checkIn, checkOut, quiet } from "../acts.js";
import { waiting } from "../asks/waiting.js";
import { ahead, counts, current, homeZone, justLeft, place, plansTheFirst, presence, standing, zoneOf } from "../find.js";
import { icon } from "../icon.js";
import { attorneyRow, kindMark } from "../kinds.js";
import { empty, note, tabPage, theFirst, topBar } from "../parts.js";
import { to } from "../router.js";
import { state } from "../state.js";
import { lockedCard, wayIn } from "./locked.js";
import { dayLong, dayShort, placeShort, range, startsIn, time, timeZoned, zoneLong, address, dayKey } from "../words.js";

/** @typedef {import("../types.js").Shift} Shift */

/** What has waited longer is said on Today; the strip says it everywhere. */
const NAG_MS = 6 * 3600000;
const HALF_HOUR = 1800000;

export function today() {
  const zone = homeZone();
  return tabPage("today", topBar(t("Today"), dayShort(state.now, zone), lockLink()), [banner(), ...(soon() ? [main(), asked()] : [asked(), main()]), beside()]);
}

/** Whether the shift itself comes first: one is at it, has just left it, or it starts within two hours. */
const soon = () => Boolean(current() || justLeft() || (ahead()[0] && /** @type {Shift} */ (ahead()[0]).starts_at - state.now < 2 * 3600000));

/** What waits for an answer; its element comes with the pages that are loaded later. */
function asked() {
  if (state.lock === "locked" || !waiting().length) return nothing;
  void import("./near.js");
  return html`<fa-asks></fa-asks>`;
}

/** What waits beside the shifts; never during one. Its element comes later too. */
function beside() {
  if (state.lock === "locked" || current()) return nothing;
  const todo = Boolean(state.snapshot?.personal?.todo?.length);
  const tell = state.push === "off" && !state.reach?.wrong && state.session === "in" && ahead().length > 0;
  if (!todo && !tell) return nothing;
  void import("./near.js");
  return [tell ? html`<fa-tell></fa-tell>` : nothing, todo ? html`<fa-todo></fa-todo>` : nothing];
}

function main() {
  const now = current();
  const left = justLeft();
  const next = ahead();
  if (state.lock === "locked") return [now ? [hereCard(now), hereActs(now)] : left ? afterCard(left) : nothing, lockedCard(!now && !left, wayIn(!now && !left))];
  if (now) return [hereCard(now), hereActs(now)];
  if (left) return [afterCard(left), next[0] ? nextRow(next[0], t("Next")) : nothing];
  if (next[0]) return [shiftCard(next[0]), next[1] ? nextRow(next[1], t("After this")) : nothing];
  return nothingYet();
}

/** One banner at most: what matters most now. */
function banner() {
  if (!state.kept) {
    return note("danger", "circle-alert", t("This browser keeps nothing"), t("What you write here would be lost. Leave the private window, or use the installed app."));
  }
  if (state.rejected) {
    return note("danger", "shield-alert", t("The lock of the legal team changed in a way that does not check out."),
      t("Nothing new is locked with it. Tell your coordinator before you write."));
  }
  if (state.stranger) {
    return html`<div class="note note--wait">${icon("circle-alert")}<div><b>${t("Someone else signed in here, in another page.")}</b>
      <p>${t("Nothing on this phone was changed.")}</p><a class="note__do" href=${to("other")}>${t("What to do")}</a></div></div>`;
  }
  if (state.session === "out" && state.person && !isLeft()) {
    return html`<div class="note note--wait">${icon("key-round")}<div><b>${t("You are signed out.")}</b>
      <p>${t("You can write and raise alerts. Shifts are as they were.")}</p><a class="note__do" href=${to("in")}>${t("Sign in")}</a></div></div>`;
  }
  const { held, attention, oldest } = counts();
  if (held && !attention && oldest !== null && state.now - oldest > NAG_MS) {
    return html`<div class="note note--wait">${icon("clock")}<div><b>${plural("{n} has waited here for hours.", "{n} have waited here for hours.", held)}</b>
      <p>${t("Nothing is lost. Go where there is network, or hand in a file.")}</p><a class="note__do" href=${to("outbox")}>${t("What to do")}</a></div></div>`;
  }
  if (state.reach?.wrong) {
    return html`<div class="note note--wait">${icon("bell-off")}<div><b>${t("Alerts may not reach this phone.")}</b><p><a class="note__do" href=${to("you")}>${t("What to do")}</a></p></div></div>`;
  }
  if (state.update) {
    return html`<div class="note">${icon("refresh-cw")}<div><b>${t("A new version is ready.")}</b><p>${state.update === "held" ? t("Another page of the app is in use. Finish there first.") : t("It comes by itself between shifts.")}</p>
      <button class="btn btn--text note__do" type="button" @click=${() => import("../updates.js").then((m) => m.updateNow())}>${t("Update now")}</button></div></div>`;
  }
  return nothing;
}

/** Its card below says it, and has the way in. */
const isLeft = () => state.lock === "locked" || !state.snapshot?.personal;

/** "Lock now" is one tap from here, and one more; not again where it has left nothing to lock. */
const lockLink = () => state.person && (!isLeft() || state.drafts.length) ? html`<a class="btn btn--text" href=${to("lock")}>${icon("lock", "icon--s")}${t("Lock now")}</a>` : nothing;

function nothingYet() {
  if (state.person && state.session === "out" && !state.snapshot?.personal) {
    return empty("lock", t("Locked"), t("Sign in and your shifts are here. Writing and the hotline work without."), wayIn(true));
  }
  if (!state.person) {
    return empty("calendar-days", t("Nobody is signed in here"), t("Sign in and your shifts are here. Writing and the hotline work without."),
      html`<a class="btn btn--primary btn--field" href=${to("in")}>${t("Sign in")}</a>`);
  }
  const training = state.snapshot?.personal?.training.find((one) => one.ends_at === null && one.next);
  if (training?.next) {
    const { starts_at: at, zone, where } = training.next;
    return empty("graduation-cap", t("Next comes your training"), `${dayShort(at, zone)}, ${timeZoned(at, zone)}${where ? `, ${where}` : ""}`,
      html`<a class="btn btn--second btn--field" href=${to("guide")}>${t("Read the guide meanwhile")}</a>`);
  }
  if (plansTheFirst()) return theFirst();
  return empty("calendar-days", t("No shift of yours ahead"), t("Take one that suits you. Two people go together, one of them experienced."),
    html`<a class="btn btn--primary btn--field" href=${to("shifts")}>${t("See shifts you may take")}</a>`);
}

/** @param {Shift} shift */
function chipOf(shift) {
  if (standing(shift) === "giving_back") return html`<span class="chip chip--wait">${icon("clock")}${t("Asked to give back")}</span>`;
  if (shift.mine?.state === "confirmed") return html`<span class="chip chip--ok">${icon("check")}${t("Confirmed")}</span>`;
  return html`<span class="chip chip--accent">${icon("check")}${t("Yours")}</span>`;
}

/** @param {Shift} shift */
function shiftCard(shift) {
  const zone = zoneOf(shift);
  const where = place(shift.place);
  const today = dayKey(shift.starts_at, zone) === dayKey(state.now, zone);
  return html`<section class="card" aria-label=${t("Next shift")}>
    <div class="card__pad">
      <div class="line line--between">${chipOf(shift)}<span class="quiet num">${startsIn(shift.starts_at, state.now)}</span></div>
      <p class="when">${range(shift.starts_at, shift.ends_at, zone)}<small>${today ? nothing : html`${dayLong(shift.starts_at, zone)}, `}${zoneLong(shift.starts_at, zone)}</small></p>
      <h2 class="place">${where?.name ?? t("Place not on this phone yet")}<small>${address(where)}</small></h2>
      ${kindMark(shift)}${people(shift)}
    </div>
    <div class="rows"><a class="row row--rule" href=${to("brief", shift.id)}>${icon("file-text")}<span class="row__body">
      <span class="row__title">${t("Brief")}</span><span class="row__sub">${briefLine(shift)}</span></span>${icon("chevron-right")}</a>${attorneyRow()}</div>
    ${shift.starts_at - state.now < 24 * 3600000
      ? html`<div class="card__pad card__pad--acts">
          <a class="btn btn--second btn--field" href=${to("quiet", shift.id)}>${icon("power")}${t("Phone off until…")}</a>
          <button class="btn btn--primary btn--field" type="button" ?disabled=${state.busy !== ""} @click=${() => checkIn(shift)}>${t("I'm here")}</button>
        </div>`
      : nothing}
  </section>`;
}

/** @param {Shift} shift */
function people(shift) {
  const others = (shift.roster ?? []).filter((one) => !one.me);
  if (!others.length) return html`<p class="quiet">${t("Nobody else has taken it yet.")}</p>`;
  return html`<div class="who">${others.slice(0, 4).map((one) => html`<div class="who__one">
    <span class="face ${one.lead ? "face--lead" : ""}" aria-hidden="true">${[...one.name][0]?.toUpperCase()}</span>
    <p><b>${one.name}</b><span>${one.lead ? t("Leads this shift") : t("With you")}</span></p></div>`)}</div>`;
}

/** @param {Shift} shift */
function briefLine(shift) {
  const meet = shift.brief?.meet;
  return meet ? t("Meet: {spot}. Who to call, what is allowed.", { spot: meet }) : t("Who to call, what is allowed, what to do if told to leave.");
}

/** @param {Shift} shift @param {string} title */
function nextRow(shift, title) {
  const zone = zoneOf(shift);
  return html`<a class="row card" href=${to("shifts")}>${icon("calendar-days")}<span class="row__body">
    <span class="row__title">${title}: ${dayShort(shift.starts_at, zone)}</span>
    <span class="row__sub num">${timeZoned(shift.starts_at, zone)}, ${placeShort(place(shift.place))}</span></span>${icon("chevron-right")}</a>`;
}

/** @param {Shift} shift */
function hereCard(shift) {
  const zone = zoneOf(shift);
  const where = place(shift.place);
  const names = (shift.roster ?? []).filter((one) => !one.me).map((one) => one.name);
  const until = presence(shift).quiet_until;
  return html`<section class="card card--now" aria-label=${t("This shift")}>
    <div class="card__pad">
      <div class="line line--between"><span class="chip chip--ok">${icon("map-pin")}${t("You are here")}</span>
        <span class="quiet num">${t("until {time}", { time: timeZoned(shift.ends_at, zone) })}</span></div>
      <h2 class="place">${where?.name}<small>${address(where)}${names.length ? `, ${t("with {names}", { names: new Intl.ListFormat(state.lang).format(names) })}` : ""}</small></h2>
    </div>
    <div class="rows">${attorneyRow()}<div class="card__pad card__pad--rule">${quietTaps(shift, until)}</div></div>
  </section>`;
}

/**
 * The next half hours up to the end of the shift, and half an hour past it.
 * @param {Shift} shift @param {number|null} until
 */
export function quietTaps(shift, until) {
  const zone = zoneOf(shift);
  const first = Math.ceil((Math.max(state.now, shift.starts_at) + 15 * 60000) / HALF_HOUR) * HALF_HOUR;
  const times = [0, 1, 2, 3, 4, 5].map((n) => first + n * HALF_HOUR).filter((at) => at <= shift.ends_at + 2 * HALF_HOUR);
  return html`<fieldset><legend class="q__ask">${t("Phone off until…")}<small>${t("Not back by then? Someone asks after you.")}</small></legend>
    <div class="taps taps--3">${times.map((at) => html`<label class="tap tap--c num"><input type="radio" name="quiet" .checked=${until === at}
      @change=${() => quiet(shift, at)}><span>${time(at, zone)}</span></label>`)}</div></fieldset>
    ${until !== null && until > state.now ? html`<p class="quiet line" role="status">${icon("power", "icon--s")}${t("Phone off until {time}. Said to your shift.", { time: timeZoned(until, zone) })}</p>` : nothing}`;
}

/** @param {Shift} shift */
function hereActs(shift) {
  return html`<div class="stack stack--low">
    <a class="btn btn--primary btn--field" href=${to("write")}>${icon("pencil-line")}${t("Write")}</a>
    <button class="btn btn--second btn--field" type="button" ?disabled=${state.busy !== ""} @click=${() => checkOut(shift)}>${t("I'm out and OK")}</button>
    <a class="btn btn--text btn--block" href=${to("word", shift.id)}>${t("With my word")}</a>
  </div>`;
}

/** @param {Shift} shift */
function afterCard(shift) {
  const answers = /** @type {const} */ ([["fine", t("Fine")], ["shaken", t("Shaken")], ["call_me", t("Please call me")]]);
  return html`<section class="card" aria-label=${t("After the shift")}><div class="card__pad">
    <div class="line line--between"><span class="chip chip--ok">${icon("check")}${t("You are out")}</span><span class="quiet">${placeShort(place(shift.place))}</span></div>
    <fieldset><legend class="q__ask">${t("How are you?")}<small>${t("Only your coordinators see it, for two days. No words needed.")}</small></legend>
    <div class="taps taps--1">${answers.map(([how, label]) => html`<button class="tap ${how === "call_me" ? "tap--wide" : ""}" type="button" @click=${() => after(shift, how)}>${label}</button>`)}</div></fieldset>
  </div></section>`;
}

