// The coverage page: choosing a half day fills the peek under the grid; polling changes numbers in place and never moves a row.
import "./lib/es/coverage.js";
import { setLanguage, t } from "./lib/i18n.js";
import { spans } from "./desk/span.js";

/** @typedef {{look: string, have: number, needed: number, claimed: number, open: number, says: string}} Cell */
/** @typedef {{cells: Record<string, Cell>, sums: Record<string, number>, lists: string, urgent: boolean}} Live */
/** @typedef {{title: string, facts: {label: string, text: string, href?: string, state?: string}[]}} Peek */

setLanguage(document.documentElement.lang || "en");
spans(document);
const peek = document.getElementById("peek");
const fresh = document.querySelector("[data-live-name=coverage]");
let asked = "";

document.addEventListener("click", (event) => {
  const cell = event.target instanceof Element ? event.target.closest(".cell[data-cell]") : null;
  if (!(cell instanceof HTMLAnchorElement) || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  choose(cell);
});

document.addEventListener("choose", (event) => {
  const key = event instanceof CustomEvent ? String(event.detail) : "";
  const cell = document.querySelector(`[data-cell="${CSS.escape(key)}"]`);
  if (!(cell instanceof HTMLAnchorElement)) return;
  choose(cell);
  cell.scrollIntoView({ block: "nearest", inline: "nearest" });
});

document.addEventListener("live", (event) => {
  if (event instanceof CustomEvent && event.detail.name === "coverage") update(event.detail.data);
});

/** @param {HTMLAnchorElement} cell */
function choose(cell) {
  for (const other of document.querySelectorAll(".cell[aria-current]")) other.removeAttribute("aria-current");
  cell.setAttribute("aria-current", "true");
  cell.closest("table")?.dispatchEvent(new Event("grid:changed"));
  document.dispatchEvent(new CustomEvent("chosen", { detail: cell.closest("tr")?.dataset.place ?? "" }));
  history.replaceState(null, "", cell.href);
  void fill(cell.dataset.cell ?? "");
}

/** @param {string} key */
async function fill(key) {
  if (!peek) return;
  asked = key;
  try {
    const answer = await fetch((peek.dataset.peek ?? "").replace(/_$/, encodeURIComponent(key)), { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    if (asked === key) write(await answer.json());
  } catch {
    if (asked === key) write({ title: t("This could not be loaded."), facts: [{ label: t("What to do"), text: t("Look at your connection, then choose it again.") }] });
  }
}

/** @param {Peek} seen */
function write({ title, facts }) {
  const list = document.createElement("dl");
  for (const fact of facts) {
    const pair = document.createElement("div");
    const value = document.createElement("dd");
    value.append(fact.href ? Object.assign(document.createElement("a"), { href: fact.href, textContent: fact.text }) : said(fact));
    pair.append(Object.assign(document.createElement("dt"), { textContent: fact.label }), value);
    list.append(pair);
  }
  peek?.replaceChildren(Object.assign(document.createElement("h2"), { textContent: title }), list);
}

/**
 * A plain text, or a state in the page's own shape: copied from one that the page shows already.
 * @param {{text: string, state?: string}} fact
 * @returns {Node}
 */
function said({ text, state }) {
  if (!state) return document.createTextNode(text);
  const holder = Object.assign(document.createElement("span"), { className: `state g-${state}` });
  const shape = document.querySelector(`template[data-glyph="${CSS.escape(state)}"]`);
  if (shape instanceof HTMLTemplateElement) holder.append(shape.content.cloneNode(true));
  holder.append(text);
  return holder;
}

/** @param {Live} live */
function update(live) {
  for (const [key, cell] of Object.entries(live.cells)) {
    const shown = document.querySelector(`[data-cell="${CSS.escape(key)}"]`);
    if (shown) paint(shown, cell);
  }
  for (const [name, value] of Object.entries(live.sums)) {
    for (const shown of document.querySelectorAll(`[data-sum="${CSS.escape(name)}"]`)) shown.textContent = String(value);
  }
  if (fresh instanceof HTMLElement) fresh.dataset.every = live.urgent ? "5" : "60";
  const there = new Set([...document.querySelectorAll("[data-cell]")].map((cell) => (cell instanceof HTMLElement ? cell.dataset.cell : "")));
  const other = Object.keys(live.cells).length !== there.size || Object.keys(live.cells).some((key) => !there.has(key));
  const changed = document.querySelector("[data-changed]");
  const lists = fresh instanceof HTMLElement && fresh.dataset.lists !== live.lists;
  if (changed instanceof HTMLElement && (lists || (other && there.size > 0))) changed.hidden = false;
}

/**
 * @param {Element} shown
 * @param {Cell} cell
 */
function paint(shown, cell) {
  if (shown.getAttribute("aria-label") === cell.says) return;
  shown.className = `cell ${cell.look}`;
  shown.setAttribute("aria-label", cell.says);
  const number = shown.querySelector(".n");
  if (number) number.textContent = `${cell.have}/${cell.needed}`;
  const kinds = ["c".repeat(cell.have), "k".repeat(cell.claimed), "o".repeat(cell.open)].join("");
  shown.querySelector(".pips")?.replaceChildren(...[...kinds].map((kind) => Object.assign(document.createElement("i"), { className: `pip ${kind}` })));
}
