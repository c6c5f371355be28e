// The alert board: clocks that count, parts that follow the server, keys, and this browser as a device that can be told.
import { register, setLanguage, t } from "./lib/i18n.js";
import es from "./lib/es/alerts.js";
import { clocks } from "./desk/alerts/clock.js";
import { details } from "./desk/alerts/details.js";
import { follow } from "./desk/alerts/follow.js";
import { tells } from "./desk/alerts/tells.js";
import { hang } from "./desk/alerts/wall.js";
import { addKey } from "./desk/keys.js";

register("es", es);
setLanguage(document.documentElement.lang || "en");

const board = document.querySelector(".alerts");
if (board instanceof HTMLElement && board.matches(".wall")) {
  clocks(board);
  follow(board);
  hang(board);
} else if (board instanceof HTMLElement) {
  clocks(board);
  follow(board);
  details(board);
  void tells(board);
  addKey("g", t("I've got it"), () => press(board, "got_it")?.click());
  addKey("p", t("Ask a pair: Enter asks"), () => press(board, "ask")?.focus());
  addKey("c", t("Confirm: Enter says it"), () => press(board, "confirm")?.focus());
  addKey("n", t("Not ICE: Enter says it"), () => press(board, "not_ice")?.focus());
  addKey("u", t("Couldn't confirm: Enter says it"), () => press(board, "could_not_confirm")?.focus());
  addKey("s", t("Still there: Enter says it"), () => press(board, "still_there")?.focus());
  addKey("y", t("Say yes and send: Enter says it"), () => /** @type {HTMLElement|null} */ (board.querySelector("[data-yes]"))?.focus());
  addKey("o", t("It's over: Enter says it"), () => press(board, "over")?.focus());
}

/**
 * The button of an action of the alert that is looked at.
 * @param {HTMLElement} part
 * @param {string} act
 * @returns {HTMLButtonElement|null}
 */
function press(part, act) {
  return part.querySelector(`[data-part=thing] [data-act=${act}] button`);
}
