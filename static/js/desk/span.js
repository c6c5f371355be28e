// Free half days of the week grid: dragging over them, or Shift and the arrows, chooses hours of one day; the form of a shift opens with them.

/** @typedef {{place: string, day: string, half: string}} Free */

const HOURS = /** @type {Record<string, [string, string]>} */ ({ am: ["8:30", "12:30"], pm: ["13:00", "17:00"] });

/**
 * The query of the form that makes a shift out of free half days of one place and day.
 * @param {Free[]} chosen
 * @returns {string} empty for none
 */
export function asked(chosen) {
  const [first] = chosen;
  if (!first) return "";
  const halves = chosen.map(({ half }) => half);
  const start = HOURS[halves.includes("am") ? "am" : "pm"]?.[0] ?? "";
  const end = HOURS[halves.includes("pm") ? "pm" : "am"]?.[1] ?? "";
  return new URLSearchParams({ place: first.place, day: first.day, start, end }).toString();
}

/**
 * The free half days from one to another: those of the same place and day, in the grid's order.
 * @template {Free} T
 * @param {T[]} all
 * @param {T} from
 * @param {T} to
 * @returns {T[]}
 */
export function between(all, from, to) {
  const same = all.filter(({ place, day }) => place === from.place && day === from.day);
  const [a, b] = [same.indexOf(from), same.indexOf(to)];
  return b < 0 ? [from] : same.slice(Math.min(a, b), Math.max(a, b) + 1);
}

/** @param {Document} page */
export function spans(page) {
  for (const table of page.querySelectorAll("table.grid[data-new]")) if (table instanceof HTMLTableElement) start(table);
}

/** @param {HTMLTableElement} table */
function start(table) {
  const free = [...table.querySelectorAll("a[data-free]")].flatMap((link) =>
    link instanceof HTMLAnchorElement ? [{ link, place: link.closest("tr")?.dataset.place ?? "", day: link.dataset.day ?? "", half: link.dataset.free ?? "" }] : [],
  );
  const of = (/** @type {EventTarget|null} */ target) => free.find(({ link }) => target instanceof Node && (link === target || link.contains(target) || link.parentElement === target));
  /** @type {typeof free} */
  let chosen = [];
  /** @type {typeof free[0]|undefined} */
  let anchor;
  let dragged = false;
  const mark = (/** @type {typeof free} */ next) => {
    for (const { link } of chosen) link.classList.remove("picked");
    chosen = next;
    for (const { link } of chosen) link.classList.add("picked");
  };
  const open = () => {
    const query = asked(chosen);
    if (query) location.assign(`${table.dataset.new ?? ""}?${query}`);
  };
  table.addEventListener("dragstart", (event) => event.preventDefault()); // a link's own dragging
  table.addEventListener("pointerdown", (event) => {
    anchor = event.button === 0 && event.pointerType !== "touch" ? of(event.target) : undefined; // a finger scrolls; its tap opens the form
    dragged = false;
    if (anchor) mark([anchor]);
  });
  table.addEventListener("pointermove", (event) => {
    const over = anchor && of(document.elementFromPoint(event.clientX, event.clientY));
    if (!anchor || !over || (over === anchor && !dragged)) return;
    dragged = true;
    mark(between(free, anchor, over));
  });
  addEventListener("pointerup", () => {
    if (anchor && dragged) open();
    anchor = undefined;
  });
  table.addEventListener("click", (event) => dragged && of(event.target) && event.preventDefault());
  table.addEventListener("keydown", (event) => {
    const here = of(event.target);
    if (!here) return;
    if (event.key === "Escape") return mark([]);
    if (event.key === "Enter" && chosen.length > 1) {
      event.preventDefault();
      return open();
    }
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by || !event.shiftKey) return event.key.startsWith("Arrow") && mark([]);
    event.preventDefault(); // the grid does not move on
    const same = free.filter(({ place, day }) => place === here.place && day === here.day);
    const next = same[same.indexOf(here) + by];
    anchor ??= here;
    if (!next) return;
    mark(between(free, chosen[0] && chosen.includes(here) ? (by > 0 ? chosen[0] : (chosen[chosen.length - 1] ?? here)) : here, next));
    anchor = undefined;
    for (const { link } of free) link.tabIndex = link === next.link ? 0 : -1;
    next.link.focus();
  }, { capture: true });
}
