// node tools/lighthouse/run.mjs PORT NAME URL: Lighthouse's four scores of one page in the Chromium that listens on PORT, as one JSON line.
// What costs points follows on the error output, one line each.
import lighthouse from "lighthouse";

const ASKED = ["performance", "accessibility", "best-practices", "seo"];
const [port, name, url] = process.argv.slice(2);
// The storage stays: it is what signs the person in. The network and processor of a middling phone are Lighthouse's own.
const found = await lighthouse(url, { port: Number(port), output: "json", logLevel: "error", disableStorageReset: true, onlyCategories: ASKED });
const { categories, audits, lighthouseVersion } = found.lhr;
const scores = Object.fromEntries(Object.entries(categories).map(([id, { score }]) => [id, Math.round((score ?? 0) * 100)]));
console.log(JSON.stringify({ figure: "lighthouse", page: name, ...scores, aim: 100, lighthouse: lighthouseVersion }));
for (const [category, { auditRefs }] of Object.entries(categories))
  for (const { id, weight } of auditRefs) {
    const { score, title, displayValue } = audits[id];
    if (weight && score !== null && score < 1) console.error(`${name}, ${category}: ${id} ${Math.round(score * 100)}: ${title} ${displayValue ?? ""}`);
  }
