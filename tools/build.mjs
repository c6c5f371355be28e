// node tools/build.mjs [--watch]: scripts, styles, icons and the service worker into static/dist.
//
// Every file directly in static/js/ is an entry (a page family each); modules they share become chunks. Names carry hashes;
// manifest.json maps logical to hashed names, preload.json an entry to the chunks it imports at once. Source maps are off.
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import esbuild from "esbuild";
import { glob, hash, writeHashed } from "./assets/files.mjs";
import { pngIcon, svgIcon } from "./assets/icons.mjs";
import { sprite } from "./assets/sprite.mjs";

const TOP = dirname(dirname(fileURLToPath(import.meta.url)));
const DIST = join(TOP, "static/dist");
const WATCH = process.argv.includes("--watch");
const COMMON = { bundle: true, charset: "utf8", minify: true, sourcemap: false, target: "es2022", legalComments: "none", logLevel: "warning", absWorkingDir: TOP };
const STYLES = ["legal", "field", "desk", "map", "shifts", "training", "coverage", "paper", "guides", "partners"];
/** What the phone keeps for cold offline starts. Sealing loads lazily but is among its chunks; maps never are. */
const KEPT = ["early.js", "app.js", "notice.js", "field.css", "icons.svg", "icon.svg"];
/** Entries that only a phone loads. */
const PHONE = new Set(["app", "notice"]);
/** The build's notes to the server. */
const NOTES = new Set(["manifest.json", "preload.json", "precache.json"]);

/** @returns {Promise<{in: string, out: string}[]>} */
async function entries() {
  const scripts = (await readdir(join(TOP, "static/js"))).filter((name) => name.endsWith(".js") && name !== "sw.js");
  const found = scripts.map((name) => ({ in: `static/js/${name}`, out: name.slice(0, -3) }));
  for (const name of STYLES) if (existsSync(join(TOP, `static/css/${name}.css`))) found.push({ in: `static/css/${name}.css`, out: name });
  // MapLibre's worker is a module of its own; it shares a chunk with the map's page.
  if (scripts.includes("map.js")) found.push({ in: "node_modules/maplibre-gl/dist/maplibre-gl-worker.mjs", out: "maplibre-worker" });
  return found;
}

/**
 * @param {import("esbuild").Metafile} meta
 * @returns {{manifest: Record<string, string>, preload: Record<string, string[]>, all: Record<string, string[]>}}
 */
function readMeta(meta) {
  const [manifest, preload, all] = [{}, {}, {}];
  for (const [path, output] of Object.entries(meta.outputs)) {
    if (!output.entryPoint) continue;
    const name = basename(path);
    const logical = name.replace(/-[A-Z0-9]{8}(?=\.\w+$)/, "");
    if (!isEntry(output.entryPoint)) continue;
    manifest[logical] = name;
    preload[logical] = follow(meta, path, false);
    all[logical] = follow(meta, path, true);
  }
  return { manifest, preload, all };
}

/** Dynamically imported modules are entry points to esbuild too; a page never names them. */
function isEntry(path) {
  return /^static\/(js|css)\/[^/]+$/.test(path) || path.endsWith("maplibre-gl-worker.mjs");
}

/** The outputs that `path` imports: at once, or lazily as well. */
function follow(meta, path, lazily) {
  const seen = new Set();
  const walk = (one) => {
    for (const { path: next, kind } of meta.outputs[one]?.imports ?? []) {
      if (kind === "dynamic-import" && !lazily) continue;
      if (!meta.outputs[next] || seen.has(next)) continue;
      seen.add(next);
      walk(next);
    }
  };
  walk(path);
  return [...seen].map((one) => basename(one));
}

