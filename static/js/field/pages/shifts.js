// Shifts: those I may take; for the rest why not, and what would change it.
import { html, nothing } from "lit";
import { plural, t } from "../../lib/i18n.js";
import { take } from "../acts.js";
import { lineIfFull, own } from "../asks/place.js";
import { suited } from "../asks/suits.js";
import { allShifts, place, plansTheFirst, shift as shiftById, standing, zoneOf } from "../find.js";
import { icon } from "../icon.js";
import { kindMark } from "../kinds.js";
import { empty, note, tabPage, theFirst, topBar } from "../parts.js";
import { to } from "../router.js";
import { state } from "../state.js";
import { isShut, lockedCard, wayIn } from "./locked.js";
import { address, date, dayHead, dayKey, dayShort, range, say, timeZoned, zoneShort } from "../words.js";

/** @typedef {import("../types.js").Shift} Shift */
/** @typedef {import("../types.js").Verdict} Verdict */

export function shifts() {
  if (isShut()) return tabPage("shifts", topBar(t("Shifts you may take")), lockedCard(true, wayIn(true)));
  const all = allShifts().filter((one) => one.ends_at > state.now);
  const open = all.filter((one) => mayTake(one)).length;
  const sub = state.person ? plural("{n} open to you", "{n} open to you", open) : "";
  return tabPage("shifts", topBar(t("Shifts you may take"), sub), all.length ? [stale(), list(all), suits()] : nothingYet());
}

/** One's own and those one can take, by day; then those that are full or not open to one, by day. @param {Shift[]} all */
function list(all) {
  const first = all.filter((one) => mayTake(one) || standing(one) !== "not_yours");
  const rest = all.filter((one) => !first.includes(one));
  if (!first.length) return days(rest, "rest");
  return [days(first, "day"), rest.length ? html`<h2 class="part" id="part">${t("Full, or not open to you yet")}</h2>${days(rest, "rest", 3)}` : nothing];
}

/** @param {Shift} one */
const mayTake = (one) => one.why === null && one.mine === null && one.starts_at > state.now && one.taken < one.seats;

const suits = () => html`<a class="row card" href=${to("suits")}>${icon("sliders-horizontal")}<span class="row__body"><span class="row__title">${t("What suits you")}</span>
  <span class="row__sub">${t("Which shifts come first, and what nobody should ask you for")}</span></span>${icon("chevron-right")}</a>`;

function stale() {
  if (state.online && state.session === "in") return nothing;
  const since = state.snapshot?.fetched_at;
  if (!since) return nothing;
  const zone = state.snapshot?.public?.chapter.zone ?? "UTC";
  const when = `${dayShort(since, zone)}, ${timeZoned(since, zone)}`;
  const text = state.online ? t("As of {when}. Sign in to see the newest.", { when }) : t("As of {when}. You can ask for a shift; it is yours when the answer comes.", { when });
  return note("wait", state.online ? "key-round" : "wifi-off", state.online ? t("You are signed out.") : t("No network"), text);
}

function nothingYet() {
  if (!state.person) {
    return empty("calendar-days", t("Nobody is signed in here"), t("Sign in and the shifts of your chapter are here."),
      html`<a class="btn btn--primary btn--field" href=${to("in")}>${t("Sign in")}</a>`);
  }
  if (plansTheFirst()) return theFirst();
  return empty("calendar-days", t("No shifts are planned"), t("Your coordinators plan them. What you may take appears here by itself."));
}

/** @param {Shift[]} all @param {string} part @param {2|3} level of the days' headings */
function days(all, part, level = 2) {
  /** @type {Map<string, Shift[]>} */
  const groups = new Map();
  for (const one of all) {
    const key = dayKey(one.starts_at, zoneOf(one));
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups].map(([key, group]) => {
    const first = /** @type {Shift} */ (group[0]);
    const head = dayHead(first.starts_at, state.now, zoneOf(first));
    const id = `${part}-${key}`;
    const words = html`${head.name} <span>${head.rest}</span>`;
    return html`<section class="section section--day" aria-labelledby=${level === 2 ? id : `part ${id}`}>
      ${level === 2 ? html`<h2 class="day" id=${id}>${words}</h2>` : html`<h3 class="day" id=${id}>${words}</h3>`}${suited(group).map((one) => card(one, level))}</section>`;
  });
}

