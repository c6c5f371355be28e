// Names of custom elements: a second definition of one throws, and takes the page that loads it with it.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const SOURCES = new URL("../../static/js/", import.meta.url);

test("no two elements have the same name", () => {
  const files = readdirSync(SOURCES, { recursive: true }).map(String).filter((name) => name.endsWith(".js"));
  const names = files.flatMap((name) => [...readFileSync(new URL(name, SOURCES), "utf8").matchAll(/customElements\.define\("([^"]+)"/g)].map((found) => found[1]));
  assert.ok(names.length > 10);
  assert.deepEqual(names.filter((name, i) => names.indexOf(name) !== i), []);
});
