// node tests/sync/planted.mjs: do the simulator's invariants bite? Each planted bug must be caught within a number of seeds.
// A bug of the phone is made in a copy of static/js under build/; that the text to replace is there exactly once is asserted.
import assert from "node:assert/strict";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { openOutbox } from "../../static/js/outbox/index.js";
import { PHONE_BUGS, SERVER_BUGS } from "./bugs.mjs";
import { runSeed } from "./scenario.mjs";

const TOP = join(dirname(fileURLToPath(import.meta.url)), "../..");
const PLACE = join(TOP, "build", "planted");
const WITHIN = 1500;

process.on("unhandledRejection", () => undefined); // Planted bugs leave loose ends; what counts is what the invariants see.

/** The outbox with a bug in it. */
async function planted({ edits }, n) {
  const copy = join(PLACE, String(n));
  for (const part of ["lib", "outbox"]) cpSync(join(TOP, "static/js", part), join(copy, part), { recursive: true });
  for (const [file, from, to] of edits) {
    const text = readFileSync(join(copy, file), "utf8");
    assert.equal(text.split(from).length, 2, `${file} must have this exactly once: ${from}`);
    writeFileSync(join(copy, file), text.replace(from, () => to));
  }
  return (await import(pathToFileURL(join(copy, "outbox/index.js")).href)).openOutbox;
}

/** @returns the first seed that catches it and what it says, or null */
async function hunt(options) {
  for (let seed = 0; seed < WITHIN; seed++) {
    if (seed % 250 === 7) continue; // The worlds with real WebCrypto and age are slow and not needed here.
    try {
      await runSeed(seed, options);
    } catch (error) {
      return { seed, says: error.message.split("\n")[0] };
    }
  }
  return null;
}

rmSync(PLACE, { recursive: true, force: true });
const all = [
  ...PHONE_BUGS.map((bug, n) => ({ name: bug.name, options: async () => ({ openOutbox: await planted(bug, n) }) })),
  ...SERVER_BUGS.map((bug) => ({ name: bug.name, options: async () => ({ openOutbox, bugs: bug.bugs }) })),
];
let caught = 0;
for (const { name, options } of all) {
  const found = await hunt(await options());
  if (found) caught += 1;
  console.log(found ? `caught  ${name}: seed ${found.seed}: ${found.says.slice(0, 140)}` : `MISSED  ${name}: ${WITHIN} seeds saw nothing`);
}
rmSync(PLACE, { recursive: true, force: true });
console.log(`${caught} of ${all.length} planted bugs caught`);
process.exitCode = caught === all.length ? 0 : 1;
