// One form by itself, as the address asks: ?form=master&lang=es&theme=dark&box=0&answers={…}. What it says is kept in window.told.
import { html, nothing, render } from "lit";
import { register, setLanguage } from "../../../static/js/lib/i18n.js";
import es from "../../../static/js/lib/es/form.js";
import { icon } from "../../../static/js/field/icon.js";
import "../../../static/js/field/form/fa-form.js";

const asked = new URLSearchParams(location.search);
const lang = asked.get("lang") === "es" ? "es" : "en";
const theme = asked.get("theme");
if (theme) document.documentElement.dataset.theme = theme;
document.documentElement.lang = lang;
register("es", es);
setLanguage(lang);

/** @type {any} */ (window).told = [];
const { forms, lists } = await (await fetch("/catalogue.json")).json();
const definition = forms.filter((/** @type {any} */ form) => form.id === (asked.get("form") ?? "master")).sort((/** @type {any} */ a, /** @type {any} */ b) => b.version - a.version)[0];
const NOON = 1795453200000;
const context = {
  lang, lists, forms,
  legalBox: asked.get("box") !== "0",
  place: {
    name: "26 Federal Plaza", timezone: "America/New_York",
    judges: [{ id: "j1", label: "Judge Alvarez" }, { id: "j2", label: "Judge Brown" }],
    courtrooms: Array.from({ length: 14 }, (_, n) => ({ id: `c${n}`, label: `Courtroom ${n + 1}` })),
  },
  chips: [{ en: "Bus arrives", es: "Llega el autobús" }],
  locate: async () => ({ lat: 40715123, lon: -74003456, accuracy: 12 }),
  now: () => NOON,
};
const saved = html`<span class="status status--saved">${icon("smartphone")}${lang === "es" ? "6 guardados aquí, aún no enviados" : "6 saved here, not sent yet"}</span>`;
const tell = (/** @type {CustomEvent} */ event) => /** @type {any} */ (window).told.push({ type: event.type, detail: event.detail });
const title = definition.id === "master" ? (lang === "es" ? "Caso 7" : "Case 7") : definition.title[lang];
const sub = definition.id === "master" ? `Federal Plaza, ${definition.title[lang].toLowerCase()}` : "26 Federal Plaza";
const action = definition.id === "master" ? (lang === "es" ? "Guardar y siguiente caso" : "Save and next case") : "";
document.title = title;

/** @param {Record<string, any>} answers */
const draw = (answers) => render(html`<header class="bar"><a class="iconbtn bar__back" href="#back" aria-label=${lang === "es" ? "Volver" : "Back"}>${icon("chevron-left")}</a>
    <div class="bar__text"><h1 class="bar__title">${title}</h1><p class="bar__sub">${sub}</p></div>
    <a class="iconbtn iconbtn--danger" href="#alert" aria-label=${lang === "es" ? "Alerta" : "Alert"}>${icon("megaphone")}</a></header>
  <fa-form .definition=${definition} .answers=${answers} .context=${context} .stage=${asked.get("stage") ?? "all"}
    .status=${asked.has("bare") ? nothing : saved} .action=${action} @change=${tell} @save=${tell} @offer=${tell}></fa-form>`, document.body);
/** @type {any} */ (window).draw = draw;
draw(JSON.parse(asked.get("answers") ?? "{}"));
