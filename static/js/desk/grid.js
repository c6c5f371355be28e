// The week grid: one tab stop, arrows move between cells.

/**
 * The cell to go to from (row, column), or null at the edge. Holes are skipped in the direction of the move.
 * @template T
 * @param {(T|null)[][]} cells rows of cells; null where there is no shift
 * @param {number} row
 * @param {number} column
 * @param {string} key
 * @returns {T|null}
 */
export function next(cells, row, column, key) {
  const [down, right] = /** @type {Record<string, [number, number]>} */ ({
    ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
  })[key] ?? [0, 0];
  if (!down && !right) return null;
  let [r, c] = [row + down, column + right];
  while (r >= 0 && r < cells.length && c >= 0 && c < (cells[r]?.length ?? 0)) {
    const found = cells[r]?.[c];
    if (found) return found;
    [r, c] = [r + down, c + right];
  }
  return null;
}

const STOP = ".cell, [data-free]"; // half days with shifts, and free ones

/** @param {Document} page */
export function grids(page) {
  for (const table of page.querySelectorAll("table.grid")) if (table instanceof HTMLTableElement) start(table);
}

/**
 * @param {HTMLTableElement} table
 * @returns {(HTMLElement|null)[][]}
 */
function cellsOf(table) {
  return [...(table.tBodies[0]?.rows ?? [])].map((row) => {
    /** @type {(HTMLElement|null)[]} */
    const line = [];
    for (const cell of row.cells) {
      const column = Number(cell.dataset.column);
      if (Number.isInteger(column)) line[column] = cell.querySelector(STOP);
    }
    return Array.from(line, (cell) => cell ?? null);
  });
}

/** @param {HTMLTableElement} table */
function start(table) {
  const all = () => /** @type {HTMLElement[]} */ ([...table.querySelectorAll(STOP)]);
  const settle = () => {
    const stop = table.querySelector('.cell[aria-current="true"]') ?? all()[0];
    for (const cell of all()) cell.tabIndex = cell === stop ? 0 : -1;
  };
  settle();
  table.addEventListener("grid:changed", settle);
  table.addEventListener("keydown", (event) => {
    const from = event.target instanceof HTMLElement ? event.target.closest(STOP) : null;
    if (!from || !event.key.startsWith("Arrow") || event.defaultPrevented) return;
    event.preventDefault(); // at the edge too: the page must not scroll away
    const cells = cellsOf(table);
    const row = cells.findIndex((line) => line.includes(/** @type {HTMLElement} */ (from)));
    const found = next(cells, row, cells[row]?.indexOf(/** @type {HTMLElement} */ (from)) ?? -1, event.key);
    if (!found) return;
    for (const cell of all()) cell.tabIndex = cell === found ? 0 : -1;
    found.focus();
  });
}
