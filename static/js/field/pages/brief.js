// The brief card: before the shift, offline. Where to meet, whom to call, what is allowed, what to do if.
import { html, nothing } from "lit";
import own from "../../lib/es/own.js";
import { register, t } from "../../lib/i18n.js";
import { place, shift as find, zoneOf } from "../find.js";
import { icon } from "../icon.js";
import { attorneyOnCall, kindName } from "../kinds.js";
import { taskBar } from "../parts.js";
import { leave, to } from "../router.js";
import { state } from "../state.js";
import { address, dayShort, range, say, zoneShort } from "../words.js";
import { callRow } from "./guide.js";

register("es", own);

/** @param {string} id of the shift */
export function brief(id) {
  const shift = find(id);
  if (!shift) return leave();
  const zone = zoneOf(shift);
  const where = place(shift.place);
  const chapter = state.snapshot?.public?.chapter;
  const when = `${dayShort(shift.starts_at, zone)}, ${range(shift.starts_at, shift.ends_at, zone)} ${zoneShort(shift.starts_at, zone)}`;
  const card = shift.brief;
  return html`${taskBar(t("Brief"), when, to("today"))}
    <main class="main" id="main">
      <section class="card"><div class="card__pad"><h2 class="place">${where?.name}<small>${address(where)}</small></h2>
        <dl class="facts">${fact(t("What it is"), kindName(shift))}${fact(t("Meet"), card?.meet ?? "")}${fact(t("Lead"), shift.lead ?? "")}
          ${fact(t("With you"), (shift.roster ?? []).filter((one) => !one.me && !one.lead).map((one) => one.name).join(", "))}
          ${fact(t("Phones"), phoneRule(where?.phones))}${fact(t("Here"), say(where?.note))}${fact(t("Also"), card?.note ?? "")}</dl></div></section>
      ${chapter?.legal_line || chapter?.hotline ? html`<section class="section" aria-labelledby="numbers"><div class="section__head"><h2 id="numbers">${t("Write this number on your arm")}</h2></div>
        <div class="card rows">${chapter.legal_line ? callRow(attorneyOnCall() ? t("Attorney on call now") : t("Call the legal line"), chapter.legal_line) : nothing}${chapter.hotline ? callRow(t("Call the hotline"), chapter.hotline) : nothing}</div></section>` : nothing}
      ${card?.chat?.startsWith("https://") ? html`<div class="card rows"><a class="row row--slim" href=${card.chat} rel="noreferrer">${icon("message-square")}<span class="row__body"><span class="row__title">${t("The chapter's chat")}</span>
        <span class="row__sub">${new URL(card.chat).host}</span></span>${icon("external-link")}</a></div>` : nothing}
      <div class="card rows"><a class="row" href=${to("reach", id)}>${icon("user-search")}<span class="row__body"><span class="row__title">${t("How to reach me on this shift")}</span><span class="row__sub">${t("For whoever would look for you")}</span></span>${icon("chevron-right")}</a></div>
      ${shift.kind === "accompany" ? part("beside", "users", t("Whoever you go with stays unnamed"), [t("Write down nothing about them: no name, no case, no address. There is no field for it."), t("Ask them what they want, and follow it.")]) : nothing}
      ${part("doors", "door-open", t("If you are told to leave"), card?.leave ? [card.leave] : [t("Ask once, calmly: “Am I required to leave?”"), t("If yes, leave. Note who said it, and the half-day."), t("Tell your lead. Do not argue in the courtroom.")])}
      ${part("media", "mic", t("If media ask"), card?.media ? [card.media] : [t("You may say: “I observe. Please ask the organization.”"), t("Never speak of a person you saw or a case you heard.")])}
      ${part("told", "shield", t("If someone asks who you are"), [t("You are a member of the public. Immigration hearings are open unless the judge says otherwise."), t("You need not say more. Never block anyone's way.")])}
    </main>`;
}

/** @param {string} name @param {string} value */
const fact = (name, value) => (value ? html`<dt>${name}</dt><dd>${value}</dd>` : nothing);

/** @param {string|undefined} rule */
function phoneRule(rule) {
  const words = { allowed: t("Allowed"), off_in_courtroom: t("Off in the courtroom"), locker: t("They go into a locker"), not_allowed: t("Not allowed in the building") };
  return words[/** @type {keyof typeof words} */ (rule)] ?? "";
}

/** @param {string} id @param {string} name @param {string} title @param {string[]} lines */
function part(id, name, title, lines) {
  return html`<section class="section" aria-labelledby=${id}><div class="section__head"><h2 class="line" id=${id}>${icon(name, "icon--s")}${title}</h2></div>
    <ul class="card dots card__pad">${lines.map((line) => html`<li>${line}</li>`)}</ul></section>`;
}