async function pictures() {
  const made = { "icon.svg": svgIcon(), "icon-192.png": pngIcon(192), "icon-512.png": pngIcon(512), "icon-maskable.png": pngIcon(512, { radius: 0, scale: 0.5 }) };
  const more = { "apple-touch-icon.png": pngIcon(180, { radius: 0, scale: 0.58 }), "badge.png": pngIcon(96, { radius: 0.5, scale: 0.56 }), "icons.svg": await sprite(TOP) };
  const plain = { "plain-192.png": pngIcon(192, { plain: true }), "plain-512.png": pngIcon(512, { plain: true }), "plain-maskable.png": pngIcon(512, { radius: 0, scale: 0.5, plain: true }),
    "plain-touch.png": pngIcon(180, { radius: 0, scale: 0.58, plain: true }) };
  const names = {};
  for (const [name, content] of Object.entries({ ...made, ...more, ...plain })) names[name] = await writeHashed(DIST, name, content);
  return names;
}

/** The map's own shapes (us-atlas, ISC): states first, counties when somebody looks closer. No tiles, no other origin. */
async function shapes() {
  const names = {};
  for (const name of ["states", "counties"]) {
    names[`${name}.json`] = await writeHashed(DIST, `${name}.json`, await readFile(join(TOP, `node_modules/us-atlas/${name}-10m.json`)));
  }
  return names;
}

/** What the service worker keeps: hashed files need no revision, pages get one of all that could change them. */
async function precache(manifest, all) {
  const files = new Set();
  for (const name of KEPT) {
    if (!manifest[name]) continue;
    files.add(manifest[name]);
    for (const chunk of all[name] ?? []) files.add(chunk);
  }
  const templates = await Promise.all((await glob(join(TOP, "templates"), ".html")).map((file) => readFile(file)));
  const revision = hash([...files, ...templates.map((text) => hash(text))].join("\n"));
  return [
    { url: "/", revision },
    ...[...files].sort().map((name) => ({ url: `/static/dist/${name}`, revision: null })),
  ];
}

async function worker(kept, manifest) {
  if (!existsSync(join(TOP, "static/js/sw.js"))) return;
  const told = { precache: kept, icon: `/static/dist/${manifest["icon-192.png"]}`, badge: `/static/dist/${manifest["badge.png"]}`, plain: `/static/dist/${manifest["plain-192.png"]}` };
  const result = await esbuild.build({
    ...COMMON,
    entryPoints: ["static/js/sw.js"],
    format: "iife",
    write: false,
    outfile: "sw.js",
    plugins: [lazySealing],
    define: { "process.env.NODE_ENV": '"production"' },
    banner: { js: `self.__BUILD=${JSON.stringify(told)};` },
  });
  await writeFile(join(DIST, "sw.js"), result.outputFiles[0].contents);
}

/** The worker sends what is sealed already: the sealing library stays out of it. */
const lazySealing = {
  name: "no-sealing-in-the-worker",
  setup(build) {
    build.onResolve({ filter: /^age-encryption$/ }, (found) => ({ path: found.path, namespace: "left-out" }));
    build.onLoad({ filter: /.*/, namespace: "left-out" }, () => ({ contents: "export {};" }));
  },
};

