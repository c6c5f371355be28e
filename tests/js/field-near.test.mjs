// Which places the list before a form begins with.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { nearFirst } from "../../static/js/field/near.js";
import { state } from "../../static/js/field/state.js";

const NOW = Date.UTC(2026, 10, 23, 17, 20);
const HOUR = 3600000;
const at = (/** @type {string} */ id, /** @type {string} */ chapter, /** @type {number} */ lat, /** @type {number} */ lon) => /** @type {any} */ ({ id, chapter, name: id, address: "", lat: lat * 1e6, lon: lon * 1e6 });
const PLACES = [at("anchorage", "top", 61.2, -149.9), at("boston", "mine", 42.3, -71.1), at("newark", "mine", 40.7, -74.2), at("plaza", "mine", 40.7, -74), at("albany", "top", 42.7, -73.8)];
const shift = (/** @type {string} */ place, /** @type {number} */ from) => ({
  id: place, place, zone: "UTC", starts_at: NOW + from, ends_at: NOW + from + 3 * HOUR, state: "claimed", here_at: null, quiet_until: null, out_at: null, after: null,
});
const ids = () => nearFirst(PLACES).map(({ id }) => id);

beforeEach(() => {
  const known = { places: PLACES, chapter: { id: "mine" }, above: ["top"] };
  Object.assign(state, { now: NOW, items: [], court: null, here: null, lock: "none", snapshot: { server_at: NOW, public: known, personal: { shifts: { mine: [], open: [], rest: [] } } } });
});

test("the place of one's own shift comes first, the nearest in time before others", () => {
  /** @type {any} */ (state.snapshot).personal.shifts.mine = [shift("boston", 48 * HOUR), shift("plaza", HOUR)];
  assert.deepEqual(ids(), ["plaza", "boston", "newark", "albany", "anchorage"]);
});

test("without a shift one's own chapter's places come first, then those above, nearest first", () => {
  assert.deepEqual(ids().slice(3), ["albany", "anchorage"]);
  assert.equal(ids().length, PLACES.length);
});

test("where something was written last is likelier than what is only near", () => {
  state.items = [/** @type {any} */ ({ id: "r", kind: "observation", label: { place: "albany" } })];
  assert.equal(ids()[0], "albany");
});
