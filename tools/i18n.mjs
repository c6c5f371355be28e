// Every text that the phone's JavaScript asks t() for has Spanish: node tools/i18n.mjs
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const top = new URL("..", import.meta.url).pathname;
const base = join(top, "static/js");

/** @param {string} dir @returns {string[]} */
function files(dir) {
  return readdirSync(dir).flatMap((name) => {
    const path = join(dir, name);
    return statSync(path).isDirectory() ? files(path) : path.endsWith(".js") ? [path] : [];
  });
}

const CALL = /\b(?:t|N_)\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`$]*`)/g;
const { missing: lacking, register } = await import(pathToFileURL(join(base, "lib/i18n.js")).href);
for (const name of readdirSync(join(base, "lib/es"))) {
  const { default: words } = await import(pathToFileURL(join(base, "lib/es", name)).href);
  if (words) register("es", words);
}

let count = 0;
for (const path of files(base).filter((p) => !p.includes("/lib/es/"))) {
  for (const [, literal] of readFileSync(path, "utf8").matchAll(CALL)) {
    const text = literal.startsWith('"') ? JSON.parse(literal) : literal.slice(1, -1).replaceAll("\\'", "'");
    if (lacking("es", [text]).length) {
      console.log(`${path.slice(top.length)}: no Spanish: ${JSON.stringify(text)}`);
      count += 1;
    }
  }
}
process.exit(count ? 1 : 0);
