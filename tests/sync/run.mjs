// node tests/sync/run.mjs --seeds 5000 [--from N]: the real outbox through N seeded worlds. Prints each failing seed with its trace.
import { parseArgs } from "node:util";
import { generateHybridIdentity, identityToRecipient } from "age-encryption";
import { ageSealer } from "../../static/js/outbox/browser.js";
import { openOutbox } from "../../static/js/outbox/index.js";
import { runSeed, sealTo } from "./scenario.mjs";

const { values } = parseArgs({ options: { seeds: { type: "string", default: "5000" }, from: { type: "string", default: "0" }, trace: { type: "boolean" } } });
const from = Number(values.from);
const count = Number(values.seeds);
sealTo(await identityToRecipient(await generateHybridIdentity()));

const loose = [];
process.on("unhandledRejection", (error) => loose.push(error));

let passed = 0;
let failed = 0;
let steps = 0;
let captured = 0;
for (let seed = from; seed < from + count; seed++) {
  loose.length = 0;
  try {
    const scenario = await runSeed(seed, { openOutbox, sealer: ageSealer, tracing: values.trace });
    if (loose.length) throw loose[0];
    steps += scenario.world.steps;
    captured += scenario.captured.size;
    passed += 1;
  } catch (error) {
    failed += 1;
    if (failed <= 3) {
      const again = await runSeed(seed, { openOutbox, sealer: ageSealer, tracing: true }).catch((same) => same);
      console.log(`seed ${seed}: ${error.stack}\n${(again.trace ?? again.world?.trace ?? []).slice(-60).join("\n")}`);
    } else console.log(`seed ${seed}: ${error.message}`);
  }
}
console.log(`${steps} steps, ${captured} records saved`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