/** Every file that one reaches by its imports, with the files that each of them loads later. @param {string} from @param {Map<string, string[]>} [seen] */
async function reach(from, seen = new Map()) {
  if (seen.has(from) || !existsSync(from)) return seen;
  const text = (await readFile(from, "utf8")).replace(/\/\*[^]*?\*\//g, ""); // types are imported in comments
  const named = (pattern) => [...text.matchAll(pattern)].map(([, path]) => join(dirname(from), path));
  seen.set(from, named(/\bimport\("(\.[^"]+)"\)/g));
  for (const path of [...named(/^(?:import|export)\b[^"]*"(\.[^"]+)"/gm), ...(seen.get(from) ?? [])]) await reach(path, seen);
  return seen;
}

/**
 * The first screen in few pieces: esbuild cuts a chunk for each set of pages that share a module, two dozen for the phone. What the app loads
 * later comes when all of the first screen is there; saying so (it imports the shell) puts all of that into one set. What a push's page
 * loads is left alone: it must not fetch the app.
 * @type {import("esbuild").Plugin}
 */
const wholeShell = {
  name: "whole-shell",
  async setup(build) {
    const shell = join(TOP, "static/js/field/shell.js");
    const notice = await reach(join(TOP, "static/js/notice.js"));
    const later = new Set([...(await reach(shell)).values()].flat().filter((path) => !notice.has(path)));
    build.onLoad({ filter: /[\\/]static[\\/]js[\\/].*\.js$/ }, async ({ path }) => {
      if (!later.has(path)) return undefined;
      return { contents: `import ${JSON.stringify(shell)};\n${await readFile(path, "utf8")}`, loader: "js" };
    });
  },
};

/** What is text lies there gzipped too, so that a phone in a hallway loads a third, also where no proxy compresses. */
async function squeeze() {
  const names = (await readdir(DIST)).filter((name) => /\.(js|css|svg|json)$/.test(name) && !NOTES.has(name));
  await Promise.all(
    names.map(async (name) => {
      const packed = join(DIST, `${name}.gz`);
      if (name !== "sw.js" && existsSync(packed)) return; // a hashed name has one content for ever
      await writeFile(`${packed}.new`, gzipSync(await readFile(join(DIST, name)), { level: 9 }));
      await rename(`${packed}.new`, packed);
    }),
  );
}

async function sweep(keep) {
  for (const name of await readdir(DIST)) if (!keep.has(name.replace(/\.gz$/, ""))) await rm(join(DIST, name), { recursive: true });
}

async function finish(meta) {
  const { manifest, preload, all } = readMeta(meta);
  Object.assign(manifest, await pictures(), await shapes());
  const kept = await precache(manifest, all);
  await worker(kept, manifest);
  const sizes = Object.keys(meta.outputs).map((one) => basename(one));
  const notes = { "manifest.json": manifest, "preload.json": preload, "precache.json": kept.map((one) => one.url) };
  for (const [name, value] of Object.entries(notes)) {
    await writeFile(join(DIST, `${name}.new`), JSON.stringify(value, null, 1));
    await rename(join(DIST, `${name}.new`), join(DIST, name));
  }
  await sweep(new Set([...sizes, ...Object.values(manifest), ...Object.keys(notes), "sw.js"]));
  await squeeze();
  console.log(`built ${Object.keys(manifest).length} assets into ${relative(TOP, DIST)}`);
}

/** What each of the two builds made last. @type {Map<string, import("esbuild").Metafile["outputs"]>} */
const made = new Map();

/** @param {string} which */
const afterwards = (which) => ({
  name: "afterwards",
  setup(build) {
    build.onEnd(async (result) => {
      if (result.errors.length) return;
      made.set(which, result.metafile.outputs);
      if (made.size === 2) await finish({ inputs: {}, outputs: Object.assign({}, ...made.values()) });
    });
  },
});

await mkdir(DIST, { recursive: true });
const all = await entries();
const options = {
  ...COMMON,
  outdir: DIST,
  format: "esm",
  splitting: true,
  metafile: true,
  entryNames: "[name]-[hash]",
  chunkNames: "chunk-[hash]",
  assetNames: "[name]-[hash]",
  define: { "process.env.NODE_ENV": '"production"' },
};
// The phone's app is built by itself: pages of the desk would cut what they share with it into pieces.
const builds = [
  { ...options, entryPoints: all.filter(({ out }) => PHONE.has(out)), plugins: [wholeShell, afterwards("phone")] },
  { ...options, entryPoints: all.filter(({ out }) => !PHONE.has(out)), plugins: [afterwards("desk")] },
];
for (const one of builds) {
  if (!WATCH) await esbuild.build(one);
  else await (await esbuild.context(one)).watch();
}
if (WATCH) console.log("watching");
