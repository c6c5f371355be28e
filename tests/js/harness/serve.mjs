// Serves the form by itself on a port of loopback, under the product's own content security policy: node serve.mjs [PORT]. It says its port.
import { readFile, readdir } from "node:fs/promises";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";
import { sprite } from "../../../tools/assets/sprite.mjs";

const TOP = fileURLToPath(new URL("../../../", import.meta.url));
const CATALOGUE = `${TOP}fieldapp/observations/catalogue`;
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types lit-html fieldapp default";

async function bundle(/** @type {string} */ entry) {
  const built = await esbuild.build({ entryPoints: [`${TOP}${entry}`], bundle: true, write: false, format: "esm", target: "es2022", absWorkingDir: TOP, logLevel: "warning" });
  return built.outputFiles[0].text;
}

async function json(/** @type {string} */ folder) {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".json"));
  return Promise.all(names.map(async (name) => [name.slice(0, -5), JSON.parse(await readFile(`${folder}/${name}`, "utf8"))]));
}

/** The product's sprite, and what only the frame around the form needs. */
async function icons() {
  const more = ["chevron-left", "megaphone", "smartphone"].map(async (name) => {
    const text = await readFile(`${TOP}node_modules/lucide-static/icons/${name}.svg`, "utf8");
    return `<symbol id="${name}" viewBox="0 0 24 24">${text.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "")}</symbol>`;
  });
  return (await sprite(TOP)).replace("</svg>", `${(await Promise.all(more)).join("")}</svg>`);
}

const catalogue = async () => JSON.stringify({ forms: [...(await json(CATALOGUE)).map(([, form]) => form), JSON.parse(await readFile(`${TOP}tests/vectors/forms.json`, "utf8")).form], lists: Object.fromEntries(await json(`${CATALOGUE}/lists`)) });
const page = async () => `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"><title>Form</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/tokens.css"><link rel="stylesheet" href="/field.css"><script type="module" src="/page.js"></script></head><body class="screen"></body></html>`;

/** @type {Record<string, [string, () => Promise<string>]>} */
const served = {
  "/": ["text/html", page],
  "/page.js": ["text/javascript", () => bundle("tests/js/harness/page.js")],
  "/tokens.css": ["text/css", () => readFile(`${TOP}static/css/tokens.css`, "utf8")],
  "/field.css": ["text/css", () => bundle("static/css/field.css")],
  "/catalogue.json": ["application/json", catalogue],
  "/axe.js": ["text/javascript", () => readFile(`${TOP}node_modules/axe-core/axe.min.js`, "utf8")],
  "/static/dist/icons.svg": ["image/svg+xml", icons],
};

const server = createServer(async (request, response) => {
  const [type, make] = served[new URL(request.url ?? "/", "http://localhost").pathname] ?? ["text/plain", null];
  response.writeHead(make ? 200 : 404, { "content-type": `${type}; charset=utf-8`, "content-security-policy": CSP, "cache-control": "no-store" });
  response.end(make ? await make() : "");
});
server.listen(Number(process.argv[2] ?? 0), "127.0.0.1", () => console.log(/** @type {import("node:net").AddressInfo} */ (server.address()).port));
