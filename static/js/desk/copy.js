// [data-copy=selector] puts that element's text on the clipboard and says so.
import { t } from "../lib/i18n.js";

/**
 * A table as lines of text, cells joined by tabs; anything else as its own text.
 * @param {Element} thing
 * @returns {string}
 */
export function asText(thing) {
  if (!(thing instanceof HTMLTableElement)) return (thing.textContent ?? "").trim();
  return [...thing.rows]
    .filter((row) => !row.hidden)
    .map((row) => [...row.cells].map((cell) => (cell.textContent ?? "").replace(/\s+/g, " ").trim()).join("\t").trimEnd())
    .join("\n");
}

/** @param {Document} page */
export function copies(page) {
  page.addEventListener("click", async (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-copy]") : null;
    const from = button instanceof HTMLElement ? page.querySelector(button.dataset.copy ?? "") : null;
    if (!(button instanceof HTMLElement) || !from) return;
    const label = button.querySelector("[data-label]") ?? button;
    const before = label.textContent;
    try {
      await navigator.clipboard.writeText(asText(from));
      label.textContent = t("Copied");
    } catch {
      label.textContent = t("Not copied: select the text and copy it");
    }
    setTimeout(() => (label.textContent = before), 4000);
  });
}
