// Forms being written: begun, kept as drafts with every answer, saved as records; and the court session that holds cases.
import { t } from "../lib/i18n.js";
import { caseForms } from "./form/plan.js";
import { patchOf } from "../lib/forms/correct.js";
import { formRef } from "../lib/forms/definition.js";
import { split } from "../lib/forms/split.js";
import { announce, whyNotSaved } from "./acts.js";
import { remember } from "./carry.js";
import { caseFormsOf, nextNumber } from "./cases.js";
import { here, place, shift as findShift } from "./find.js";
import { writeCourt } from "./keep.js";
import { follow, followDrafts, outbox } from "./phone.js";
import { go } from "./router.js";
import { set, state } from "./state.js";
import { dayPart, phoneZone } from "./words.js";

/** @typedef {import("./types.js").Draft} Draft */
/** @typedef {import("./types.js").Court} Court */
/** @typedef {import("../lib/forms/definition.js").Definition} Definition */
/** @typedef {Omit<Draft, "id"|"at"|"answers"> & {answers?: Record<string, any>}} Begun */

/** The draft on the screen; it is written down with the first answer. @type {Draft|null} */
let open = null;
/** Whose it is: a draft that was never written down does not pass to who signs in next. */
let whose = "";

/** @param {string} name @returns {Definition|undefined} */
export const formNamed = (name) => state.snapshot?.public?.forms.find((one) => one.id === name);

/** The form that a record was written with, if this phone still has that version. @param {string} ref name@version @param {string|null} hash @returns {Definition|undefined} */
export function formAt(ref, hash) {
  const open = state.snapshot?.public;
  if (hash && open?.form_hashes[ref] !== hash) return undefined;
  return open?.forms.find((one) => formRef(one) === ref);
}

/** @param {Draft} draft @returns {Definition|undefined} */
export const formOfDraft = ({ form, corrects }) => (corrects ? formAt(corrects.form, corrects.form_hash) : formNamed(form));

/** @param {Draft} draft */
export const zoneOfDraft = (draft) => place(draft.place)?.zone ?? phoneZone();

/** A form from the list: straight to it where a shift says the place, else by way of where and when. @param {string} form */
export function pick(form) {
  const at = here();
  const inside = formNamed(form)?.within ? state.court?.place : undefined;
  const spot = at.place ? at : inside ? { place: inside } : null;
  if (spot) begin({ form, ...spot, part: dayPart(Date.now(), place(spot.place)?.zone ?? phoneZone()) });
  else go("where", form);
}

/** @param {Begun} begun */
export function begin(begun) {
  const defn = formNamed(begun.form);
  const stage = begun.stage ?? (defn?.fields.some((one) => one.stage === "close") ? "open" : "all");
  open = { id: crypto.randomUUID(), at: Date.now(), answers: {}, ...begun, stage };
  whose = state.person?.id ?? "";
  go("form", open.id);
}

/** @param {string} id @returns {Draft|null} the draft with this id, also after the app was closed in between */
export function draft(id) {
  const kept = state.drafts.find((one) => one.id === id);
  if (open?.id === id && whose === state.person?.id) {
    if (kept?.order) open.order = kept.order; // the session's page may have given it another number
    return open;
  }
  if (kept) open = { ...kept };
  whose = state.person?.id ?? "";
  return kept ? open : null;
}

/**
 * Keeps every answer as it comes: a tap at once, what is being typed shortly after.
 * @param {Draft} of @param {Record<string, any>} answers @param {boolean} [atOnce] else the first answer only: now there is something to lose
 */
export function keep(of, answers, atOnce = Object.keys(answers).length === 1) {
  if (!state.person) return;
  of.answers = answers;
  // As JSON: a member that is undefined is left out.
  outbox.drafts.put(of.id, JSON.parse(JSON.stringify({ ...of, id: undefined, at: undefined })), state.person);
  if (atOnce) void outbox.drafts.flush().catch(() => undefined);
}

/** @param {string} id */
export async function throwAway(id) {
  if (open?.id === id) open = null;
  await outbox.drafts.remove(id);
  await followDrafts();
}

