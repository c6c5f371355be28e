// Handing in a rescue file: sent as it is, with its progress; then what became of each record, photo and film, nothing of what it says.
import es from "./lib/es/handin.js";
import { register, setLanguage, t } from "./lib/i18n.js";
import { csrfToken } from "./desk/post.js";

register("es", es);
setLanguage(document.documentElement.lang || "en");

/** @typedef {{number: number, id: string, kind: string, state: "in"|"wait"|"out", outcome: string, do: string}} Line */
/** @typedef {{lines: Line[], safe: number, fault: {message: string, do: string}|null}} Told */

const form = /** @type {HTMLFormElement|null} */ (document.querySelector("form[data-hand-in]"));
const said = document.querySelector("[data-said]");

/**
 * @param {string} name @param {Record<string, string>} attributes @param {(Node|string)[]} inside
 * @returns {HTMLElement}
 */
function el(name, attributes, ...inside) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...inside);
  return made;
}

/** @param {string} kind @param {string} title @param {string} text */
const note = (kind, title, text) => el("div", { class: `note ${kind}`, role: kind === "gap" ? "alert" : "status" }, el("div", {}, el("b", {}, title), ` ${text}`));

/** @param {Told} told */
function show({ lines, safe, fault }) {
  const parts = [];
  if (fault) parts.push(note("gap", fault.message, fault.do));
  if (lines.length) parts.push(note(safe === lines.length ? "ok" : "wait", t("On the server: {n} of {all}.", { n: safe, all: lines.length }), safe === lines.length ? t("The person can be told.") : t("Keep the file. The list says what to do.")));
  else if (!fault) parts.push(note("wait", t("The file holds nothing."), t("Nothing was changed.")));
  if (lines.length) parts.push(table(lines));
  said?.replaceChildren(...parts);
}

/** @param {Line[]} lines */
function table(lines) {
  const words = { in: "g-ok", wait: "g-wait", out: "g-gap" };
  const rows = lines.map((line) => el("tr", {}, el("td", { class: "num" }, String(line.number)), el("th", { scope: "row" }, line.kind), el("td", { class: "num" }, line.id || "?"),
    el("td", {}, el("span", { class: `tag ${words[line.state]}` }, line.outcome), line.do ? el("p", { class: "small" }, line.do) : "")));
  const heads = ["#", t("Record"), t("Number"), t("What became of it")].map((text) => el("th", { scope: "col" }, text));
  return el("div", { class: "panel scroll", tabindex: "0", role: "region", "aria-label": t("What is in the file") },
    el("table", { class: "ledger" }, el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...rows)));
}

/**
 * @param {string} url @param {File} file @param {(share: number) => void} progress
 * @returns {Promise<Told>} rejects with a text for people
 */
function send(url, file, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    for (const [name, value] of Object.entries({ Accept: "application/json", "Content-Type": "application/octet-stream", "X-CSRFToken": csrfToken() })) request.setRequestHeader(name, value);
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => progress(event.lengthComputable ? event.loaded / event.total : 0));
    request.addEventListener("load", () => {
      const told = request.response;
      if (request.status === 200 && Array.isArray(told?.lines)) return resolve(told);
      const error = told?.error;
      reject(new Error(error ? [error.message, error.safe, error.do].filter(Boolean).join(" ") : t("The answer did not come from our server. What was taken is safe; hand the file in again.")));
    });
    request.addEventListener("error", () => reject(new Error(t("The connection broke. What was taken is safe; hand the same file in again."))));
    request.send(file);
  });
}

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  const input = /** @type {HTMLInputElement} */ (form.elements.namedItem("file"));
  const file = input.files?.[0];
  if (file) void hand(form, file, Number(input.dataset.largest) * 1024 * 1024);
});

/** @param {HTMLFormElement} at @param {File} file @param {number} largest bytes */
async function hand(at, file, largest) {
  if (file.size > largest) return said?.replaceChildren(note("gap", t("That file is too large for this page."), t("Nothing was sent. Your admin can take it in on the server: fieldapp hand-in FILE.")));
  const button = /** @type {HTMLButtonElement} */ (at.querySelector("button"));
  const line = /** @type {HTMLElement} */ (at.querySelector("[data-progress]"));
  button.disabled = true;
  line.hidden = false;
  const progress = (/** @type {number} */ share) => {
    /** @type {HTMLProgressElement} */ (line.querySelector("progress")).value = share * 100;
    /** @type {HTMLElement} */ (line.querySelector("span")).textContent = share < 1 ? `${Math.floor(share * 100)} %` : t("Sent; each part is being checked");
  };
  progress(0);
  try {
    show(await send(String(at.dataset.handIn), file, progress));
  } catch (error) {
    said?.replaceChildren(note("gap", t("The file was not taken whole."), /** @type {Error} */ (error).message));
  } finally {
    button.disabled = false;
    line.hidden = true;
  }
}
