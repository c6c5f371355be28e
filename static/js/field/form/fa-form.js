// <fa-form>: one form, from its definition alone. It keeps no record and sends nothing: it says `change`, `save` and `offer`.
import { LitElement, html, nothing } from "lit";
import { hiddenQuestions, isAnswered } from "../../lib/forms/conditions.js";
import { pathOf } from "../../lib/forms/definition.js";
import { split } from "../../lib/forms/split.js";
import { validate } from "../../lib/forms/validate.js";
import es from "../../lib/es/form.js";
import { register, t } from "../../lib/i18n.js";
import { icon } from "../icon.js";
import { hasText, readOnce } from "./once.js";
import { offered, plan, progress } from "./plan.js";
import { timeline } from "./timeline.js";
import { more, noBox, notes, offers, stars, steps } from "./view.js";

register("es", es);

/** Left free above what is scrolled to, in CSS pixels. */
const GAP = 16;

/** @typedef {import("../../lib/forms/definition.js").Definition} Definition */
/** @typedef {import("../../lib/forms/definition.js").Answers} Answers */
/** @typedef {import("./control.js").Context} Context */
/** @typedef {import("./control.js").Control} Control */

/** The inputs' own change events stay inside: the form's `change` is another. @param {Event} event */
const keepInside = (event) => event.stopPropagation();

/** Only the form scrolls, never the page around it. @param {Element} main @param {Element} target */
function scrollWithin(main, target) {
  const [frame, box] = [main.getBoundingClientRect(), target.getBoundingClientRect()];
  if (box.top < frame.top || box.top > frame.top + frame.height / 2) main.scrollTop += box.top - frame.top - GAP;
}

export class FaForm extends LitElement {
  /** @override */
  static properties = {
    definition: { attribute: false },
    answers: { attribute: false },
    context: { attribute: false },
    stage: { attribute: false },
    status: { attribute: false },
    action: { attribute: false },
    busy: { attribute: false },
    lead: { attribute: false },
    tail: { attribute: false },
    _open: { state: true },
    _again: { state: true },
    _unfolded: { state: true },
    _more: { state: true },
    _timeline: { state: true },
    _shown: { state: true },
    _once: { state: true },
    _problem: { state: true },
  };

  constructor() {
    super();
    /** @type {Definition} */
    this.definition = /** @type {any} */ (undefined);
    /** @type {Answers} */
    this.answers = {};
    /** @type {Context} */
    this.context = {};
    /** @type {import("./plan.js").Stage} */
    this.stage = "all";
    /** @type {unknown} what stands above Save at the left: the outbox's state */
    this.status = nothing;
    /** @type {string} the words on the button; "Save" when empty */
    this.action = "";
    /** @type {unknown} what the page around it says first, and last */
    this.lead = nothing;
    /** @type {unknown} */
    this.tail = nothing;
    /** @type {boolean} it is being saved: no second tap */
    this.busy = false;
    /** @type {string | null} the question that stays open */
    this._open = null;
    /** @type {string | null} the question that was tapped open, so that it needs a way to be closed */
    this._again = null;
    this._unfolded = false;
    this._more = false;
    this._timeline = false;
    /** @type {Set<string>} narratives that were asked for */
    this._shown = new Set();
    this._once = false;
    /** @type {{title: string, say: string, field?: string} | null} */
    this._problem = null;
    /** The last key in a group of answers was an arrow. */
    this.arrow = false;
    this.addEventListener("pointerdown", () => (this.arrow = false));
  }

  /** @override */
  createRenderRoot() {
    return this;
  }

  /** The answers as this form left them: any other object is another draft. @type {Answers | null} */
  #own = null;

  /** A new form, or the next case: nothing of the last one stays on the screen. @override @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    const another = changed.has("answers") && this.answers !== this.#own;
    if (!another && !changed.has("definition") && !changed.has("stage")) return;
    this.#own = this.answers;
    this.#begin();
    if (this.hasUpdated) this.#focusOpen();
  }

  #begin() {
    this._open = null;
    this._again = null;
    this._unfolded = false;
    this._more = false;
    this._timeline = false;
    this._shown = new Set();
    this._once = false;
    this._problem = null;
  }

  /** @override */
  render() {
    if (!this.definition) return nothing;
    const control = this.#control();
    const made = plan(this.definition, this.answers, { stage: this.stage, legalBox: control.legalBox, open: this._open });
    return this._once ? this.#once(control, made) : this.#form(control, made);
  }

