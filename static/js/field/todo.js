// <fa-todo>: what waits for this person beside their shifts, as rows on Today that lead to pages of the server. Never during a shift.
import { html, nothing } from "lit";
import es from "../lib/es/todo.js";
import { plural, register, t } from "../lib/i18n.js";
import { homeZone } from "./find.js";
import { icon } from "./icon.js";
import { PageElement } from "./page.js";
import { state } from "./state.js";
import { date, say } from "./words.js";

register("es", es);

/** @typedef {import("./types.js").Todo} Todo */

const STEPS = ["invited", "welcome", "trained", "certified", "first_shift"];

/** Each kind: where it leads, its picture, and what it says. @type {Record<string, (one: Todo) => {href: string, icon: string, title: string, sub: string}>} */
const KINDS = {
  conduct: (one) => ({ href: "/training/conduct", icon: "scroll-text", title: t("Read and accept the code of conduct"),
    sub: (one.due ?? 0) <= state.now ? t("It comes before your next shift. Two minutes.") : t("Until {date} you take shifts as before.", { date: date(one.due ?? 0, homeZone()) }) }),
  signoff: (one) => ({ href: `/shifts/${encodeURIComponent(one.shift ?? "")}/shadows`, icon: "users",
    title: plural("{n} person shadowed your shift", "{n} people shadowed your shift", one.n ?? 1), sub: t("{place}: say how it went", { place: one.place ?? "" }) }),
  quiz: (one) => ({ href: `/training/courses/${encodeURIComponent(one.course ?? "")}/quiz`, icon: "list-checks", title: t("Quiz: {course}", { course: say(one.name) }), sub: t("Your certificate needs it. A few minutes.") }),
  path: (one) => ({ href: "/training/mine", icon: "footprints", title: t("Your way in: step {n} of {all}", { n: STEPS.indexOf(one.next ?? "") + 1, all: STEPS.length }), sub: next(one.next ?? "") }),
};

/** @param {string} step */
function next(step) {
  const words = {
    welcome: t("Next: somebody of your chapter calls you"), trained: t("Next: sign up for a training session"),
    certified: t("Next: your trainer certifies you"), first_shift: t("Next: take your first shift"),
  };
  return words[/** @type {keyof typeof words} */ (step)] ?? "";
}

class Todos extends PageElement {
  /** @override */
  render() {
    const rows = (state.snapshot?.personal?.todo ?? []).flatMap((one) => (KINDS[one.kind] ? [KINDS[one.kind]?.(one)] : []));
    if (!rows.length) return nothing;
    return html`<section class="section" aria-labelledby="todo"><div class="section__head"><h2 id="todo">${t("Beside your shifts")}</h2></div><div class="card rows">${rows.map((row) => row && html`
      <a class="row" href=${row.href}>${icon(row.icon)}<span class="row__body"><span class="row__title">${row.title}</span><span class="row__sub">${row.sub}</span></span>${icon("chevron-right")}</a>`)}</div></section>`;
  }
}

customElements.define("fa-todo", Todos);
