// What a room repeats from case to case (its interpreter, its judge), offered to the next case for one tap and never filled in unasked.
// It is in memory only: a phone that is taken away, or started anew, tells nothing of the case before.
import { hiddenQuestions, isAnswered } from "../lib/forms/conditions.js";
import { NOT_LISTED, ODD } from "../lib/forms/definition.js";
import { state } from "./state.js";

/** @typedef {import("./types.js").Draft} Draft */
/** @typedef {import("../lib/forms/definition.js").Definition} Definition */
/** @typedef {import("../lib/forms/definition.js").Answers} Answers */

/** @type {{of: string, answers: Answers}} */
let last = { of: "", answers: {} };

/** Cases of one session, or of one place and half-day, by one person. @param {Draft} of */
const room = (of) => `${state.person?.id} ${of.session ?? `${of.form} ${of.place} ${of.part}`}`;

/** After Save: what this case said of the room. What it left out stays as the one before it said. @param {Draft} of @param {Definition} defn @param {Answers} answers */
export function remember(of, defn, answers) {
  const before = last.of === room(of) ? last.answers : {};
  const said = defn.fields.filter(({ id, carry }) => carry && isAnswered(answers[id]) && ![...ODD, NOT_LISTED].includes(answers[id]));
  last = { of: room(of), answers: { ...before, ...Object.fromEntries(said.map(({ id }) => [id, answers[id]])) } };
}

/** Answers that this case may take over and has not given itself. @param {Draft} of @param {Definition} defn @param {Answers} answers @returns {Answers} */
export function offer(of, defn, answers) {
  if (last.of !== room(of)) return {};
  const hidden = hiddenQuestions(defn.fields, answers);
  const open = defn.fields.filter(({ id, carry }) => carry && !hidden.has(id) && !isAnswered(answers[id]) && last.answers[id] !== undefined);
  return Object.fromEntries(open.map(({ id }) => [id, last.answers[id]]));
}
