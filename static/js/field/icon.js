// Icons of the sprite, and the mark. Words always stand beside them; the icon itself is hidden from screen readers.
import { html } from "lit";

/** @type {string|undefined} */
let sprite;

/** @returns {string} address of the sprite, as the page says */
export function spriteUrl() {
  sprite ??= document.querySelector('meta[name="fa-sprite"]')?.getAttribute("content") ?? "/static/dist/icons.svg";
  return sprite;
}

/**
 * @param {string} name of lucide, or `mark`
 * @param {string} [more] further classes, such as `icon--s`
 */
export function icon(name, more = "") {
  return html`<svg class="icon ${more}" aria-hidden="true"><use href="${spriteUrl()}#${name}"></use></svg>`;
}
