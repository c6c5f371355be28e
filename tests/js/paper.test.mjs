// What is typed in from paper: keys, times and dates as they are written, rows and what they become, without a screen.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { answer, addRow, columnsOf, filled, newBook, paperOf, put, removeRow, restAsAbove, rowAt, serials, toggled, typeIn, SHEET } from "../../static/js/field/paper/book.js";
import { answerFor, choicesOf, foundBy } from "../../static/js/field/paper/keys.js";
import { dateFrom, textOf, timeFrom, valueFrom } from "../../static/js/field/paper/typed.js";
import { serialOf, showSerial } from "../../static/js/lib/serial.js";

const read = (/** @type {string} */ id) => JSON.parse(readFileSync(new URL(`../../fieldapp/observations/catalogue/${id}`, import.meta.url), "utf8"));
const [master, session] = ["master@2.json", "session@2.json"].map(read);
const known = { lang: "en", lists: { "languages@1": read("lists/languages@1.json"), judges: [{ id: "j1", label: "Ash" }] } };
const paper = { part: "2026-11-20/morning", zone: "America/New_York", lang: "en" };
const field = (/** @type {string} */ id) => master.fields.find((/** @type {any} */ one) => one.id === id);
const written = (/** @type {any} */ value) => new Date(value.at).toISOString();

test("the numbers of sheets are those that the server mints", () => {
  for (const right of ["K7M29QX6", "22222222", "ZZZZZZZ5"]) { // as in tests/integration/test_paper.py
    assert.equal(serialOf(showSerial(right).toLowerCase()), right);
    assert.equal(serialOf(` ${right.slice(0, 4)} ${right.slice(4)} `), right);
    assert.equal(serialOf(right.slice(0, 7) + (right[7] === "2" ? "3" : "2")), null);
  }
  assert.equal(serialOf("OIL1-0000"), null);
  assert.equal(serialOf(""), null);
});

test("each answer has a key of its own, and what was not learnt has signs", () => {
  assert.equal(answerFor(field("outcome"), "1", known), "continued");
  assert.equal(answerFor(field("outcome"), "b", known), "other");
  assert.equal(answerFor(field("outcome"), "?", known), "unsure");
  assert.equal(answerFor(field("interpreter_ok"), "n", known), "no");
  assert.equal(answerFor(field("interpreter_ok"), "s", known), "yes");
  assert.equal(answerFor(field("language"), "2", known), "en");
  assert.equal(answerFor(field("language"), "0", known), "not_listed");
  assert.equal(answerFor(field("lawyer"), "9", known), undefined);
  for (const one of master.fields) assert.equal(new Set(choicesOf(one, known).map(({ key }) => key)).size, choicesOf(one, known).length);
});

test("one of a long list is found by its first letters, with or without accents", () => {
  assert.equal(foundBy(field("language"), "mam", known)[0]?.label, "Mam");
  assert.deepEqual(foundBy(field("language"), "  ", known), []);
});

test("a time is read as it stands on paper, in the half-day of the paper", () => {
  assert.equal(written(timeFrom("9:35", paper)), "2026-11-20T14:35:00.000Z");
  assert.equal(written(timeFrom("935", paper)), "2026-11-20T14:35:00.000Z");
  assert.equal(written(timeFrom("1:05", { ...paper, part: "2026-11-20/afternoon" })), "2026-11-20T18:05:00.000Z");
  assert.equal(written(timeFrom("12.40", { ...paper, part: "2026-11-20/afternoon" })), "2026-11-20T17:40:00.000Z");
  assert.equal(written(timeFrom("2:10 p.m.", paper)), "2026-11-20T19:10:00.000Z");
  assert.equal(timeFrom("~9:35", paper)?.exact, false);
  for (const wrong of ["25:00", "9:75", "nine", "13 pm", ""]) assert.equal(timeFrom(wrong, paper), undefined);
});

test("a date without its year is the next one after the paper", () => {
  assert.equal(dateFrom("1/15/27", paper), "2027-01-15");
  assert.equal(dateFrom("1/15", paper), "2027-01-15");
  assert.equal(dateFrom("12/1", paper), "2026-12-01");
  assert.equal(dateFrom("15/1/2027", { ...paper, lang: "es" }), "2027-01-15");
  assert.equal(dateFrom("2027-02-28", paper), "2027-02-28");
  for (const wrong of ["2/30/27", "13/13", "soon"]) assert.equal(dateFrom(wrong, paper), undefined);
});

