// Time against a target: [data-clock data-start data-due], in ms UTC. The server's clock counts, not this computer's.
import { t } from "../../lib/i18n.js";

/**
 * Minutes and seconds.
 * @param {number} ms
 * @returns {string}
 */
export function span(ms) {
  const seconds = Math.floor(ms / 1000);
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return (h ? `${h}:${String(m).padStart(2, "0")}` : `${m}`) + `:${String(s).padStart(2, "0")}`;
}

/**
 * What a clock says at a moment.
 * @param {{start: number, due: number, now: number}} times
 * @returns {{text: string, part: number, state: ""|"near"|"over"}} `part` of the time that is gone, 0 to 1
 */
export function reading({ start, due, now }) {
  const left = due - now;
  const part = Math.min(1, Math.max(0, (now - start) / Math.max(1, due - start)));
  if (left < 0) return { text: t("over by {time}", { time: span(-left) }), part: 1, state: "over" };
  return { text: t("{time} left", { time: span(left + 999) }), part, state: part >= 0.75 ? "near" : "" };
}

/**
 * @param {Element} clock
 * @param {number} now
 */
function show(clock, now) {
  if (!(clock instanceof HTMLElement)) return;
  const { text, part, state } = reading({ start: Number(clock.dataset.start), due: Number(clock.dataset.due), now });
  const [word, rail] = [clock.querySelector("b"), clock.querySelector("i")];
  if (word && word.textContent !== text) word.textContent = text;
  rail?.style.setProperty("width", `${Math.round(part * 100)}%`);
  clock.classList.toggle("near", state === "near");
  clock.classList.toggle("over", state === "over");
}

/**
 * Counts every clock of the board, each second.
 * @param {HTMLElement} board data-now is the server's time when the page was made
 */
export function clocks(board) {
  const ahead = Number(board.dataset.now) - Date.now();
  const tick = () => {
    for (const clock of board.querySelectorAll("[data-clock]")) show(clock, Date.now() + ahead);
  };
  tick();
  setInterval(tick, 1000);
  board.addEventListener("followed", tick);
}
