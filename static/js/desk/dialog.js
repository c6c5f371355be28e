// Dialogs: [data-dialog=id] opens, [data-close] closes; the browser keeps Escape and gives the focus back.

/**
 * @param {Document} page
 * @param {string} id
 * @returns {HTMLDialogElement|null}
 */
function find(page, id) {
  const found = page.getElementById(id);
  return found instanceof HTMLDialogElement ? found : null;
}

/** @param {Document} page */
export function dialogs(page) {
  page.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const opener = target?.closest("[data-dialog]");
    if (opener instanceof HTMLElement) {
      event.preventDefault();
      find(page, opener.dataset.dialog ?? "")?.showModal();
    } else if (target?.closest("[data-close]")) {
      target.closest("dialog")?.close();
    } else if (target instanceof HTMLDialogElement) {
      target.close(); // a click on the backdrop lands on the dialog itself
    }
  });
  const wanted = find(page, location.hash.slice(1));
  if (wanted && !wanted.open) wanted.showModal();
}