  /** @param {Control} control @param {import("./plan.js").Plan} made */
  #form(control, made) {
    const { n, all } = progress(made);
    // In a courtroom the timeline is for later; on the street it comes first and stays where it is.
    const calm = Boolean(this.definition.within || this.definition.cases);
    const line = control.legalBox && this.definition.chips && this.stage !== "close" ? this.#timelineOf(control) : nothing;
    return html`${steps(made)}<main class="main" @change=${keepInside}>
        ${this.#problemNote()}${noBox(made)}${this.lead}${calm ? nothing : line}
        ${stars(made, control, { unfolded: this._unfolded, unfold: this.#unfold, again: this._again })}
        ${offers(offered(this.definition, this.answers, made.hidden), this.context.forms ?? [], control, (form) => this.#tell("offer", { form }))}
        ${notes(this.definition, made, control, { shown: this._shown, show: this.#show, purpose: this.context.purpose ?? "monitoring", legal: this.context.legalLine })}
        ${more(made, control, { open: this._more, toggle: () => (this._more = !this._more), again: this._again, timeline: calm ? line : nothing })}${this.tail}
      </main>
      <footer class="dock dock__act">
        <p class="dock__line">${this.status}${all > 1 ? html`<span class="num nowrap push">${t("{n} of {all}", { n, all })}</span>` : nothing}</p>
        <button class="btn btn--primary btn--field" type="button" data-save aria-disabled=${this.busy} @click=${this.#save}>${this.action || t("Save")}</button>
      </footer>`;
  }

  /** @param {Control} control @param {import("./plan.js").Plan} made */
  #once(control, made) {
    return html`<main class="main" @change=${keepInside}>${readOnce(this.definition, control, made.hidden)}</main>
      <footer class="dock dock__act">
        <p class="dock__line">${this.status}<button class="btn btn--text push" type="button" @click=${this.#change}>${t("Change")}</button></p>
        <button class="btn btn--primary btn--field" type="button" data-save aria-disabled=${this.busy} @click=${this.#save}>${icon("lock")}${this.action || t("Save")}</button>
      </footer>`;
  }

  /** @param {Control} control */
  #timelineOf(control) {
    return timeline(this.definition, control, this.context.chips ?? [], { open: this._timeline, toggle: () => (this._timeline = !this._timeline) });
  }

  #problemNote() {
    if (!this._problem) return nothing;
    const { title, say, field } = this._problem;
    return html`<div class="note note--wait" role="alert">${icon("circle-alert")}<p><b>${title}</b>${say}
      ${field ? html`<button class="note__do" type="button" @click=${() => this.#openQuestion(field)}>${t("Answer it")}</button>` : nothing}</p></div>`;
  }

  /** @returns {Control} */
  #control() {
    const { lang = "en", legalBox = false, place = {}, lists = {}, locate, now = Date.now } = this.context;
    return {
      lang, legalBox, now, locate,
      zone: place.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
      lists: { ...lists, judges: place.judges ?? [], courtrooms: place.courtrooms ?? [] },
      answers: this.answers,
      fields: this.definition.fields,
      set: this.#set,
      leave: this.#leave,
      key: this.#key,
      byArrow: () => this.arrow,
      openQuestion: this.#openQuestion,
    };
  }

  /** @type {Control["set"]} */
  #set = (field, value, go = false) => {
    const answers = { ...this.answers };
    if (isAnswered(value)) answers[field.id] = value;
    else delete answers[field.id];
    this.answers = this.#own = answers;
    this._problem = null;
    this.#tell("change", { answers, field: field.id });
    const asked = this.definition.fields.find((one) => one.id === field.id);
    if (go) this.#leave(field.id);
    // Several answers, and whatever is typed, keep their question open until the person goes on.
    else if (asked?.star && asked.type !== "flag" && !asked.with) this._open = field.id;
  };

  /** @param {string} id */
  #leave = (id) => {
    this._open = null;
    this._again = null;
    this._unfolded = false;
    if (this.#isStar(id)) this.#focusOpen();
    else this.#focus(`[data-row="${id}"]`);
  };

  /** @param {string} id */
  #openQuestion = (id) => {
    this._open = id;
    this._again = id;
    this._problem = null;
    if (!this.#isStar(id)) this._more = true;
    this.#focus(`[data-q="${id}"]`);
  };

  #unfold = () => {
    this._unfolded = true;
    this.#focus(".done");
  };

  /** @param {string} id */
  #show = (id) => {
    this._shown = new Set([...this._shown, id]);
    this.#focus(`#in-${id}`);
  };

  #change = () => {
    this._once = false;
    this.#focus("textarea, .done, [data-q]");
  };

  /** Arrows choose among radio buttons and stay; Enter goes on. @param {KeyboardEvent} event */
  #key = (event) => {
    this.arrow = event.key.startsWith("Arrow");
    const input = event.target;
    if (event.key !== "Enter" || !(input instanceof HTMLInputElement)) return;
    event.preventDefault();
    if (input.type === "radio" || input.type === "checkbox") {
      if (!input.checked) input.click();
    } else input.dispatchEvent(new Event("change", { bubbles: true }));
    const id = input.closest("[data-q]")?.getAttribute("data-q");
    if (id && isAnswered(this.answers[id])) this.#leave(id);
  };

  #save = () => {
    if (this.busy) return;
    const hidden = hiddenQuestions(this.definition.fields, this.answers);
    const answers = Object.fromEntries(Object.entries(this.answers).filter(([id]) => !hidden.has(id)));
    this._problem = this.#wrong(answers);
    if (this._problem) {
      this._once = false;
      this.#focus(".note");
    } else if (!this._once && (this.definition.read_once === "always" || hasText(this.definition.fields, answers))) {
      this._once = true;
      this.#focus("[data-once]");
    } else this.#tell("save", { answers, offers: offered(this.definition, answers, hidden) });
  };

  /** @param {Answers} answers */
  #wrong(answers) {
    const { lang, lists, legalBox } = this.#control();
    const cells = split(this.definition, answers);
    if (!legalBox && cells.some((cell) => cell.box)) {
      return { title: t("Some of this must be locked, and there is no box yet"), say: t("Nothing is lost. Counts under 3 wait for the legal team's box: take those lines out to save the rest.") };
    }
    const [problem] = validate(this.definition, cells, { lists, amendment: this.stage === "close" });
    if (!problem && cells.length) return null;
    if (!problem || problem.code === "empty") return { title: t("Nothing is written yet"), say: t("One answer is enough.") };
    const field = this.definition.fields.find((one) => problem.path === pathOf(one) || problem.path.startsWith(`/${one.id}/`));
    const named = (field?.ask ?? field?.label)?.[lang] ?? problem.path;
    return { title: problem.code === "missing" ? t("One answer is needed") : t("One answer does not fit"), say: named, field: field?.id };
  }

  /** @param {string} id */
  #isStar(id) {
    return this.definition.fields.some((field) => field.id === id && field.star);
  }

  /** To the question that is open now; when none is, to Save. */
  #focusOpen() {
    this.#focus("[data-q], [data-save]");
  }

  /** Never loses the focus, and never leaves an open question in the lower half. @param {string} what the first of these */
  async #focus(what) {
    await this.updateComplete;
    await new Promise((done) => requestAnimationFrame(done));
    const target = /** @type {HTMLElement | null} */ (this.querySelector(what));
    if (!target) return;
    if (!target.hasAttribute("tabindex") && !target.matches("button, input, textarea, select")) target.tabIndex = -1;
    target.focus({ preventScroll: true });
    const main = this.querySelector(".main");
    if (main?.contains(target)) scrollWithin(main, target);
  }

  /** @param {string} name @param {unknown} detail */
  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}

customElements.define("fa-form", FaForm);
