// The ceremony's dialog: one step after the other, each resolved by a button; closing it is "not now".
import { t } from "../../lib/i18n.js";

/**
 * An element with a class and children. Text is text, never markup.
 * @param {string} name @param {string} [className] @param {...(Node|string)} children @returns {HTMLElement}
 */
export function el(name, className = "", ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/** @param {string} label @param {string} [className] @returns {HTMLButtonElement} */
export function button(label, className = "btn") {
  const made = document.createElement("button");
  made.type = "button";
  made.className = className;
  made.append(label);
  return made;
}

/** The person closed the dialog. */
export class NotNow extends Error {}

/**
 * Shows a step and waits for one of its buttons.
 * @template T
 * @param {string} title
 * @param {(answer: (value: T) => void) => Node[]} build
 * @returns {Promise<T>} rejects with NotNow when it is closed
 */
export function step(title, build) {
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("ceremony"));
  const body = /** @type {HTMLElement} */ (dialog.querySelector("[data-ceremony]"));
  /** @type {HTMLElement} */ (dialog.querySelector("h2")).textContent = title;
  return new Promise((resolve, reject) => {
    const stop = () => reject(new NotNow());
    body.replaceChildren(
      ...build((value) => {
        dialog.removeEventListener("close", stop);
        resolve(value);
      }),
    );
    dialog.addEventListener("close", stop, { once: true });
    if (!dialog.open) dialog.showModal();
    /** @type {HTMLElement|null} */ (body.querySelector("input, button"))?.focus();
  });
}

/** Says in the dialog that something is under way; nothing here can be pressed. @param {string} title @param {string} words */
export function busy(title, words) {
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("ceremony"));
  /** @type {HTMLElement} */ (dialog.querySelector("h2")).textContent = title;
  const bar = document.createElement("progress");
  bar.setAttribute("aria-label", words);
  /** @type {HTMLElement} */ (dialog.querySelector("[data-ceremony]")).replaceChildren(el("p", "", words), bar);
  if (!dialog.open) dialog.showModal();
}

/** What went wrong, what is safe, what to do. @param {unknown} error @returns {Promise<void>} */
export async function failed(error) {
  if (error instanceof NotNow) return;
  const { ApiError } = await import("../post.js");
  const known = error instanceof ApiError;
  const cancelled = error instanceof DOMException && (error.name === "NotAllowedError" || error.name === "AbortError");
  const message = known ? error.message : cancelled ? t("The passkey was not used.") : t("That did not work on this computer.");
  const safe = known ? `${error.safe} ${error.what}` : t("Nothing was changed. Try once more.");
  await step(t("Not done"), (answer) => {
    const close = button(t("Close"));
    close.addEventListener("click", () => answer(undefined));
    return [el("p", "", el("b", "", message)), el("p", "", safe), close];
  }).catch(() => {});
  /** @type {HTMLDialogElement} */ (document.getElementById("ceremony")).close();
}
