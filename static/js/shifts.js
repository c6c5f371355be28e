// Pages of shifts and training: choose all, and the code on the trainer's screen.
import { setLanguage, register, t } from "./lib/i18n.js";
import shifts from "./lib/es/shifts.js";
import { poll } from "./desk/poll.js";
import { addKey } from "./desk/keys.js";

register("es", shifts);
setLanguage(document.documentElement.lang || "en");
choices(document);
code(document);
letters(document);

/**
 * [data-choose-all] ticks every box of its form; [data-chosen] says how many.
 * @param {Document} page
 */
function choices(page) {
  const all = page.querySelector("[data-choose-all]");
  if (!(all instanceof HTMLInputElement)) return;
  const boxes = () => [...page.querySelectorAll("[data-choice]")].filter((box) => box instanceof HTMLInputElement);
  const seen = () => boxes().filter((box) => !box.closest("[hidden]")); // a filter hides rows: they are not meant
  const tell = () => {
    const chosen = boxes().filter((box) => box.checked).length;
    all.checked = chosen > 0 && seen().every((box) => box.checked);
    all.indeterminate = chosen > 0 && !all.checked;
    for (const shown of page.querySelectorAll("[data-chosen]")) shown.textContent = String(chosen);
  };
  all.addEventListener("change", () => {
    for (const box of seen()) box.checked = all.checked;
    tell();
  });
  page.addEventListener("change", (event) => {
    if (event.target instanceof Element && event.target.matches("[data-choice]")) tell();
  });
  tell();
}

/**
 * The code on the screen changes each minute: fetch the next one, and count those who arrived.
 * @param {Document} page
 */
function code(page) {
  const part = page.querySelector("[data-code]");
  if (!(part instanceof HTMLElement)) return;
  const word = part.querySelector("[data-word]");
  const picture = part.querySelector("img");
  const left = part.querySelector("[data-left]");
  let until = Date.now() + Number(part.dataset.left ?? 60) * 1000;
  let known = Number(part.dataset.here ?? 0);
  poll({
    url: part.dataset.code ?? "",
    every: () => Math.min(10, Math.max(1, (until - Date.now()) / 1000)),
    changed: (/** @type {{code: string, picture: string, left: number, here: number}} */ data) => {
      until = Date.now() + data.left * 1000;
      if (word && word.textContent !== data.code) {
        word.textContent = data.code;
        if (picture) picture.src = data.picture;
      }
      if (data.here !== known) arrived(page, data.here - known);
      known = data.here;
    },
  });
  setInterval(() => {
    const seconds = Math.max(0, Math.round((until - Date.now()) / 1000));
    if (left) left.textContent = `0:${String(seconds).padStart(2, "0")}`;
  }, 1000);
  const full = () => void (page.fullscreenElement ? page.exitFullscreen() : part.requestFullscreen());
  part.querySelector("[data-full]")?.addEventListener("click", full);
  addKey("f", t("Show the code full screen"), full);
}

/**
 * Rows do not move under the pointer: the page says how many came, and shows them when asked.
 * @param {Document} page
 * @param {number} more
 */
function arrived(page, more) {
  const note = page.querySelector("[data-more]");
  const words = note?.querySelector("[data-more-words]");
  if (!(note instanceof HTMLElement) || !words) return;
  note.dataset.count = String(Number(note.dataset.count ?? 0) + more);
  words.textContent = t("{n} more have arrived.", { n: Number(note.dataset.count) });
  note.hidden = Number(note.dataset.count) <= 0;
}

/**
 * [data-key=c] is pressed by that letter: the focus goes there, Enter does it.
 * @param {Document} page
 */
function letters(page) {
  for (const button of page.querySelectorAll("[data-key]")) {
    if (!(button instanceof HTMLElement)) continue;
    addKey(button.dataset.key ?? "", button.dataset.says ?? button.textContent ?? "", () => (button.dataset.dialog ? button.click() : button.focus()));
  }
}
