// The cases of a session on its page: which they are, in which order, and what another order changes; and what the next case may take over.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, test } from "node:test";
import { offer, remember } from "../../static/js/field/carry.js";
import { caseFormsOf, casesOf, moves, nextNumber } from "../../static/js/field/cases.js";
import { state } from "../../static/js/field/state.js";

const master = JSON.parse(readFileSync(new URL("../../fieldapp/observations/catalogue/master@2.json", import.meta.url), "utf8"));
const COURT = /** @type {any} */ ({ record: "s1", place: "p1", part: "2026-11-23/morning", cases: 3, caseForm: "master", caseForms: ["master"] });
const saved = (/** @type {string} */ id, /** @type {number} */ order, more = {}) => /** @type {any} */ ({ id, kind: "observation", label: { kind: "observation", order, session: "s1", ...more } });
const moved = (/** @type {string} */ id, /** @type {number} */ order) => /** @type {any} */ ({ id: `${id}-${order}`, kind: "amendment", label: { kind: "amendment", corrects: id, order, moved: true } });
const draft = (/** @type {string} */ id, /** @type {number} */ order, more = {}) => /** @type {any} */ ({ id, form: "master", session: "s1", order, answers: {}, ...more });

beforeEach(() => Object.assign(state, { items: [], drafts: [], person: { id: "me", chapter: "c1" } }));

test("saved cases and begun ones stand in one list, by their number", () => {
  const cases = casesOf(COURT, [saved("b", 2), saved("a", 1), saved("x", 1, { session: "s2" })], [draft("d", 3), draft("other", 9, { session: "s2" })]);
  assert.deepEqual(cases.map(({ id, n }) => [id, n]), [["a", 1], ["b", 2], ["d", 3]]);
});

test("a case that was saved before labels named the session is told by place and half-day", () => {
  const old = { session: undefined, place: "p1", part: "2026-11-23/morning" };
  assert.deepEqual(casesOf(COURT, [saved("a", 1, old), saved("b", 2, { ...old, place: "p2" })], []).map(({ id }) => id), ["a"]);
});

test("the newest change of order says a saved case's number", () => {
  const items = [moved("a", 1), moved("a", 2), moved("b", 2), saved("b", 2), saved("a", 1)]; // newest first
  assert.deepEqual(casesOf(COURT, items, []).map(({ id, n }) => [id, n]), [["a", 1], ["b", 2]]);
});

test("another order changes only the cases that stand elsewhere now, and keeps the numbers", () => {
  const was = casesOf(COURT, [saved("a", 1), saved("b", 2), saved("c", 5)], [draft("d", 7)]);
  assert.deepEqual(moves(was, ["a", "b", "c", "d"]), []);
  assert.deepEqual(moves(was, ["a", "c", "b", "d"]).map(({ one, n }) => [one.id, n]), [["c", 2], ["b", 5]]);
});

test("the next case has the number after all there are, begun ones too", () => {
  state.items = [saved("a", 1), saved("b", 2)];
  assert.equal(nextNumber(COURT), 4);
  state.drafts = [draft("d", 6)];
  assert.equal(nextNumber(COURT), 7);
});

test("a session that was opened before there was a choice of forms still has its one", () => {
  const before = { ...COURT, caseForms: undefined };
  assert.deepEqual(caseFormsOf(before), ["master"]);
  assert.deepEqual(caseFormsOf({ ...before, caseForm: null }), []);
});

test("only what a room repeats is offered to the next case, and only of the same session and person", () => {
  const [one, two] = [draft("a", 1), draft("b", 2)];
  remember(one, master, { lawyer: "none", language: "es", interpreter_ok: "yes", interpreter: "phone", dhs_lawyer: "unsure", notes: "A secret." });
  assert.deepEqual(offer(two, master, {}), { language: "es", interpreter: "phone" });
  assert.deepEqual(offer(two, master, { language: "ht" }), { interpreter: "phone" });
  assert.deepEqual(offer(draft("c", 1, { session: "s2" }), master, {}), {});
  state.person = { id: "another", chapter: "c1" };
  assert.deepEqual(offer(two, master, {}), {});
});

test("what the last case left out stays as the one before it said", () => {
  remember(draft("a", 1), master, { language: "es", interpreter: "phone" });
  remember(draft("b", 2), master, { language: "ht" });
  assert.deepEqual(offer(draft("c", 3), master, {}), { language: "ht", interpreter: "phone" });
});
