// Saves what was typed in: the session, its cases, then that each sheet was typed in. Each act has an id of its own from the beginning, so whatever is
// interrupted goes on where it stopped, and nothing is saved twice.
import { hiddenQuestions } from "../../lib/forms/conditions.js";
import { formRef } from "../../lib/forms/definition.js";
import { split } from "../../lib/forms/split.js";
import { homeZone } from "../find.js";
import { follow, outbox } from "../phone.js";
import { state } from "../state.js";
import { dayPart } from "../words.js";
import { formNamed, purposeOf } from "../writing.js";
import { filled, paperOf, serials } from "./book.js";

/** @typedef {import("./book.js").Book} Book */
/** @typedef {import("./book.js").Row} Row */
/** @typedef {import("../../lib/forms/definition.js").Definition} Definition */
/** What is typed in from paper, as it is kept among the drafts. @typedef {{form: "paper", place: string, part: string, shift?: string, paper: Book, cursor?: import("./book.js").At}} Kept */
/** A sheet that nobody has said of yet what became of it. @typedef {{form: "paper", sheet: string, place?: string, part?: string}} Open */

/** Keeps what is typed in. @param {string} id @param {Kept | Open} kept */
export function keep(id, kept) {
  if (state.person) outbox.drafts.put(id, JSON.parse(JSON.stringify(kept)), state.person);
}

/** With an id for every act that saving it needs. @param {Book} book @returns {Book} */
export function begun(book) {
  const acts = Object.fromEntries(serials(book).map((serial) => [serial, book.acts[serial] ?? { entered: crypto.randomUUID(), fate: crypto.randomUUID() }]));
  return { ...book, saving: true, acts };
}

/** How many records it becomes. @param {Book} book */
export const countOf = (book) => filled(book).length + (book.head ? 1 : 0);

/**
 * @param {string} id of the draft @param {Kept} kept `kept.paper` as begun() gave it
 * @param {(done: number) => void} told @returns {Promise<string[]>} the sheets it came from
 */
export async function saveAll(id, kept, told) {
  const book = kept.paper;
  const person = state.person ?? undefined;
  keep(id, kept);
  await outbox.drafts.flush();
  const [own, cases] = [formNamed(book.form), formNamed(book.caseForm)];
  const session = book.head && own ? (await outbox.save(record(own, book.head, kept, {}), person)).id : undefined;
  let done = session ? 1 : 0;
  told(done);
  for (const [n, row] of filled(book).entries()) {
    if (!cases) break;
    await outbox.save(record(cases, row, kept, session ? { order: n + 1, session } : {}), person);
    told(++done);
  }
  for (const [serial, { entered, fate }] of Object.entries(book.acts)) {
    await outbox.save(statement(serial, "entered", null, entered, kept), person);
    keep(fate, { form: "paper", sheet: serial, place: kept.place, part: kept.part });
  }
  await outbox.drafts.flush();
  await outbox.drafts.remove(id);
  await follow();
  return Object.keys(book.acts);
}

/** The answers that count: of questions that are asked. @param {Definition} defn @param {Row} row */
export function answersOf(defn, row) {
  const hidden = hiddenQuestions(defn.fields, row.answers);
  return Object.fromEntries(Object.entries(row.answers).filter(([id]) => !hidden.has(id)));
}

/** @param {Definition} defn @param {Row} row @param {Kept} kept @param {{order?: number, session?: string}} within @returns {import("../../outbox/types.js").Writing} */
function record(defn, row, { place, part, shift, paper }, within) {
  const ref = formRef(defn);
  const cells = split(defn, answersOf(defn, row), { ...within, paper: paperOf(paper, row) }).filter((cell) => cell.box === null || state.sealing);
  return {
    kind: "observation", answers: /** @type {any} */ (cells), form: ref, form_hash: state.snapshot?.public?.form_hashes[ref] ?? null, lang: state.lang,
    purpose: purposeOf(shift), day_part: part, place, ...(shift ? { shift } : {}), draft: row.id,
    label: /** @type {any} */ ({ kind: "observation", form: ref, part, place, ...(within.order ? { order: within.order } : {}) }),
  };
}

/** @param {string} serial @param {string} fate @param {string | null} whom @param {string} act @param {{place?: string, part?: string}} where @returns {import("../../outbox/types.js").Writing} */
export function statement(serial, fate, whom, act, { place, part }) {
  const answers = [["/serial", serial], ["/fate", fate], ...(whom ? [["/with", whom]] : [])].map(([path = "", value = ""]) => ({ path, value, box: null }));
  return {
    kind: "paper", answers, lang: state.lang, purpose: purposeOf(undefined), day_part: dayPart(Date.now(), homeZone()), draft: act,
    label: { kind: "paper", ...(place ? { place } : {}), ...(part ? { part } : {}) },
  };
}
