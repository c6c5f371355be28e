// The board follows the server: live.js asks whether anything changed; what did is taken from the page itself, made anew by the server.
import { plural } from "../../lib/i18n.js";

/** @typedef {{mark: string, open: number, every: number}} News */

/**
 * A page as a document. XMLHttpRequest parses it without a sink that Trusted Types guards, and runs nothing in it.
 * @param {string} url
 * @returns {Promise<Document>}
 */
function fetchPage(url) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("GET", url);
    request.responseType = "document";
    request.onload = () => (request.status === 200 && request.responseXML ? resolve(request.responseXML) : reject(new Error(String(request.status))));
    request.onerror = () => reject(new Error("offline"));
    request.send();
  });
}

/**
 * @param {ParentNode} part
 * @returns {string[]} ids of the alerts in a list, in order
 */
export function order(part) {
  return [...part.querySelectorAll("[data-alert]")].map((one) => (one instanceof HTMLElement ? (one.dataset.alert ?? "") : ""));
}

/**
 * @param {HTMLElement} part
 * @returns {boolean} whether somebody is about to press something in it
 */
function busy(part) {
  return part.matches(":hover") || (part.contains(document.activeElement) && document.activeElement !== part);
}

/**
 * Puts a part's new content in place; the focus stays on the same thing where there still is one.
 * @param {HTMLElement} part
 * @param {Element} fresh
 */
function replace(part, fresh) {
  const focused = part.contains(document.activeElement) ? document.activeElement : null;
  const before = focused && focused !== part ? [...part.querySelectorAll("a, button")].indexOf(focused) : -1;
  const scroll = part.scrollTop;
  const age = part.querySelector("[data-age]"); // live.js writes into this very element
  part.replaceChildren(...[...fresh.childNodes].map((node) => document.importNode(node, true)));
  if (age) part.querySelector("[data-age]")?.replaceWith(age);
  part.scrollTop = scroll;
  const stops = part.querySelectorAll("a, button");
  const stop = before >= 0 ? stops[Math.min(before, stops.length - 1)] : null;
  if (stop instanceof HTMLElement) stop.focus();
}

/** @param {HTMLElement} board */
export function follow(board) {
  /** @type {Document|null} */
  let held = null;
  let shown = board.dataset.mark ?? "";
  const part = (/** @type {ParentNode} */ root, /** @type {string} */ name) => root.querySelector(`[data-part=${name}]`);

  const show = (/** @type {Document} */ page) => {
    held = null;
    for (const here of board.querySelectorAll("[data-part]")) {
      const fresh = here instanceof HTMLElement && part(page, here.dataset.part ?? "");
      if (fresh) replace(/** @type {HTMLElement} */ (here), fresh);
    }
    const [nav, freshNav] = [document.querySelector(".bar-nav [aria-current]"), page.querySelector(".bar-nav [aria-current]")];
    if (nav && freshNav) nav.replaceChildren(...[...freshNav.childNodes].map((node) => document.importNode(node, true)));
    board.dispatchEvent(new Event("followed"));
  };

  /** Rows never move under the pointer: what is new is counted, and shown when the pointer leaves or on a press. */
  const offer = (/** @type {Document} */ page) => {
    const list = part(board, "list");
    const fresh = part(page, "list");
    if (!(list instanceof HTMLElement) || !fresh) return show(page); // a board without a list: nobody points at it
    const [before, after] = [order(list), order(fresh)];
    if (!busy(list) || before.join() === after.join()) return show(page);
    held = page;
    const button = list.querySelector("[data-news]");
    if (!(button instanceof HTMLElement)) return show(page);
    const news = after.filter((id) => !before.includes(id)).length;
    button.textContent = plural("{n} new: show", "{n} new: show", Math.max(1, news));
    button.hidden = false;
  };

  document.addEventListener("live", (event) => {
    const { name, data } = /** @type {CustomEvent<{name: string, data: News}>} */ (event).detail;
    if (name !== "alerts") return;
    board.dataset.every = String(data.every);
    if (data.mark === shown) return;
    fetchPage(location.pathname).then(
      (page) => {
        shown = data.mark;
        offer(page);
      },
      () => undefined, // the next question comes soon
    );
  });
  board.addEventListener("pointerleave", () => held && show(held));
  board.addEventListener("click", (event) => {
    if (held && event.target instanceof Element && event.target.closest("[data-news]")) show(held);
  });
}