/** @param {Shift} one @param {2|3} level of the heading it stands below */
function card(one, level) {
  const zone = zoneOf(one);
  const where = place(one.place);
  const stands = standing(one);
  const off = stands === "not_yours" && !mayTake(one);
  const hours = html`${range(one.starts_at, one.ends_at, zone)} <small>${zoneShort(one.starts_at, zone)}</small>`;
  return html`<article class="card shift ${stands === "yours" ? "shift--mine" : ""} ${off ? "shift--off" : ""}">
    <div class="line line--between">${level === 2 ? html`<h3 class="shift__time">${hours}</h3>` : html`<h4 class="shift__time">${hours}</h4>`}${chip(one, stands)}</div>
    <p class="shift__place">${where?.name}<small>${address(where)}${one.lead && stands === "yours" ? `, ${t("with {names}", { names: one.lead })}` : ""}</small></p>
    ${kindMark(one)}${foot(one, stands)}
  </article>`;
}

/** @param {Shift} one @param {import("../find.js").Standing} stands */
function chip(one, stands) {
  if (stands === "yours") return html`<span class="chip chip--ok">${icon("check")}${one.mine?.state === "confirmed" ? t("Confirmed") : t("Yours")}</span>`;
  if (stands === "asked") return html`<span class="chip chip--wait">${icon("clock")}${t("Asked, not yours yet")}</span>`;
  if (stands === "giving_back") return html`<span class="chip chip--wait">${icon("clock")}${t("Asked to give back")}</span>`;
  const needed = mayTake(one) && one.minimum - one.taken > 0 && one.starts_at - state.now < 2 * 86400000;
  return needed ? html`<span class="chip chip--wait">${icon("users")}${t("Most needed")}</span>` : nothing;
}

/** @param {Shift} one @param {import("../find.js").Standing} stands */
function foot(one, stands) {
  const zone = zoneOf(one);
  const where = `${dayShort(one.starts_at, zone)} ${timeZoned(one.starts_at, zone)}, ${address(place(one.place))}`;
  if (stands === "asked") return html`<p class="quiet">${t("It goes when there is network. You see here whether it is yours.")}</p>`;
  if (stands === "giving_back") return html`<p class="quiet">${t("Until this is received, people count on you.")}</p>`;
  if (stands === "yours") {
    if (one.starts_at <= state.now) return nothing;
    return html`${own(one, need(one))}${state.push === "on" ? nothing : html`<p class="quiet">${t("No reminder reaches this phone.")} <a href="/shifts/${one.id}/entry.ics" download aria-label=${t("Add to calendar: {where}", { where })}>${t("Add to calendar")}</a></p>`}`;
  }
  if (mayTake(one)) {
    return html`<div class="shift__foot">${need(one)}<button class="btn btn--primary btn--take" type="button" ?disabled=${state.busy !== ""}
      aria-label=${t("Take: {where}", { where })} @click=${() => take(one)}>${t("Take")}</button></div>${refused(one)}`;
  }
  return html`${refused(one) ?? why(one)}${lineIfFull(one)}`;
}

/** Said when an earlier try was answered with a no. @param {Shift} one */
function refused(one) {
  const last = state.items.find((item) => item.shift === one.id && item.kind === "claim");
  if (last?.status.state !== "not_applied" || last.saved_at < state.now - 86400000) return undefined;
  return reason({ code: last.status.code ?? "" }, one);
}

