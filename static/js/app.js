// The field app (phones).
import { html, render } from "lit";
import { icon } from "./field/icon.js";

const app = document.querySelector("fa-app");
if (app instanceof HTMLElement) render(html`<main class="main">${icon("mark")}</main>`, app);
