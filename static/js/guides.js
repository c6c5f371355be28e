// The desk's editor of guides: what is written is shown as it reads, soon after one stops typing. The server reads it; here it is drawn as nodes.
import { post } from "./desk/post.js";

/** @typedef {string|(string|{b?: string, t?: string, to?: string})[]} Run */
/** @typedef {{h?: Run, p?: Run, note?: Run, list?: Run[], steps?: Run[], call?: string}} Part */

const SOON_MS = 400;

/** @param {string} name @param {Run} said @param {string} [look] */
function element(name, said, look) {
  const made = document.createElement(name);
  if (look) made.className = look;
  for (const piece of typeof said === "string" ? [said] : said) {
    if (typeof piece === "string") made.append(piece);
    else made.append(element(piece.b ? "b" : "u", piece.b ?? piece.t ?? ""));
  }
  return made;
}

/** @param {string} name @param {Run[]} lines */
function list(name, lines) {
  const made = document.createElement(name);
  made.append(...lines.map((line) => element("li", line)));
  return made;
}

/** @param {Part} part */
function drawn(part) {
  if (part.h) return element("h3", part.h);
  if (part.p) return element("p", part.p);
  if (part.note) return element("p", part.note, "said");
  if (part.list) return list("ul", part.list);
  if (part.steps) return list("ol", part.steps);
  return element("p", part.call === "legal" ? "☎ (legal)" : "☎", "mute");
}

for (const area of document.querySelectorAll("textarea[data-proof]")) if (area instanceof HTMLTextAreaElement) follow(area);

/** @param {HTMLTextAreaElement} area */
function follow(area) {
  let waits = 0;
  let asked = 0;
  area.addEventListener("input", () => {
    clearTimeout(waits);
    waits = window.setTimeout(async () => {
      const mine = ++asked;
      const told = await post("/guides/edit/preview", { text: area.value }).catch(() => null); // without network the last proof stays
      if (told && mine === asked) document.getElementById(area.dataset.proof ?? "")?.replaceChildren(...told.parts.map(drawn));
    }, SOON_MS);
  });
}
