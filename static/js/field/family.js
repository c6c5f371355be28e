// The way to the family card from where somebody is being taken. It carries nothing along.
import { html } from "lit";
import es from "../lib/es/family.js";
import { register, t } from "../lib/i18n.js";
import { icon } from "./icon.js";
import { to } from "./router.js";

register("es", es);

/** Taken in one of the ICE forms, as far as its answers say. @param {Record<string, any>} answers */
export const someoneTaken = ({ taken, doing }) => Number(taken) > 0 || (Array.isArray(doing) && (doing.includes("detaining") || doing.includes("loading")));

export const familyRow = (title = t("Does somebody need to be told?")) => html`<a class="row row--form card" data-family href=${to("family")}><span class="disc disc--form">${icon("phone-forwarded")}</span>
  <span class="row__body"><span class="row__title">${title}</span><span class="row__sub">${t("For the family of whoever is taken. Never part of your notes")}</span></span>${icon("chevron-right")}</a>`;
