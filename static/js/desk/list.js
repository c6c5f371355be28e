// Finding and filtering in a list that is on the page: [data-list=name] holds rows, [data-find=name] and [data-filters=name] narrow it.
import { plural } from "../lib/i18n.js";

/**
 * Text as it is compared: no case, no accents.
 * @param {string} text
 * @returns {string}
 */
export function folded(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/**
 * Whether a row stays: every word is in its text, and it is of the kind asked.
 * @param {{text: string, is: string}} row text folded
 * @param {string} words
 * @param {string} kind empty for all
 * @returns {boolean}
 */
export function stays(row, words, kind) {
  const all = folded(words).split(/\s+/).every((word) => row.text.includes(word));
  return all && (!kind || row.is.split(" ").includes(kind));
}

/** @param {Document} page */
export function lists(page) {
  for (const list of page.querySelectorAll("[data-list]")) if (list instanceof HTMLElement) start(page, list);
}

/**
 * @param {Document} page
 * @param {HTMLElement} list
 */
function start(page, list) {
  const name = list.dataset.list ?? "";
  const input = page.querySelector(`[data-find="${CSS.escape(name)}"]`);
  const filters = page.querySelector(`[data-filters="${CSS.escape(name)}"]`);
  const status = list.appendChild(page.createElement("p"));
  status.className = "empty";
  status.setAttribute("role", "status");
  status.hidden = true;
  let kind = "";
  const narrow = () => {
    const words = input instanceof HTMLInputElement ? input.value : "";
    let shown = 0;
    for (const row of list.querySelectorAll("[data-row]")) {
      if (!(row instanceof HTMLElement)) continue;
      const keep = stays({ text: folded(row.textContent ?? ""), is: row.dataset.is ?? "" }, words, kind);
      row.hidden = !keep;
      shown += keep ? 1 : 0;
    }
    status.hidden = !words && !kind;
    status.textContent = plural("{n} row fits.", "{n} rows fit.", shown);
  };
  input?.addEventListener("input", narrow);
  filters?.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-filter]") : null;
    if (!(button instanceof HTMLElement)) return;
    kind = button.dataset.filter ?? "";
    for (const other of filters.querySelectorAll("[data-filter]")) other.setAttribute("aria-pressed", String(other === button));
    narrow();
  });
  list.addEventListener("list:changed", narrow);
}
