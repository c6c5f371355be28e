// A page that is an element of its own: drawn anew whenever the phone's state changes, as the pages that are functions are.
import { LitElement } from "lit";
import { subscribe } from "./state.js";

export class PageElement extends LitElement {
  /** @override */
  createRenderRoot() {
    return this;
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    this.stop = subscribe(() => this.requestUpdate());
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    this.stop?.();
  }
}
