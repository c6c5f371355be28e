// Pages by the part of the address behind the hash: nothing of it is ever sent.
import { set, state } from "./state.js";

const PAGES = ["today", "shifts", "write", "form", "where", "guide", "you", "outbox", "brief", "install", "in", "join", "alert", "quiet", "saved", "choose", "other", "court", "card", "lock", "remove", "paper", "word", "look", "family", "suits", "reach", "calendar", "hours", "certificate", "check", "copies"];
/** These lie on the page before them. */
const SHEETS = new Set(["alert"]);

/** @param {string} hash @returns {import("./types.js").Route} */
export function read(hash) {
  const [name = "", id = ""] = hash.replace(/^#\/?/, "").split("/");
  return PAGES.includes(name) ? { name, id: decodeURIComponent(id) } : { name: "today", id: "" };
}

/** @param {string} name @param {string} [id] @returns {string} */
export const to = (name, id = "") => `#/${name}${id ? `/${encodeURIComponent(id)}` : ""}`;

/** @param {string} name @param {string} [id] */
export function go(name, id = "") {
  location.hash = to(name, id);
}

/** Leaves a page or sheet: back where one came from, to `name` after a cold start. @param {string} [name] */
export function leave(name = "today") {
  if (history.state?.inside) history.back();
  else location.replace(to(name));
}

let first = true;

function follow() {
  const route = read(location.hash);
  if (!first && !history.state) history.replaceState({ inside: true }, "");
  first = false;
  const under = SHEETS.has(route.name) ? (SHEETS.has(state.route.name) ? state.under : state.route) : route;
  set({ route, under });
}

/** Follows the address from now on. */
export function start() {
  addEventListener("hashchange", follow);
  follow();
}
