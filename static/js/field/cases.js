// The cases of the court session that is open: in their order, saved or not; which forms they have; and what another order changes.
// Of a saved case there is its number, when it was saved and how it stands, never what it says.
import { state } from "./state.js";

/** @typedef {import("./types.js").Court} Court */
/** @typedef {import("./types.js").Draft} Draft */
/** @typedef {import("./types.js").Item} Item */
/** One case: saved (`item`) or not yet (`draft`). @typedef {{id: string, n: number, item?: Item, draft?: Draft}} Case */

/** Forms of the session's cases: none for tallies only; of several one is chosen for each case. @param {Court} court @returns {string[]} */
export const caseFormsOf = ({ caseForm, caseForms }) => caseForms ?? (caseForm ? [caseForm] : []);

/** The number that a saved case has by now: its newest change of order says it. @param {Item} item @param {Item[]} items newest first */
const numberOf = (item, items) => items.find((one) => one.label.moved && one.label.corrects === item.id)?.label.order ?? item.label.order ?? 0;

/**
 * @param {Pick<Court, "record"|"place"|"part">} court @param {Item[]} items newest first @param {Draft[]} drafts
 * @returns {Case[]} in their order
 */
export function casesOf({ record, place, part }, items, drafts) {
  // What was saved before labels named the session is told by its place and half-day.
  const inside = (/** @type {Item} */ { label }) => (label.session ? label.session === record : label.place === place && label.part === part);
  const saved = items.filter((one) => one.kind === "observation" && one.label.order && inside(one)).map((item) => ({ id: item.id, n: numberOf(item, items), item }));
  const begun = drafts.filter((one) => one.session === record && one.order).map((draft) => ({ id: draft.id, n: draft.order ?? 0, draft }));
  return [...saved, ...begun].sort((a, b) => a.n - b.n);
}

/** The number of the next case: after all there are, begun ones too. @param {Court} court */
export const nextNumber = (court) => Math.max(court.cases, ...casesOf(court, state.items, state.drafts).map(({ n }) => n)) + 1;

/**
 * What another order changes: the numbers stay, each goes to the case that stands there now.
 * @param {Case[]} was in their order @param {string[]} now ids in the new order
 * @returns {{one: Case, n: number}[]}
 */
export function moves(was, now) {
  return now.flatMap((id, at) => {
    const one = was.find((each) => each.id === id);
    const n = was[at]?.n;
    return one && n !== undefined && one.n !== n ? [{ one, n }] : [];
  });
}
