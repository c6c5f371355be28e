// node tests/sync/media-planted.mjs: do the tests of media bite? With each bug planted in a copy of the sources, at least one of them must fail.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { MEDIA_BUGS } from "./media-bugs.mjs";

const TOP = join(dirname(fileURLToPath(import.meta.url)), "../..");
const PLACE = join(TOP, "build", "planted-media");
const PATIENCE_MS = 30_000; // a bug that makes a test wait for ever is caught, too

/** @returns {{failed: boolean, says: string}} of the tests, run on a copy with these edits */
function run(edits) {
  rmSync(PLACE, { recursive: true, force: true });
  for (const part of ["static/js/lib", "static/js/outbox", "tests/sync"]) cpSync(join(TOP, part), join(PLACE, part), { recursive: true });
  mkdirSync(join(PLACE, "tests/js"), { recursive: true });
  cpSync(join(TOP, "tests/js/media.test.mjs"), join(PLACE, "tests/js/media.test.mjs"));
  for (const [file, from, to] of edits) {
    const path = join(PLACE, "static/js", file);
    const text = readFileSync(path, "utf8");
    assert.equal(text.split(from).length, 2, `${file} must have this exactly once: ${from}`);
    writeFileSync(path, text.replace(from, () => to));
  }
  const done = spawnSync("node", ["--test", "--test-reporter=tap", join(PLACE, "tests/js/media.test.mjs")], { cwd: PLACE, timeout: PATIENCE_MS, encoding: "utf8" });
  return { failed: done.status !== 0, says: /^ *not ok \d+ - (.*)$/m.exec(done.stdout)?.[1] ?? "never ends" };
}

assert.equal(run([]).failed, false, "without a bug the tests pass");
let caught = 0;
for (const { name, edits } of MEDIA_BUGS) {
  const { failed, says } = run(edits);
  if (failed) caught += 1;
  console.log(failed ? `caught  ${name}: ${says}` : `MISSED  ${name}`);
}
rmSync(PLACE, { recursive: true, force: true });
console.log(`${caught} of ${MEDIA_BUGS.length} planted bugs of media caught`);
process.exitCode = caught === MEDIA_BUGS.length ? 0 : 1;