/** Why an answer was not done. @param {Verdict} verdict @param {Shift} one */
export const refusedFor = (verdict, one) => reason(verdict, one);

/** @param {Shift} one */
function need(one) {
  const pips = Array.from({ length: Math.max(one.minimum, one.taken) }, (_, n) => (n < one.confirmed ? "pip--sure" : n < one.taken ? "pip--said" : ""));
  return html`<div class="need"><span class="pips" aria-hidden="true">${pips.slice(0, 6).map((kind) => html`<i class="pip ${kind}"></i>`)}</span><span>${needWords(one)}</span></div>`;
}

/** @param {Shift} one */
function needWords(one) {
  const missing = one.minimum - one.taken;
  if (missing > 0) {
    const more = plural("Needs {n} more", "Needs {n} more", missing);
    return one.experienced ? more : html`${more},<br>${t("one experienced")}`;
  }
  if (!one.experienced) return t("Needs someone experienced");
  const left = one.seats - one.taken;
  return left > 0 ? plural("Enough people, {n} more welcome", "Enough people, {n} more welcome", left) : t("Full");
}

/** @param {Shift} one */
function why(one) {
  if (one.starts_at <= state.now) return reason({ code: "started" }, one);
  return reason(one.why ?? { code: one.taken >= one.seats ? "full" : "closed" }, one);
}

/**
 * The reason in bold, then what changes it.
 * @param {Verdict} verdict @param {Shift} one
 */
function reason(verdict, one) {
  const { lead, more, link } = words(verdict, one);
  return html`<div class="why"><p><b>${lead}</b> ${more}</p>${link ? html`<p class="link">${link}</p>` : nothing}</div>`;
}

/** @param {Verdict} verdict @param {Shift} one @returns {{lead: string, more: string, link?: unknown}} */
function words(verdict, one) {
  const zone = zoneOf(one);
  const not = t("You can't take this yet.");
  const course = say({ en: verdict.name_en ?? "", es: verdict.name_es ?? "" }) || t("the training");
  const training = verdict.next_session;
  const next = training
    ? t("Next: {when}", { when: `${dayShort(training.starts_at, training.zone)}, ${timeZoned(training.starts_at, training.zone)}${training.where ? `, ${training.where}` : ""}` })
    : t("Ask your trainer when it is next.");
  switch (verdict.code) {
    case "not_certified":
      return verdict.ends_at
        ? { lead: not, more: t("Your certificate for {course} ends on {date}, before this shift.", { course, date: date(verdict.ends_at, zone) }), link: next }
        : { lead: not, more: t("It needs {course}.", { course }), link: next };
    case "overlap": {
      const other = verdict.shift ? shiftById(verdict.shift) : undefined;
      const what = other ? `${range(other.starts_at, other.ends_at, zoneOf(other))}, ${address(place(other.place))}` : "";
      return { lead: t("You have another shift then."), more: what, link: t("Give that one back and you can take this one.") };
    }
    case "novices_only":
      return { lead: not, more: t("The last place is kept for someone experienced."), link: t("It opens when an experienced person takes it.") };
    case "conduct":
      return { lead: not, more: t("The code of conduct is to be accepted first."), link: html`<a href="/training/conduct">${t("Read and accept it")}</a>` };
    case "full":
      return { lead: t("This shift is full."), more: t("If someone gives it back, you can take it here.") };
    case "started":
      return { lead: t("It has started."), more: t("Talk to the lead or your coordinator.") };
    case "ended":
      return { lead: t("It is over."), more: "" };
    case "cancelled":
      return { lead: t("It was cancelled."), more: t("Nobody needs to go.") };
    case "void":
      return { lead: t("Your request came too late."), more: t("Nothing was taken for you. Try again.") };
    case "key_revoked":
    case "disabled":
      return { lead: t("This phone may not take shifts any more."), more: t("Talk to your coordinator.") };
    default:
      return { lead: not, more: t("Your coordinator knows why.") };
  }
}
