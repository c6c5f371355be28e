// The bar's menu on a narrow screen.

/** @param {Document} page */
export function menus(page) {
  const button = page.querySelector("[data-menu]");
  const bar = button?.closest(".bar");
  if (!(button instanceof HTMLElement) || !bar) return;
  /** @param {boolean} open */
  const show = (open) => {
    bar.classList.toggle("open", open);
    button.setAttribute("aria-expanded", String(open));
  };
  button.addEventListener("click", () => show(!bar.classList.contains("open")));
  page.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !bar.classList.contains("open")) return;
    show(false);
    button.focus();
  });
}
