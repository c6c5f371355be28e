// [data-open-wide]: what a phone folds away stands open where there is room. Without scripts it is a plain <details>.

/** @param {Document} page */
export function folds(page) {
  const wide = matchMedia("(min-width: 760px)");
  for (const part of page.querySelectorAll("details[data-open-wide]")) {
    if (!(part instanceof HTMLDetailsElement)) continue;
    const inUse = part.open; // the server opens what narrows the list now
    const fit = () => void (part.open = wide.matches || inUse);
    wide.addEventListener("change", fit);
    fit();
  }
}
