// One SVG sprite of exactly the icons that templates, scripts and form definitions name (lucide-static, ISC), and our own mark.
import { readdir, readFile } from "node:fs/promises";
import { glob } from "./files.mjs";

const IN_TEMPLATE = /\bicon\(\s*["']([a-z0-9-]+)["']/g;
/** Where a script names an icon by a word that could mean anything else: `icon(...)`, `icon: ...`, the parts that take one, and what chooses one (`...Icon = (...) => ({...})`). */
const IN_CALL = /\b(?:icon\(((?:[^()]|\([^()]*\))*)\)|icon:\s*([^,}\n]*)|(?:empty|note|part)\(([^()]*)|\w+Icon = [^{\n]*\{([^}]*))/g;
const WORD = /["'`]([a-z0-9]+(?:-[a-z0-9]+)*)["'`]/g;
/** A name with a hyphen that lucide has means the icon, wherever it stands. */
const HYPHENATED = /["'`]([a-z0-9]+(?:-[a-z0-9]+)+)["'`]/g;
const IN_DATA = /"icon":\s*"([a-z0-9-]+)"/g;

/** Ours: a sun half over three lines of a page. The same shape as the app's icon. */
export const MARK = '<path d="M2.5 12h19"/><path d="M7 12a5 5 0 0 1 10 0"/><path d="M6 15.75h12"/><path d="M10 19.5h4"/>';

/**
 * @param {string} top the repository
 * @returns {Promise<Map<string, string>>} icon name to the first file that names it
 */
export async function named(top) {
  const known = new Set((await readdir(`${top}/node_modules/lucide-static/icons`)).map((name) => name.replace(/\.svg$/, "")));
  const found = new Map();
  const add = (name, file) => found.has(name) || found.set(name, file);
  const strict = [[`${top}/templates`, ".html", IN_TEMPLATE], [`${top}/fieldapp`, ".json", IN_DATA], [`${top}/fieldapp`, ".py", IN_TEMPLATE]];
  for (const [folder, end, pattern] of strict) {
    for (const file of await glob(folder, end)) {
      const text = await readFile(file, "utf8");
      for (const [, name] of text.matchAll(pattern)) add(name, file);
      if (end !== ".json") for (const [, name] of text.matchAll(HYPHENATED)) if (known.has(name)) add(name, file);
    }
  }
  for (const file of (await glob(`${top}/static/js`, ".js")).filter((one) => !one.includes("/lib/es/"))) {
    const text = await readFile(file, "utf8");
    for (const [, name] of text.matchAll(IN_TEMPLATE)) add(name, file);
    for (const call of text.matchAll(IN_CALL)) {
      for (const [, name] of call.slice(1).join(" ").matchAll(WORD)) if (known.has(name)) add(name, file);
    }
    for (const [, name] of text.matchAll(HYPHENATED)) if (known.has(name)) add(name, file);
  }
  return found;
}

/**
 * @param {string} top
 * @returns {Promise<string>} the sprite
 */
export async function sprite(top) {
  const symbols = [];
  for (const [name, file] of [...(await named(top))].sort()) {
    symbols.push(`<symbol id="${name}" viewBox="0 0 24 24">${name === "mark" ? MARK : await drawing(top, name, file)}</symbol>`);
  }
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`;
}

async function drawing(top, name, file) {
  const text = await readFile(`${top}/node_modules/lucide-static/icons/${name}.svg`, "utf8").catch(() => {
    throw new Error(`${file} names the icon "${name}", which lucide-static does not have`);
  });
  return text.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").replace(/\s*\n\s*/g, "");
}
