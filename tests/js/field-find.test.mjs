// What a person's own acts change on the screen before the server has answered, and after.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { ahead, counts, current, here, justLeft, presence, standing, shift } from "../../static/js/field/find.js";
import { state } from "../../static/js/field/state.js";

const NOW = Date.UTC(2026, 10, 23, 17, 20);
const HOUR = 3600000;
const PLACE = { id: "p1", zone: "America/New_York", address: "26 Federal Plaza", city: "New York" };

const told = (id, from, more = {}) => ({
  id, place: "p1", zone: "America/New_York", starts_at: NOW + from, ends_at: NOW + from + 3 * HOUR, minimum: 2, seats: 4, taken: 1, confirmed: 0,
  experienced: true, purpose: "monitoring", ...more,
});
const own = { state: "claimed", here_at: null, quiet_until: null, out_at: null, after: null };
const act = (kind, id, status = "saved", more = {}) => ({
  id: `${kind}-${id}`, kind, shift: id, saved_at: NOW, received_at: null, status: { state: status, code: null }, label: { kind, shift: id, ...more.label }, ...more,
});

beforeEach(() => {
  const shifts = { mine: [told("mine", -HOUR, own)], open: [told("open", 5 * HOUR)], rest: [] };
  Object.assign(state, { now: NOW, items: [], court: null, snapshot: { server_at: NOW, fetched_at: NOW, public: { places: [PLACE], chapter: { zone: "UTC" } }, personal: { shifts } } });
});

test("a claim saved here is asked for, not one's own yet", () => {
  state.items = [act("claim", "open")];
  assert.equal(standing(shift("open")), "asked");
  assert.ok(!ahead().some((one) => one.id === "open"));
});

test("a claim received after the snapshot is one's own before the next one", () => {
  state.items = [act("claim", "open", "received", { received_at: NOW + 1 })];
  assert.equal(standing(shift("open")), "yours");
});

test("a claim that was not applied changes nothing", () => {
  state.items = [act("claim", "open", "not_applied", { received_at: NOW + 1 })];
  assert.equal(standing(shift("open")), "not_yours");
});

test("a shift counts as one's own until giving it back is received", () => {
  state.items = [act("release", "mine")];
  assert.equal(standing(shift("mine")), "giving_back");
  state.items = [act("release", "mine", "received", { received_at: NOW + 1 })];
  assert.equal(standing(shift("mine")), "not_yours");
});

test("being here and being out show at once, without network", () => {
  assert.equal(current(), undefined);
  state.items = [act("check_in", "mine")];
  assert.equal(current()?.id, "mine");
  assert.deepEqual(here(), { place: "p1", shift: "mine" });
  state.items = [act("check_in", "mine"), act("quiet", "mine", "saved", { label: { until: NOW + HOUR } }), act("check_out", "mine")];
  assert.equal(current(), undefined);
  assert.equal(justLeft()?.id, "mine");
  assert.equal(presence(shift("mine")).quiet_until, NOW + HOUR);
});

test("how one was is asked once", () => {
  state.items = [act("check_out", "mine"), act("after", "mine")];
  assert.equal(justLeft(), undefined);
});

test("what waits for a sign-in is not what needs attention", () => {
  const waits = (code) => ({ ...act("claim", "open", "attention"), status: { state: "attention", code } });
  state.items = [waits("unknown_key"), waits("too_large"), act("check_in", "mine")];
  const { held, attention, signIn } = counts();
  assert.deepEqual({ held, attention, signIn }, { held: 3, attention: 1, signIn: 1 });
});
