// Which questions are done, open and still to come. No DOM here: node tests it as it is.
import { hiddenQuestions, isAnswered } from "../../lib/forms/conditions.js";

/** @typedef {import("../../lib/forms/definition.js").Definition} Definition */
/** @typedef {import("../../lib/forms/definition.js").Field} Field */
/** @typedef {import("../../lib/forms/definition.js").Answers} Answers */
/** Which part of a form is asked: all of it, or that before or at the close of a session. @typedef {"all" | "open" | "close"} Stage */
/** What belongs on one line: a question and what goes `with` it, or the questions of a chain. @typedef {{id: string, chain: boolean, fields: Field[]}} Unit */
/** @typedef {"on" | "now" | ""} Pip */
/**
 * @typedef {object} Plan
 * @property {string[]} open ids of the questions that are open, in order
 * @property {Unit[]} done
 * @property {Unit | null} chain the chain that has an open question
 * @property {Unit[]} todo
 * @property {Field[]} flags
 * @property {Field[]} notes narratives, saw first
 * @property {Field[]} more asked, not starred
 * @property {number} locked how many questions of this stage cannot be answered for want of a box
 * @property {Pip[]} pips
 * @property {Set<string>} hidden
 */

/** An answer that is written beside its question, on the same screen. @param {Field} field */
const isBeside = (field) => field.with !== undefined && field.type === "note";

/** @param {Field} field @param {Stage} stage */
const inStage = (field, stage) => stage === "all" || (field.stage === "close") === (stage === "close");

/** Without a legal box nothing sealed can be written; a table whose columns are sealed only sometimes can. @param {Field} field @param {boolean} legalBox */
export const isFillable = (field, legalBox) => legalBox || !field.boxes?.length || Boolean(field.box_when);

/**
 * @param {Definition} defn @param {Answers} answers
 * @param {{stage?: Stage, legalBox?: boolean, open?: string | null}} [options] `open`: the question that was tapped open
 * @returns {Plan}
 */
export function plan(defn, answers, { stage = "all", legalBox = true, open = null } = {}) {
  const hidden = hiddenQuestions(defn.fields, answers);
  const staged = defn.fields.filter((field) => inStage(field, stage));
  const here = staged.filter((field) => isFillable(field, legalBox));
  const stars = here.filter((field) => field.star && field.type !== "flag" && !isBeside(field));
  const asked = stars.filter((field) => !hidden.has(field.id));
  const opened = openQuestions(asked, answers, open);
  const units = group(stars);
  const chain = units.find((unit) => unit.chain && unit.fields.some((field) => opened.includes(field.id))) ?? null;
  const closed = units.filter((unit) => unit !== chain && !opened.includes(unit.id));
  return {
    open: opened,
    hidden,
    chain,
    done: closed.filter((unit) => isAnswered(answers[unit.id])),
    todo: closed.filter((unit) => !isAnswered(answers[unit.id])),
    flags: here.filter((field) => field.type === "flag" && field.star),
    notes: here.filter((field) => field.narrative),
    more: here.filter((field) => !field.star && !field.narrative && !hidden.has(field.id)),
    locked: staged.length - here.length,
    pips: stars.filter((field) => !field.with).map((field) => pip(field, answers, hidden, opened)),
  };
}

/**
 * The question that was tapped open, else the first unanswered one. A choice of several stays open while the next one opens
 * below it: so it costs no tap to go on.
 * @param {Field[]} asked @param {Answers} answers @param {string | null} open @returns {string[]}
 */
function openQuestions(asked, answers, open) {
  const at = asked.findIndex((field) => field.id === open);
  const tapped = asked[at];
  const next = () => [...asked.slice(at + 1), ...asked.slice(0, at + 1)].find((field) => !isAnswered(answers[field.id]));
  if (tapped && !(tapped.type === "many" && isAnswered(answers[tapped.id]))) return [tapped.id];
  const following = next();
  return [tapped, following].flatMap((field) => (field ? [field.id] : []));
}

/** @param {Field[]} stars @returns {Unit[]} */
function group(stars) {
  /** @type {Unit[]} */
  const units = [];
  for (const field of stars) {
    const home = units.find((unit) => (field.chain && unit.fields[0]?.chain === field.chain) || unit.id === field.with);
    if (home) home.fields.push(field);
    else units.push({ id: field.id, chain: Boolean(field.chain), fields: [field] });
  }
  return units;
}

/** A question that turned out not to be asked counts as done. @param {Field} field @param {Answers} answers @param {Set<string>} hidden @param {string[]} open @returns {Pip} */
function pip(field, answers, hidden, open) {
  const settled = hidden.has(field.id) && (field.when ?? []).every((condition) => isAnswered(answers[condition.field]));
  if (settled || (isAnswered(answers[field.id]) && !hidden.has(field.id))) return "on";
  return open.includes(field.id) ? "now" : "";
}

/** How many taps of the 20-second version are done, of how many. @param {Plan} made */
export const progress = ({ pips }) => ({ n: pips.filter((one) => one === "on").length, all: pips.length });

/** Forms to offer next. @param {Definition} defn @param {Answers} answers @param {Set<string>} hidden @returns {string[]} */
export function offered(defn, answers, hidden) {
  const seen = Object.fromEntries(Object.entries(answers).filter(([id]) => !hidden.has(id)));
  const asForm = /** @type {Definition["fields"]} */ ((defn.offers ?? []).map(({ form, when }) => ({ id: form, type: "", label: { en: "", es: "" }, when })));
  const not = hiddenQuestions(asForm, seen);
  return asForm.map(({ id }) => id).filter((id) => !not.has(id));
}

/** The forms that this one holds cases of, as its answers say. @param {Definition} defn @param {Answers} answers @returns {string[]} */
export function caseForms(defn, answers) {
  const cases = { ...defn, offers: defn.cases ?? [] };
  return offered(cases, answers, hiddenQuestions(defn.fields, answers));
}
