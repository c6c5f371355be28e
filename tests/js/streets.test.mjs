// How a basemap is drawn: layers of both common schemas, nothing written, and who made it as plain text.
import assert from "node:assert/strict";
import { test } from "node:test";
import { credit, streetLayers } from "../../static/js/desk/map/streets.js";

const colour = () => "#123456";

test("a file's own layers are drawn, and only those", () => {
  const from = new Set(streetLayers(new Set(["water", "transportation", "landcover"]), colour).map((layer) => layer["source-layer"]));
  assert.deepEqual([...from].sort(), ["landcover", "transportation", "water"]);
});

test("a file that does not say what it has is tried for everything, and nothing is written on the map", () => {
  const layers = streetLayers(new Set(), colour);
  assert.ok(["roads", "transportation", "boundaries", "boundary", "earth"].every((name) => layers.some((layer) => layer["source-layer"] === name)));
  assert.ok(layers.every(({ type }) => type === "fill" || type === "line"));
  assert.equal(new Set(layers.map(({ id }) => id)).size, layers.length);
});

test("who made it is plain text, and OpenStreetMap is always named", () => {
  assert.equal(credit('<a href="https://x.example">Protomaps</a> &copy; OpenStreetMap'), "Protomaps © OpenStreetMap");
  assert.equal(credit(undefined), "© OpenStreetMap contributors");
  assert.equal(credit("Somebody"), "Somebody © OpenStreetMap contributors");
  assert.equal(credit("<img src=x onerror=alert(1)>"), "© OpenStreetMap contributors");
});