test("numbers that are out of range are not taken", () => {
  assert.equal(valueFrom(field("case_order"), "12", paper), 12);
  assert.equal(valueFrom(field("case_order"), "501", paper), undefined);
  assert.equal(valueFrom({ ...field("case_order"), type: "money" }, "$5,000.50", paper), 500050);
});

test("what was typed can be typed again as it is shown", () => {
  const value = timeFrom("~9:35", paper);
  assert.deepEqual(timeFrom(textOf(field("exact_time"), value, paper), paper), value);
});

test("text that does not fit stays as it was typed, and is no answer", () => {
  const at = { row: 0, field: "exact_time" };
  const wrong = typeIn(newBook(master), at, field("exact_time"), "25:99", paper);
  assert.deepEqual([rowAt(wrong, 0)?.answers, rowAt(wrong, 0)?.typed], [{}, { exact_time: "25:99" }]);
  const right = typeIn(wrong, at, field("exact_time"), "9:35", paper);
  assert.deepEqual(rowAt(right, 0)?.typed, {});
  assert.deepEqual(rowAt(typeIn(right, at, field("exact_time"), " ", paper), 0)?.answers, {});
});

test("nothing changes the book it is given, so that undoing is going back", () => {
  const before = newBook(session);
  const after = answer(addRow(before), { row: 1, field: "lawyer" }, "none");
  assert.deepEqual(before.rows[0]?.answers, {});
  assert.equal(before.rows.length, 1);
  assert.equal(filled(after).length, 1);
});

test("what stands alone takes the place of the others", () => {
  const motion = field("dhs_motion");
  assert.deepEqual(toggled(motion, ["dismiss"], "other"), ["dismiss", "other"]);
  assert.deepEqual(toggled(motion, ["dismiss", "other"], "none"), ["none"]);
  assert.deepEqual(toggled(motion, ["none"], "dismiss"), ["dismiss"]);
  assert.deepEqual(toggled(motion, ["dismiss"], "dismiss"), []);
});

test("the rest of a row is taken from the row above, but no words and no time", () => {
  let book = answer(answer(answer(newBook(master), { row: 0, field: "lawyer" }, "none"), { row: 0, field: "outcome" }, "continued"), { row: 0, field: "notes" }, "Seen");
  book = answer(addRow(book), { row: 1, field: "lawyer" }, "attorney");
  const columns = columnsOf(master, book.rows, { all: false, legalBox: true });
  assert.deepEqual(rowAt(restAsAbove(book, { row: 1, field: "lawyer" }, columns), 1)?.answers, { lawyer: "attorney", outcome: "continued" });
});

test("the columns are those of the blank, and a line for what is not in the list comes when it is asked for", () => {
  const ids = (/** @type {any} */ book) => columnsOf(master, book.rows, { all: false, legalBox: true }).map((one) => one.id);
  const book = newBook(master);
  assert.deepEqual(ids(book), [SHEET, "exact_time", "lawyer", "present", "language", "interpreter_ok", "dhs_motion", "respondent", "ruling", "outcome", "next_hearing", "lawyer_should_read", "notes"]);
  assert.ok(ids(answer(book, { row: 0, field: "language" }, "not_listed")).includes("language_unlisted"));
  assert.ok(!columnsOf(master, book.rows, { all: false, legalBox: false }).some((one) => one.boxes?.length));
});

test("a row goes on with the sheet of the one before, and counsel can find the line on it", () => {
  const right = "22222222";
  let book = put(newBook(master), 0, { sheet: right });
  for (const n of [0, 1, 2]) book = answer(n ? addRow(book) : book, { row: n, field: "lawyer" }, "none");
  assert.deepEqual(serials(book), [right]);
  assert.deepEqual(book.rows.map((row) => paperOf(book, row)), [1, 2, 3].map((line) => ({ serial: right, line })));
  assert.equal(removeRow(book, 1).rows.length, 2);
  const loose = put(book, 2, { sheet: "" });
  assert.deepEqual(loose.rows.map((row) => paperOf(loose, row).serial), [right, right, null]);
  assert.equal(paperOf(loose, /** @type {any} */ (loose.rows[2])).line, 1);
});