/**
 * The next case of the session that is open: the one that is begun already, or a new one. Where its cases have several forms and none is named, to the choice.
 * @param {string} [form] @param {boolean} [fresh] a new one, also beside one that is begun
 */
export function nextCase(form, fresh = false) {
  const { court } = state;
  if (!court) return;
  const { place: where, shift, part, record, cases } = court;
  const forms = caseFormsOf(court);
  const begun = fresh ? undefined : state.drafts.find((one) => one.session === record && one.order === cases + 1 && (!form || one.form === form));
  const which = form ?? (forms.length === 1 ? forms[0] : undefined);
  if (begun) go("form", begun.id);
  else if (which) begin({ form: which, place: where, shift, part, session: record, order: nextNumber(court) });
  else if (forms.length) go("court");
}

/**
 * A correction of one answer: the draft of it that is begun already, or a new one.
 * @param {import("./types.js").Item} item an observation @param {string} ask the question
 */
export function correct(item, ask) {
  const begun = state.drafts.find((one) => one.corrects?.id === item.id && one.corrects.ask === ask);
  if (begun) return go("form", begun.id);
  const { place: where, cell, part, order } = item.label;
  const ref = item.form ?? "";
  const purpose = item.purpose ?? purposeOf(item.shift ?? undefined);
  const corrects = { id: item.id, digest: item.digest, form: ref, form_hash: item.form_hash, purpose, ask, ...(order ? { order } : {}) };
  begin({ form: ref.split("@")[0] ?? "", place: where, cell, shift: item.shift ?? undefined, part, stage: "all", corrects });
}

/** The tallies that end the session: an amendment of its record. */
export function closeCourt() {
  const { court } = state;
  if (!court) return;
  const form = court.form.split("@")[0] ?? "";
  const begun = state.drafts.find((one) => one.session === court.record && one.stage === "close");
  if (begun) go("form", begun.id);
  else begin({ form, place: court.place, shift: court.shift, part: court.part, stage: "close", session: court.record });
}

/** Forgets an open session without tallies: a juvenile sitting nobody could stay in, or one begun by mistake. */
export async function leaveCourt() {
  await writeCourt(null);
  set({ court: null });
}

/**
 * Saves a draft as a record on this phone.
 * @param {Draft} of @param {Record<string, any>|null} answers null: the answer that it corrects is taken back
 * @param {string[]} [offers] forms that the answers ask for
 * @returns {Promise<boolean>} false: it could not be saved, and everything is still there
 */
export async function save(of, answers, offers = []) {
  const defn = formOfDraft(of);
  if (!defn || state.busy) return false;
  const tapped = performance.now();
  set({ busy: "save" });
  try {
    const saved = await outbox.save(of.corrects ? correction(of, of.corrects, defn, answers) : record(of, defn, answers ?? {}), state.person ?? undefined);
    performance.measure("fa-saved", { start: tapped, end: performance.now() }); // tapped to durable: make bench reads it
    open = null;
    await follow();
    await after(of, defn, answers ?? {}, saved.id, offers);
    return true;
  } catch (error) {
    announce(whyNotSaved(error));
    set({ fault: whyNotSaved(error) });
    return false;
  } finally {
    set({ busy: "" });
  }
}

