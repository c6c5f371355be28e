// node tools/sizes.mjs: what a phone loads, gzipped, one JSON line a figure (kB of 1,000 bytes; budgets beside them).
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const DIST = join(dirname(dirname(fileURLToPath(import.meta.url))), "static/dist");
const read = async (name) => JSON.parse(await readFile(join(DIST, name), "utf8"));
const size = async (names) => (await Promise.all(names.map(async (name) => gzipSync(await readFile(join(DIST, name)), { level: 9 }).length))).reduce((a, b) => a + b, 0);

const [manifest, preload, precache] = [await read("manifest.json"), await read("preload.json"), await read("precache.json")];
const kept = precache.filter((url) => url.startsWith("/static/dist/")).map((url) => url.slice("/static/dist/".length));
const figures = [
  ["first screen, scripts", [manifest["app.js"], ...preload["app.js"]], 45],
  ["first screen, style", [manifest["field.css"]], 12],
  ["precached", kept, 200],
  ["service worker", ["sw.js"], null],
];
for (const [figure, names, budget] of figures) {
  const kB = Math.round((await size(names)) / 100) / 10;
  console.log(JSON.stringify({ figure, kB, budget, files: names.length }));
}
