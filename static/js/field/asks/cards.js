// <fa-asks>: what waits for this person's answer, as cards with their buttons; shown first on Today.
import { html, nothing } from "lit";
import es from "../../lib/es/asks.js";
import { plural, register, t } from "../../lib/i18n.js";
import { VOID_AFTER } from "../../lib/protocol.js";
import { announce, whyNotSaved } from "../acts.js";
import { homeZone, place, shift as shiftById } from "../find.js";
import { PageElement } from "../page.js";
import { refusedFor } from "../pages/shifts.js";
import { outbox, refresh } from "../phone.js";
import { to } from "../router.js";
import { set, state } from "../state.js";
import { address, dayPart, dayShort, range, say, timeZoned, zoneShort } from "../words.js";
import { answerTo, waiting } from "./waiting.js";

register("es", es);

/** @typedef {import("../types.js").Asked} Asked */

/** What it is about, and the buttons: what is said and its word; the first is what most will choose. */
const KINDS = {
  ask: () => ({ title: t("Can you take this shift?"), note: t("Not this time? Then nobody asks you again for this shift."), yes: t("Take the shift"), no: t("Not this time") }),
  seat: () => ({ title: t("A place is free. Do you want it?"), note: t("You stand first in line. Let it go and it is offered to the next."), yes: t("Take the place"), no: t("Let it go") }),
  swap: () => ({ title: t("Someone offers you their place"), note: t("Until someone accepts, they keep it. It is yours when the answer comes."), yes: t("Take their place"), no: t("Not this time") }),
  coming: () => ({ title: t("Are you coming?"), note: t("If you cannot, your place is free for someone else at once."), yes: t("I'm coming"), no: t("I cannot come") }),
  buddy: () => ({ title: t("Have you heard from them?"), note: "", yes: t("They are out and OK"), no: t("I don't know") }),
  soon: () => ({ title: t("Your shift starts soon"), note: "" }),
  changed: () => ({ title: t("A shift of yours has changed"), note: "" }),
  training: () => ({ title: t("About your training"), note: "" }),
  chapter: () => ({ title: t("From your chapter"), note: "" }),
};

/** @param {string} kind @returns {{title: string, note: string, yes?: string, no?: string}} */
const about = (kind) => (KINDS[/** @type {keyof typeof KINDS} */ (kind)] ?? KINDS.chapter)();

class Asks extends PageElement {
  /** @override */
  render() {
    const cards = waiting();
    return cards.length ? html`<section class="stack" aria-label=${plural("{n} waits for your answer", "{n} wait for your answer", cards.length)}>${cards.map(card)}</section>` : nothing;
  }
}

/** @param {Asked} one */
function card(one) {
  const { title, note, yes, no } = about(one.kind);
  const no_ = answerTo(one);
  const text = say(one.detail) || note;
  const until = one.until === null || !yes ? "" : t("Answer until {when}.", { when: `${dayShort(one.until, one.zone ?? homeZone())}, ${timeZoned(one.until, one.zone ?? homeZone())}` });
  return html`<article class="card" data-ask=${one.kind}><div class="card__pad">
    <h2 class="place">${title}</h2>${where(one)}
    ${no_ ? refusedWhy(no_, one) : nothing}
    ${text || until ? html`<p class="quiet">${text} ${until}</p>` : nothing}
    ${one.kind === "buddy" && one.shift ? html`<a class="btn btn--second btn--block" href=${to("reach", one.shift)}>${t("How to reach them")}</a>` : nothing}
    ${yes ? html`<div class="stack"><button class="btn btn--primary btn--field" type="button" ?disabled=${state.busy !== ""} @click=${() => void answer(one, "yes")}>${yes}</button>
        <button class="btn btn--second btn--block" type="button" ?disabled=${state.busy !== ""} @click=${() => void answer(one, "no")}>${no}</button></div>`
      : html`<button class="btn btn--second btn--block" type="button" ?disabled=${state.busy !== ""} @click=${() => void answer(one, "ok")}>${t("OK")}</button>`}
  </div></article>`;
}

/** @param {Asked} one */
function where(one) {
  if (one.starts_at === null || one.ends_at === null || !one.zone) return nothing;
  const found = place(one.place ?? undefined);
  return html`<div><p class="shift__time">${dayShort(one.starts_at, one.zone)}, ${range(one.starts_at, one.ends_at, one.zone)} <small>${zoneShort(one.starts_at, one.zone)}</small></p>
    <p class="shift__place">${found?.name ?? t("Place not on this phone yet")}<small>${address(found)}</small></p></div>`;
}

/** Said when the answer came back with a no. @param {import("../types.js").Item} item @param {Asked} one */
function refusedWhy(item, one) {
  const known = one.shift ? shiftById(one.shift) : undefined;
  return known ? refusedFor({ code: item.status.code ?? "" }, known) : html`<p class="why">${t("That did not work any more. Nothing was changed.")}</p>`;
}

/** @param {Asked} one @param {"yes"|"no"|"ok"} said */
async function answer(one, said) {
  if (state.busy) return;
  set({ busy: "answer" });
  let saved = false;
  try {
    const part = dayPart(state.now, one.zone ?? homeZone());
    await outbox.save({
      kind: "answer", answers: [{ path: "/message", value: one.id, box: null }, { path: "/say", value: said, box: null }],
      lang: state.lang, purpose: "monitoring", day_part: part, void_after: state.now + VOID_AFTER.answer.ms, draft: crypto.randomUUID(),
      label: { kind: "answer", message: one.id, part, ...(one.place ? { place: one.place } : {}) },
    });
    saved = true;
    announce(said === "yes" ? t("Said yes. It counts when the answer comes.") : t("Answered. Thank you."));
  } catch (error) {
    announce(whyNotSaved(error));
  } finally {
    set({ busy: "" });
  }
  if (saved) await outbox.drain().then(refresh);
}

customElements.define("fa-asks", Asks);
