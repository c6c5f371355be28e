// Which messages wait for an answer, as far as this phone knows.
import { state } from "../state.js";

/** @typedef {import("../types.js").Asked} Asked */

/** The answer that this phone gave last. @param {Asked} one */
const last = (one) => state.items.filter((item) => item.label.message === one.id).sort((a, b) => b.saved_at - a.saved_at)[0];

/** An answer that came back with a no. @param {Asked} one */
export const answerTo = (one) => {
  const found = last(one);
  return found?.status.state === "not_applied" ? found : undefined;
};

/** @returns {Asked[]} not answered here, and not past */
export function waiting() {
  const told = state.snapshot?.personal?.messages ?? [];
  return told.filter((one) => (one.until === null || one.until > state.now) && (!last(one) || answerTo(one)));
}
