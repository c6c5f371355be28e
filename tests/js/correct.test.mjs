// One answer of a saved record as a question of its own, and the patch that comes of it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { canTakeBack, momentAs, narrowed, patchOf, questionsOf } from "../../static/js/lib/forms/correct.js";
import { TIMELINE } from "../../static/js/lib/forms/definition.js";
import { validate } from "../../static/js/lib/forms/validate.js";
import { plan } from "../../static/js/field/form/plan.js";

/** @typedef {import("../../static/js/lib/forms/definition.js").Definition} Definition */

const read = (/** @type {string} */ id) => JSON.parse(readFileSync(new URL(`../../fieldapp/observations/catalogue/${id}`, import.meta.url), "utf8"));
const [master, session, ice, salute] = /** @type {[Definition, Definition, Definition, Definition]} */ (["master@1.json", "session@1.json", "ice_courthouse@1.json", "salute@1.json"].map(read));
const called = { en: "Timeline", es: "Cronología" };
const field = (/** @type {Definition} */ defn, /** @type {string} */ id) => /** @type {any} */ (defn.fields.find((one) => one.id === id));

test("the questions stand in the form's order, those of the short version first, what locks only where there is a box", () => {
  const groups = questionsOf(session, true, called);
  assert.deepEqual(groups.map((one) => one.name), ["first", "words", "more", "close"]);
  assert.deepEqual(groups[0]?.questions.map((one) => one.id), ["type", "admitted"]);
  assert.deepEqual(groups[2]?.questions[0], { id: TIMELINE, label: called, locked: true, adds: "moment" });
  assert.deepEqual(groups.flatMap((one) => one.questions).filter((one) => one.adds === "line").map((one) => one.id), ["interpreter_languages", "nationalities", "outcomes"]);
  const open = questionsOf(session, false, called).flatMap((one) => one.questions);
  assert.equal(open.some((one) => one.locked), false);
  assert.deepEqual(new Set(open.map((one) => one.id)), new Set(session.fields.filter((one) => !one.boxes?.length).map((one) => one.id)));
});

test("no condition hides the question that was chosen: the answers it looks at cannot be read", () => {
  for (const defn of [master, session, ice, salute]) {
    for (const one of defn.fields) {
      const made = plan(narrowed(defn, one), {});
      const shown = [...made.open, ...made.notes.map(({ id }) => id), ...made.flags.map(({ id }) => id)];
      assert.deepEqual(shown, [one.id], `${defn.id} ${one.id}`);
      assert.deepEqual([...made.hidden], []);
    }
  }
  assert.deepEqual(patchOf(master, "ruling", { ruling: "granted" }), [{ path: "/ruling", value: "granted", box: null }]);
});

test("one correction is one path, in the field's own box", () => {
  assert.deepEqual(patchOf(master, "notes", { notes: " Stood by the stairs. ", lawyer: "none" }), [{ path: "/notes", value: "Stood by the stairs.", box: "legal" }]);
  assert.deepEqual(patchOf(master, "case_order", { case_order: 4 }), [{ path: "/_/order", value: 4, box: "legal" }]);
  const pin = { lat: 40_712_345, lon: -74_001_234, accuracy: 12 };
  assert.deepEqual(patchOf(salute, "position", { position: pin, where: "A corner" }), [{ path: "/_/position", value: pin, box: "legal" }]);
  assert.deepEqual(patchOf(master, "no_such_question", { lawyer: "none" }), []);
});

test("an answer is taken back by null at its path, in its own box; what is open stays open", () => {
  assert.deepEqual(patchOf(master, "lawyer", null), [{ path: "/lawyer", value: null, box: null }]);
  assert.deepEqual(patchOf(master, "notes", null), [{ path: "/notes", value: null, box: "legal" }]);
  assert.deepEqual(validate(master, patchOf(master, "notes", null), { amendment: true }), []);
});

test("a table takes one new line and nothing is taken back from it: the old lines have names that nobody here knows", () => {
  const rows = field(session, "nationalities");
  assert.equal(canTakeBack(rows), false);
  assert.deepEqual(patchOf(session, "nationalities", null), []);
  assert.equal(narrowed(session, rows).fields[0]?.max, 1);
  const cells = patchOf(session, "nationalities", { nationalities: { a1B2c3D4: { country: "hn", count: 2 } } });
  assert.deepEqual(cells.map((one) => one.path), ["/nationalities/a1B2c3D4/country", "/nationalities/a1B2c3D4/count"]);
  assert.ok(cells.every((one) => one.box === "legal"), "counts under 3 lock");
});

test("the timeline takes one new moment, locked, under one row id however often it is changed", () => {
  const begun = momentAs({ chip: "agents_enter" });
  const done = momentAs({ chip: "person_taken", at: 1_795_454_400_000 }, begun);
  assert.deepEqual(Object.keys(done[TIMELINE]), Object.keys(begun[TIMELINE]));
  const half = patchOf(ice, TIMELINE, begun);
  assert.equal(validate(ice, half, { amendment: true })[0]?.code, "bad_value");
  const [cell, ...more] = patchOf(ice, TIMELINE, done);
  assert.deepEqual([cell?.value, cell?.box, more], [{ chip: "person_taken", at: 1_795_454_400_000 }, "legal", []]);
  assert.deepEqual(validate(ice, [/** @type {any} */ (cell)], { amendment: true }), []);
  assert.deepEqual(patchOf(ice, TIMELINE, null), []);
});
