// Forms: the vectors that Python runs too (tests/unit/test_forms.py).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { hiddenQuestions, holds } from "../../static/js/lib/forms/conditions.js";
import { cellOf, newRowId, ROW_ID } from "../../static/js/lib/forms/definition.js";
import { looksPrivate, takeOut } from "../../static/js/lib/forms/gentle.js";
import { formHash } from "../../static/js/lib/forms/hash.js";
import { readOut } from "../../static/js/lib/forms/readout.js";
import { labels } from "../../static/js/lib/forms/say.js";
import { patch, split } from "../../static/js/lib/forms/split.js";
import { validate } from "../../static/js/lib/forms/validate.js";

const read = (/** @type {string} */ path) => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), "utf8"));
const vectors = read("tests/vectors/forms.json");
const catalogue = "fieldapp/observations/catalogue";
const lists = {
  ...vectors.lists,
  "languages@1": read(`${catalogue}/lists/languages@1.json`),
  "countries@1": read(`${catalogue}/lists/countries@1.json`),
};
const form = (/** @type {string} */ ref) => (ref === "every@1" ? vectors.form : read(`${catalogue}/${ref}.json`));
const pairs = (/** @type {[string, unknown][] | undefined} */ cells) => (cells ?? []).map(([path, value]) => ({ path, value }));

for (const one of vectors.conditions) {
  test(`a condition: ${one.name}`, () => assert.equal(holds(one.condition, one.answers), one.result));
}
for (const one of vectors.hidden) {
  test(`not asked: ${one.name}`, () => assert.deepEqual([...hiddenQuestions(form(one.form).fields, one.answers)], one.hidden));
}
for (const { name, form: ref, cells, complete, amendment, problems } of vectors.validation) {
  test(`checked: ${name}`, () => assert.deepEqual(validate(form(ref), cells, { complete, amendment, lists }), problems));
}
for (const one of vectors.splitting) {
  test(`split: ${one.name}`, () => assert.deepEqual(split(form(one.form), one.answers, one.system), one.cells));
  test(`split, then valid in the open: ${one.name}`, () => {
    const open = split(form(one.form), one.answers, one.system).filter((cell) => cell.box === null);
    assert.deepEqual(validate(form(one.form), open, { complete: false, lists }).filter(({ code }) => code !== "missing"), []);
  });
}
for (const one of vectors.patching) {
  test(`amended: ${one.name}`, () => assert.deepEqual(patch(form(one.form), one.before, one.after), one.cells));
}
for (const { name, form: ref, lang, path, value, zone, question, answer } of vectors.labels) {
  test(`in words: ${name}`, () => assert.deepEqual(labels(form(ref), lang, path, value, { lists, zone }), { question, answer }));
}
for (const { name, form: ref, records, entries } of vectors.readout) {
  test(`read as one: ${name}`, () => {
    const sources = records.map((/** @type {any} */ one) => ({ record: one.record, open: pairs(one.open), sealed: pairs(one.sealed) }));
    assert.deepEqual(readOut(ref && form(ref), sources), entries);
  });
}
for (const { text, found } of vectors.gentle) {
  test(`looks private: ${text}`, () => assert.deepEqual(looksPrivate(text).map((look) => [look.kind, look.text]), found));
}
for (const [ref, hash] of Object.entries(vectors.form_hashes)) {
  test(`the hash of ${ref} is the same here`, async () => assert.equal(await formHash(form(ref)), hash));
}

test("what is taken out of a note leaves the rest", () => {
  const text = "Call 917-555-0148 now.";
  assert.equal(takeOut(text, looksPrivate(text)[0], "[…]"), "Call […] now.");
});

test("row ids are as the protocol wants them, and never the same", () => {
  const ids = Array.from({ length: 200 }, newRowId);
  assert.ok(ids.every((id) => ROW_ID.test(id) && id.length === 8));
  assert.equal(new Set(ids).size, ids.length);
});

test("a position is coarsened to hundredths of a degree", () => {
  assert.equal(cellOf({ lat: 40_714_999, lon: -74_005_001 }), "4071,-7401");
});
