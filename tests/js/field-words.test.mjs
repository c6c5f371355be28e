// How the phone says dates, times and half-days: in the place's zone, in both languages.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import es from "../../static/js/lib/es/field.js";
import { register, setLanguage } from "../../static/js/lib/i18n.js";
import * as words from "../../static/js/field/words.js";

const NY = "America/New_York";
const NOON = Date.UTC(2026, 10, 23, 17, 20); // Monday 23 November 2026, 12:20 in New York
const HOUR = 3600000;
register("es", es);
beforeEach(() => setLanguage("en"));
const plain = (text) => text.replace(/[\u202f\u00a0]/g, " ");

test("a range says am and pm once where it can", () => {
  assert.equal(plain(words.range(NOON + 40 * 60000, NOON + 40 * 60000 + 3.5 * HOUR, NY)), "1:00 to 4:30 pm");
  assert.equal(plain(words.range(NOON - 3 * HOUR, NOON + HOUR, NY)), "9:20 am to 1:20 pm");
});

test("a time always carries its zone, also across the change of clocks", () => {
  assert.equal(plain(words.timeZoned(NOON, NY)), "12:20 pm EST");
  assert.equal(plain(words.timeZoned(Date.UTC(2026, 6, 1, 16), NY)), "12:00 pm EDT");
  assert.equal(words.zoneLong(NOON, NY), "New York time (EST)");
  setLanguage("es");
  assert.equal(words.zoneLong(NOON, NY), "Hora de Nueva York (EST)");
});

test("half-days of today, yesterday and last week", () => {
  assert.equal(words.halfDay("2026-11-23/afternoon", NOON, NY), "this afternoon");
  assert.equal(words.halfDay("2026-11-23/night", NOON, NY), "last night");
  assert.equal(words.halfDay("2026-11-23/night", NOON + 10 * HOUR, NY), "tonight");
  assert.equal(words.halfDay("2026-11-22/morning", NOON, NY), "Sunday morning");
  assert.equal(words.halfDay("2026-11-10/morning", NOON, NY), "Nov 10 morning");
});

test("a record's half-day follows the place's wall clock", () => {
  const at = (hour) => words.dayPart(Date.UTC(2026, 10, 23, hour + 5, 0), NY);
  assert.deepEqual([3, 4, 11, 12, 16, 17, 21, 22].map(at), [
    "2026-11-23/night", "2026-11-23/morning", "2026-11-23/morning", "2026-11-23/afternoon", "2026-11-23/afternoon",
    "2026-11-23/evening", "2026-11-23/evening", "2026-11-23/night",
  ]);
});

test("days have the names that people use", () => {
  assert.deepEqual(words.dayHead(NOON, NOON, NY), { name: "Today", rest: "Monday, Nov 23" });
  assert.equal(words.dayHead(NOON + 24 * HOUR, NOON, NY).name, "Tomorrow");
  assert.deepEqual(words.dayHead(NOON + 48 * HOUR, NOON, NY), { name: "Wednesday", rest: "Nov 25" });
  setLanguage("es");
  assert.equal(words.dayHead(NOON + 48 * HOUR, NOON, NY).name, "Miércoles");
});

test("how long until a shift", () => {
  assert.equal(words.startsIn(NOON + 40 * 60000, NOON), "Starts in 40 min");
  assert.equal(words.startsIn(NOON + 5 * HOUR, NOON), "Starts in 5 h");
  assert.equal(words.startsIn(NOON + 48 * HOUR, NOON), "Starts in 2 days");
  assert.equal(words.startsIn(NOON - 1, NOON), "Has started");
});
