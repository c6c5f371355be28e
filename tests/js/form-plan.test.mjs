// What is done, open and still to come on a form, without a screen.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { hiddenQuestions } from "../../static/js/lib/forms/conditions.js";
import { momentOf, wallOf } from "../../static/js/lib/forms/zone.js";
import { caseForms, offered, plan, progress } from "../../static/js/field/form/plan.js";
import { answerLine, line } from "../../static/js/field/form/words.js";

const read = (/** @type {string} */ id) => JSON.parse(readFileSync(new URL(`../../fieldapp/observations/catalogue/${id}`, import.meta.url), "utf8"));
const [master, session, ice, salute] = ["master@1.json", "session@1.json", "ice_courthouse@1.json", "salute@1.json"].map(read);
const lists = { "languages@1": read("lists/languages@1.json") };
const begun = { lawyer: "none", present: "in_person", language: "es" };
const ids = (/** @type {{id: string}[]} */ units) => units.map((unit) => unit.id);

test("an empty form opens its first question and shows the others as still to come", () => {
  const made = plan(master, {});
  assert.deepEqual(made.open, ["lawyer"]);
  assert.deepEqual(ids(made.todo), ["present", "language", "dhs_motion", "outcome", "next_hearing"]);
  assert.deepEqual(progress(made), { n: 0, all: 8 });
});

test("what goes with an answer is asked next, and is no step of its own", () => {
  const made = plan(master, begun);
  assert.deepEqual(made.open, ["interpreter_ok"]);
  assert.deepEqual(progress(made), { n: 3, all: 8 });
});

test("English needs no interpreter", () => {
  assert.deepEqual(plan(master, { ...begun, language: "en" }).open, ["dhs_motion"]);
});

test("the steps of a chain that are not asked count as done", () => {
  const made = plan(master, { ...begun, interpreter_ok: "yes", dhs_motion: ["none"] });
  assert.deepEqual(made.open, ["outcome"]);
  assert.deepEqual(progress(made), { n: 6, all: 8 });
});

test("a choice of several stays open while the next question opens below it", () => {
  const answers = { ...begun, interpreter_ok: "yes", dhs_motion: ["dismiss"] };
  assert.deepEqual(plan(master, answers, { open: "dhs_motion" }).open, ["dhs_motion", "respondent"]);
  assert.deepEqual(plan(master, answers).open, ["respondent"]);
});

test("a question that is tapped open is the only one open", () => {
  assert.deepEqual(plan(master, begun, { open: "lawyer" }).open, ["lawyer"]);
  assert.deepEqual(plan(master, begun, { open: "outcome" }).open, ["outcome"]);
});

test("after a jump ahead the first unanswered question is next", () => {
  assert.deepEqual(plan(master, { ...begun, interpreter_ok: "yes", outcome: "continued" }).open, ["dhs_motion"]);
});

test("a finished form opens nothing", () => {
  const answers = { ...begun, interpreter_ok: "yes", dhs_motion: ["none"], outcome: "other", next_hearing: "none" };
  assert.deepEqual(plan(master, answers).open, []);
  assert.deepEqual(progress(plan(master, answers)), { n: 8, all: 8 });
});

test("without a legal box sealed questions are left out and counted", () => {
  const made = plan(salute, {}, { legalBox: false });
  assert.ok(![...ids(made.todo), ...ids(made.more), ...ids(made.notes)].some((id) => ["position", "exact_time", "narrative"].includes(id)));
  assert.ok(made.locked > 5);
  assert.ok(ids(made.more).includes("vehicles"));
});

test("a session asks one part at its beginning and the other at its close", () => {
  assert.deepEqual(ids(plan(session, { type: "master" }, { stage: "open" }).todo), []);
  assert.deepEqual(plan(session, { type: "master" }, { stage: "open" }).open, ["admitted"]);
  const close = plan(session, { type: "master", admitted: "yes" }, { stage: "close" });
  assert.deepEqual([close.open, ids(close.todo)], [["cases_called"], ["without_lawyer", "in_absentia"]]);
  assert.deepEqual(ids(close.more), ["nationalities", "outcomes"]);
});

test("a session of short hearings holds cases; a juvenile one holds none", () => {
  assert.deepEqual(caseForms(session, { type: "master" }), ["master"]);
  assert.deepEqual(caseForms(session, { type: "juvenile" }), []);
  assert.deepEqual(caseForms(session, {}), []);
});

test("a mixed session has a choice for each case", () => {
  const newest = read("session@2.json");
  assert.deepEqual(caseForms(newest, { type: "mixed" }), ["master", "individual", "bond"]);
  assert.deepEqual(caseForms(newest, { type: "bond" }), ["bond"]);
  assert.deepEqual(caseForms(newest, { type: "juvenile" }), []);
});

test("what was seen offers the form for it", () => {
  const seen = (/** @type {string} */ ice_seen) => offered(session, { ice_seen }, hiddenQuestions(session.fields, { ice_seen }));
  assert.deepEqual([seen("yes"), seen("no"), seen("unsure")], [["ice_courthouse"], [], []]);
});

test("answers of several questions stand on one line", () => {
  const known = { lang: /** @type {const} */ ("en"), lists, zone: "UTC" };
  const [lawyer, present, language, interpreter] = master.fields;
  assert.equal(line([lawyer, present, language], begun, known), "No lawyer, in person, Spanish");
  assert.equal(line([lawyer, present, language], begun, { ...known, lang: "es" }), "Sin abogado, en persona, español");
  assert.equal(answerLine([language, interpreter], { ...begun, interpreter_ok: "yes" }, known), "Spanish, interpreter OK");
  assert.equal(answerLine([lawyer], begun, known), "None");
  const [, many, masked] = ice.fields;
  assert.equal(answerLine([many, masked], { how_many: "n2", masked: "none" }, known), "2, none masked");
});

test("wall time and UTC, in winter, in summer, and where clocks jump", () => {
  for (const wall of ["2026-11-23T09:30", "2026-07-01T09:30", "2026-03-08T03:30", "2026-11-01T00:30"]) {
    assert.equal(wallOf(/** @type {number} */ (momentOf(wall, "America/New_York")), "America/New_York"), wall);
  }
  assert.equal(wallOf(/** @type {number} */ (momentOf("2026-03-08T02:30", "America/New_York")), "America/New_York"), "2026-03-08T03:30");
  assert.equal(momentOf("nonsense", "UTC"), null);
});
