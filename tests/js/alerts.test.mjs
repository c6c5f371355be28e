// What the alert board's clocks say, and the notice page's words.
import assert from "node:assert/strict";
import { test } from "node:test";
import { reading, span } from "../../static/js/desk/alerts/clock.js";
import { order } from "../../static/js/desk/alerts/follow.js";
import { ago, cellWords, whatOf, whoHasIt } from "../../static/js/notice/words.js";
import { missing, register } from "../../static/js/lib/i18n.js";
import board from "../../static/js/lib/es/alerts.js";
import notice from "../../static/js/lib/es/notice.js";

const MINUTE = 60000;

test("a clock counts down, is near in its last quarter, and says by how much it is over", () => {
  const at = (now) => reading({ start: 0, due: 3 * MINUTE, now });
  assert.deepEqual(at(0), { text: "3:00 left", part: 0, state: "" });
  assert.deepEqual(at(2 * MINUTE), { text: "1:00 left", part: 2 / 3, state: "" });
  assert.deepEqual(at(2.5 * MINUTE), { text: "0:30 left", part: 2.5 / 3, state: "near" });
  assert.deepEqual(at(3 * MINUTE + 72000), { text: "over by 1:12", part: 1, state: "over" });
});

test("a clock that has not begun, or a computer whose clock is wrong, shows no nonsense", () => {
  assert.equal(reading({ start: MINUTE, due: 2 * MINUTE, now: 0 }).part, 0);
  assert.equal(reading({ start: 0, due: 0, now: 0 }).text, "0:00 left");
});

test("spans show hours only when there are some", () => {
  assert.equal(span(59999), "0:59");
  assert.equal(span(72 * MINUTE), "1:12:00");
});

test("the order of a list is read from its rows", () => {
  assert.deepEqual(order({ querySelectorAll: () => [] }), []);
});

test("people are roles, and a cell is words", () => {
  assert.equal(whoHasIt("lead"), "The lead of the shift has it");
  assert.equal(whoHasIt("anything"), "A coordinator has it");
  assert.equal(whatOf("need_help"), "Somebody needs help");
  assert.equal(cellWords("4071,-7401"), "Within about 1 km of 40.71, -74.01");
  assert.equal(ago(20000), "just now");
  assert.equal(ago(6 * MINUTE), "6 min ago");
});

test("both pages have their Spanish", () => {
  register("es", board);
  register("es", notice);
  assert.deepEqual(missing("es", ["over by {time}", "NOT SENT", "I can't", "You have it"]), []);
});
