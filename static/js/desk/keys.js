// Keys: / find, J K along a list, ? all keys. Single letters never act in a field, and can be switched off for good.
import { t } from "../lib/i18n.js";

/** @typedef {{key: string, says: string, act: (event: KeyboardEvent) => void}} Key */

/** @type {Map<string, Key>} */
const known = new Map();
const OFF = "fieldapp.keys";

/**
 * Adds a key of this page.
 * @param {string} key as KeyboardEvent.key has it, lower case
 * @param {string} says what it does, translated
 * @param {(event: KeyboardEvent) => void} act
 */
export function addKey(key, says, act) {
  known.set(key, { key, says, act });
}

/**
 * Whether a key press is typing, not a command.
 * @param {EventTarget|null} target
 * @returns {boolean}
 */
export function typing(target) {
  return target instanceof Element && target.closest("input, select, textarea, [contenteditable], dialog") !== null;
}

/** @param {Document} page */
export function keys(page) {
  addKey("/", t("Find"), () => focusFind(page));
  addKey("j", t("Next in the list"), () => step(page, 1));
  addKey("k", t("Back in the list"), () => step(page, -1));
  addKey("?", t("All keys"), () => show(page));
  page.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const key = known.get(event.key.length === 1 ? event.key.toLowerCase() : event.key);
    if (!key || (localStorage.getItem(OFF) && event.key !== "?")) return;
    event.preventDefault();
    key.act(event);
  });
  page.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-keys]")) show(page);
  });
}

/** @param {Document} page */
function focusFind(page) {
  const input = page.querySelector("[data-find]");
  if (input instanceof HTMLInputElement) input.select();
}

/**
 * Moves the focus along rows that carry data-row: to each row's first link or button.
 * @param {Document} page
 * @param {1|-1} by
 */
function step(page, by) {
  const stops = [...page.querySelectorAll("[data-row]:not([hidden])")]
    .map((row) => (row.matches("a, button") ? row : row.querySelector("a, button")))
    .filter((stop) => stop instanceof HTMLElement);
  const here = stops.findIndex((stop) => stop === page.activeElement);
  const to = stops[here < 0 ? (by > 0 ? 0 : stops.length - 1) : here + by];
  to?.focus();
  to?.scrollIntoView({ block: "nearest" });
}

/** @param {Document} page */
function show(page) {
  const dialog = page.createElement("dialog");
  dialog.className = "sheet keylist";
  dialog.setAttribute("aria-label", t("Keys"));
  const title = Object.assign(page.createElement("h2"), { textContent: t("Keys") });
  const list = page.createElement("dl");
  for (const { key, says } of [...known.values(), { key: "← ↑ → ↓", says: t("Move in the week grid") }, { key: "Esc", says: t("Close") }]) {
    const term = page.createElement("dt");
    term.append(Object.assign(page.createElement("span"), { className: "key", textContent: key.length === 1 ? key.toUpperCase() : key }));
    list.append(term, Object.assign(page.createElement("dd"), { textContent: says }));
  }
  const label = Object.assign(page.createElement("label"), { className: "opt" });
  const off = Object.assign(page.createElement("input"), { type: "checkbox", checked: !localStorage.getItem(OFF) });
  off.addEventListener("change", () => (off.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1")));
  label.append(off, t("Single keys act on this computer"));
  const close = Object.assign(page.createElement("button"), { className: "btn", type: "button", textContent: t("Close") });
  close.addEventListener("click", () => dialog.close());
  const head = Object.assign(page.createElement("div"), { className: "sheet-h" });
  const body = Object.assign(page.createElement("div"), { className: "sheet-one" });
  head.append(title);
  body.append(list, label, close);
  dialog.append(head, body);
  dialog.addEventListener("close", () => dialog.remove());
  page.body.append(dialog);
  dialog.showModal();
}
