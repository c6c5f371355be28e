// A button that opens the browser's print dialog.

/** @param {Document} page */
export function prints(page) {
  for (const button of page.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());
}
