// One SVG sprite of exactly the icons that templates, scripts and form definitions name (lucide-static, ISC), and our own mark.
import { readFile } from "node:fs/promises";
import { glob } from "./files.mjs";

const IN_TEMPLATE = /\bicon\(\s*["']([a-z0-9-]+)["']/g;
const IN_SCRIPT = /\b(?:icon\(\s*|icon:\s*|data-icon=)["'`]([a-z0-9-]+)["'`]/g;
const IN_DATA = /"icon":\s*"([a-z0-9-]+)"/g;

/** Ours: a sun half over three lines of a page. The same shape as the app's icon. */
export const MARK = '<path d="M2.5 12h19"/><path d="M7 12a5 5 0 0 1 10 0"/><path d="M6 15.75h12"/><path d="M10 19.5h4"/>';

/**
 * @param {string} top the repository
 * @returns {Promise<Map<string, string>>} icon name to the first file that names it
 */
export async function named(top) {
  const found = new Map();
  const sources = [
    ...(await glob(`${top}/templates`, ".html")).map((file) => [file, IN_TEMPLATE]),
    ...(await glob(`${top}/static/js`, ".js")).map((file) => [file, IN_SCRIPT]),
    ...(await glob(`${top}/fieldapp`, ".json")).map((file) => [file, IN_DATA]),
    ...(await glob(`${top}/fieldapp`, ".py")).map((file) => [file, IN_TEMPLATE]),
  ];
  for (const [file, pattern] of sources) {
    for (const [, name] of (await readFile(file, "utf8")).matchAll(pattern)) if (!found.has(name)) found.set(name, file);
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
