// "Live, 3 s ago": [data-live=url] keeps a page fresh. What changed is announced as an event; parts of the page listen.
import { t } from "../lib/i18n.js";
import { poll } from "./poll.js";

/**
 * @param {number} seconds
 * @returns {string}
 */
export function age(seconds) {
  if (seconds < 60) return t("Live, {n} s ago", { n: seconds });
  return t("Live, {n} min ago", { n: Math.floor(seconds / 60) });
}

/** @param {Document} page */
export function lives(page) {
  for (const part of page.querySelectorAll("[data-live]")) if (part instanceof HTMLElement) start(page, part);
}

/**
 * @param {Document} page
 * @param {HTMLElement} part
 */
function start(page, part) {
  let seenAt = Date.now();
  let fine = true;
  const shown = part.querySelector("[data-age]");
  const tell = () => {
    if (shown) shown.textContent = fine ? age(Math.round((Date.now() - seenAt) / 1000)) : t("No connection; this is from {n} min ago", { n: Math.max(1, Math.round((Date.now() - seenAt) / 60000)) });
  };
  setInterval(tell, 5000);
  poll({
    url: part.dataset.live ?? "",
    etag: part.dataset.etag,
    every: () => Number(part.dataset.every ?? 60),
    changed: (data) => page.dispatchEvent(new CustomEvent("live", { detail: { name: part.dataset.liveName ?? "", data } })),
    asked: (ok) => {
      fine = ok;
      if (ok) seenAt = Date.now();
      tell();
    },
  });
}
