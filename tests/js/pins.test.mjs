// Pins: a cluster carries its worst, places on one coordinate fan out, labels never cover anything.
import assert from "node:assert/strict";
import test from "node:test";
import { folded, stays } from "../../static/js/desk/list.js";
import { next } from "../../static/js/desk/grid.js";
import { cornersOf, linesOf } from "../../static/js/desk/map/corners.js";
import { atFirst, bounds, byWorst, cluster, fan, labels, westward } from "../../static/js/desk/map/pins.js";
import { letters, middle } from "../../static/js/desk/map/states.js";

const pin = (id, state = "ok", missing = 0, lat = 40, lon = -74) => ({ id, lat, lon, state, missing, name: id, city: id, says: id, href: "#" });
const flat = ({ lat, lon }) => ({ x: lon, y: lat });

test("worst first: an alert, then people missing, then claimed, then what runs, then nothing", () => {
  const mixed = [pin("e", "none"), pin("d", "ok"), pin("c", "wait"), pin("b1", "gap", 1), pin("b4", "gap", 4), pin("a", "alert")];
  assert.deepEqual(mixed.sort(byWorst).map((one) => one.id), ["a", "b4", "b1", "c", "d", "e"]);
});

test("a cluster carries its worst and stands in the middle of its members", () => {
  const [group, ...others] = cluster([pin("ok", "ok", 0, 0, 0), pin("gap", "gap", 3, 0, 10), pin("wait", "wait", 0, 0, 5)], flat, 26);
  assert.equal(others.length, 0);
  assert.equal(group.worst.id, "gap");
  assert.equal(group.pins.length, 3);
  assert.deepEqual([group.x, group.y, group.same], [5, 0, false]);
});

test("pins far enough apart stay alone, and every pin is in exactly one group", () => {
  const pins = Array.from({ length: 60 }, (_, i) => pin(`p${i}`, "ok", 0, (i * 37) % 300, (i * 53) % 300));
  const groups = cluster(pins, flat, 26);
  const inside = groups.flatMap((group) => group.pins.map((one) => one.id));
  assert.equal(inside.length, 60);
  assert.equal(new Set(inside).size, 60);
  groups.forEach((a, i) => groups.slice(i + 1).forEach((b) => assert.ok(Math.hypot(a.x - b.x, a.y - b.y) >= 26)));
  for (const group of groups) assert.equal(group.worst, [...group.pins].sort(byWorst)[0]);
  assert.equal(cluster([pin("a", "ok", 0, 0, 0), pin("b", "ok", 0, 0, 26)], flat, 26).length, 2);
});

test("places on one coordinate are known as such", () => {
  assert.equal(cluster([pin("a"), pin("b")], flat, 26)[0].same, true);
  assert.equal(cluster([pin("a")], flat, 26)[0].same, false);
});

test("a fan never lets two pins cover each other, however many there are", () => {
  for (let count = 2; count <= 12; count += 1) {
    const spots = fan(count, 30);
    assert.equal(spots.length, count);
    spots.forEach((a, i) => spots.slice(i + 1).forEach((b) => assert.ok(Math.hypot(a.x - b.x, a.y - b.y) >= 29.8, `${count}`)));
  }
  assert.deepEqual(fan(1, 30), [{ x: 0, y: 0 }]);
});

test("labels cover neither pins nor each other, and stay on the map", () => {
  const wanted = Array.from({ length: 40 }, (_, i) => ({ x: (i * 71) % 380, y: (i * 43) % 260, width: 60 }));
  const spots = labels(wanted, { width: 388, height: 266 }, 14);
  const boxes = spots.flatMap((at, i) => (at ? [{ i, left: at.x, top: at.y, right: at.x + 60, bottom: at.y + 14 }] : []));
  assert.ok(boxes.length > 3);
  for (const box of boxes) {
    assert.ok(box.left >= 0 && box.top >= 0 && box.right <= 388 && box.bottom <= 266);
    for (const other of boxes) assert.ok(other === box || box.left >= other.right || other.left >= box.right || box.top >= other.bottom || other.top >= box.bottom);
    wanted.forEach((one, i) => assert.ok(i === box.i || one.x - 14 >= box.right || one.x + 14 <= box.left || one.y - 14 >= box.bottom || one.y + 14 <= box.top));
  }
});

test("Saipan lies west of Hawaii, and a first look shows the contiguous states", () => {
  assert.equal(westward(145.75), -214.25);
  const pins = [pin("saipan", "ok", 0, 15.2, 145.75), pin("honolulu", "ok", 0, 21.3, -157.9), pin("boston", "ok", 0, 42.4, -71)];
  assert.deepEqual(bounds(pins), [[-214.25, 15.2], [-71, 42.4]]);
  assert.deepEqual(atFirst(pins).map((one) => one.id), ["boston"]);
  assert.equal(atFirst(pins.slice(0, 2)).length, 2);
  assert.equal(bounds([]), null);
});

test("arrows in the grid skip holes and stop at the edge", () => {
  const grid = [["a", null, "c"], [null, null, "f"], ["g", "h", null]];
  assert.equal(next(grid, 0, 0, "ArrowRight"), "c");
  assert.equal(next(grid, 0, 0, "ArrowDown"), "g");
  assert.equal(next(grid, 0, 2, "ArrowDown"), "f");
  assert.equal(next(grid, 2, 1, "ArrowUp"), null);
  assert.equal(next(grid, 0, 0, "ArrowLeft"), null);
  assert.equal(next(grid, 0, 0, "Enter"), null);
});

test("finding asks for every word, in any case, with or without accents", () => {
  const row = { text: folded("Cañón Immigration Court, New York"), is: "court closed" };
  assert.ok(stays(row, "canon york", ""));
  assert.ok(stays(row, "", "court"));
  assert.ok(!stays(row, "canon boston", ""));
  assert.ok(!stays(row, "", "ice"));
});

test("corners are read from lines and written back as they were", () => {
  const text = "40.700000, -74.000000\n40.710000, -73.990000";
  assert.equal(linesOf(cornersOf(text)), text);
  assert.deepEqual(cornersOf("here\n91, 0\n1, 2, 3\n\n1;2\n, 4"), [[1, 2]]);
});

test("a state's letters stand in the middle of its largest piece", () => {
  assert.deepEqual(middle([[0, 0], [4, 0], [4, 4], [0, 4]]), { area: 32, x: 2, y: 2 });
  const big = [[[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]];
  const small = [[[10, 10], [11, 10], [11, 11], [10, 10]]];
  const found = letters({ type: "FeatureCollection", features: [{ type: "Feature", id: "36", properties: {}, geometry: { type: "MultiPolygon", coordinates: [small, big] } }] });
  assert.deepEqual(found.features.map((one) => [one.properties.text, one.geometry.coordinates]), [["NY", [2, 2]]]);
});