/** @param {Draft} of @param {Definition} defn @param {Record<string, any>} answers @returns {import("../outbox/types.js").Writing} */
function record(of, defn, answers) {
  const { place: where, shift, court } = { place: of.place, shift: of.shift, court: state.court };
  const closes = of.stage === "close" && court;
  const system = closes ? {} : { observed_at: { at: of.at, exact: false }, order: of.order, session: of.session };
  const cells = split(defn, answers, system).filter((cell) => cell.box === null || state.sealing);
  const part = of.part ?? dayPart(of.at, zoneOfDraft(of));
  const spot = where ? { place: where } : { cell: of.cell ?? "" };
  const ref = closes ? court.form : formRef(defn); // what closes a session has its form, also when a newer one has come meanwhile
  const hash = (closes && court.form_hash) || (state.snapshot?.public?.form_hashes[ref] ?? null);
  const kind = closes ? "amendment" : "observation";
  return {
    kind, answers: /** @type {any} */ (cells), form: ref, form_hash: hash, lang: state.lang,
    purpose: purposeOf(shift), day_part: part, ...spot, ...(shift ? { shift } : {}), draft: of.id,
    ...(closes ? { amends: { id: court.record, digest: court.digest } } : {}),
    label: /** @type {any} */ ({ kind, form: ref, part, ...spot, ...(of.order ? { order: of.order, session: of.session } : {}), ...(closes ? { closes: court.record } : {}) }),
  };
}

/**
 * What belongs to the record stays as it was: form, place, half-day, shift, purpose. Only the one answer is new.
 * @param {Draft} of @param {import("./types.js").Corrects} corrects @param {Definition} defn @param {Record<string, any>|null} answers
 * @returns {import("../outbox/types.js").Writing}
 */
function correction(of, { id, digest, form, form_hash: hash, purpose, ask, order }, defn, answers) {
  const spot = of.place ? { place: of.place } : of.cell ? { cell: of.cell } : {};
  const part = of.part ?? dayPart(of.at, zoneOfDraft(of));
  const moved = defn.fields.some((one) => one.id === ask && one.path === "/_/order") && answers?.[ask];
  return {
    kind: "amendment", answers: /** @type {any} */ (patchOf(defn, ask, answers)), form, form_hash: hash ?? state.snapshot?.public?.form_hashes[form] ?? null,
    lang: state.lang, purpose, day_part: part, ...spot, ...(of.shift ? { shift: of.shift } : {}), draft: of.id, amends: { id, digest },
    label: /** @type {any} */ ({ kind: "amendment", form, part, ...spot, ...(order ? { order } : {}), ...(moved ? { order: moved, moved: true } : {}), corrects: id }),
  };
}

/** @param {string|undefined} shift @returns {"monitoring"|"counsel"} */
export function purposeOf(shift) {
  const found = shift ? findShift(shift) : undefined;
  return found?.purpose ?? state.snapshot?.public?.chapter.purpose ?? "monitoring";
}

/** @param {Draft} of @param {Definition} defn @param {Record<string, any>} answers @param {string} id @param {string[]} offers */
async function after(of, defn, answers, id, offers) {
  const { court } = state;
  if (of.corrects) {
    announce(t("Correction saved on this phone."));
    return go("saved", of.corrects.id);
  }
  if (of.stage === "close") await leaveCourt();
  else if (of.stage === "open") await openCourt(of, defn, answers, id);
  else if (of.order && court && court.record === of.session) await keepCourt({ ...court, cases: Math.max(court.cases, of.order) });
  remember(of, defn, answers);
  announce(t("Saved on this phone."));
  const { place: where, cell, shift, part } = of;
  if (offers[0]) begin({ form: offers[0], place: where, shift, part });
  else if (of.order && state.court) nextCase();
  else if (defn.series) begin({ form: defn.id, ...(where ? { place: where } : { cell }), shift, part });
  else go(of.stage === "open" && state.court ? "court" : "write");
}

/** @param {Draft} of @param {Definition} defn @param {Record<string, any>} answers @param {string} id */
async function openCourt(of, defn, answers, id) {
  const item = state.items.find((one) => one.id === id);
  const part = of.part ?? dayPart(of.at, zoneOfDraft(of));
  const forms = caseForms(defn, answers);
  await keepCourt({
    record: id, digest: item?.digest ?? "", form: formRef(defn), form_hash: item?.form_hash, caseForm: forms[0] ?? null, caseForms: forms, place: of.place ?? "", shift: of.shift, part,
    purpose: purposeOf(of.shift), cases: 0, type: typeof answers.type === "string" ? answers.type : "",
  });
}

/** @param {Court} court */
async function keepCourt(court) {
  await writeCourt(court);
  set({ court });
}
