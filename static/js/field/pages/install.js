// The way to an installed app, in the words of the browser that this is. An installed app keeps what it holds, and alerts reach it.
import { html, nothing } from "lit";
import es from "../../lib/es/install.js";
import { register, t } from "../../lib/i18n.js";
import { icon } from "../icon.js";
import { canInstall, install, isInstalled } from "../install.js";
import { here, lacks, looksLockedDown, wayOut } from "../platform.js";
import { to } from "../router.js";
import { set, state } from "../state.js";
import { instead, stepsOf } from "./coach.js";

register("es", es);
addEventListener("fa-offer", () => set({}));

const platform = here();
const where = platform.os === "ios" ? "Safari" : "Chrome";

export function installPage() {
  if (isInstalled()) return done();
  if (platform.browser === "viewer") return viewer();
  const ios = platform.os === "ios";
  const other = instead(platform);
  const steps = stepsOf(platform, canInstall());
  return html`<header class="bar bar--top"><div class="bar__text"><p class="quiet">${t("Step {n} of {all}", { n: 2, all: 3 })}</p>
      <div class="steps steps--flush" aria-hidden="true"><i class="on"></i><i class="now"></i><i></i></div></div></header>
    <main class="main" id="main">
      <div class="stack"><h1 class="title" tabindex="-1">${t("Put it on your home screen")}</h1>
        <p class="lead lead--q">${ios ? t("On an iPhone, only the installed app keeps what you write and can be reached by an alert.") : t("The installed app keeps what you write and opens without network.")}</p></div>
      ${lockdown()}
      ${steps.length ? coach(steps) : nothing}
      ${other ? html`<div class="note">${icon("circle-alert")}<div><b>${steps.length ? t("No such line in the menu?") : t("This browser cannot install it.")}</b><p>${t("Open this page in {browser}.", { browser: other })}</p>${copy()}</div></div>` : nothing}
      ${state.person ? html`<div class="note note--ok">${icon("circle-check")}<p><b>${t("Your key is made.")}</b>${t("It is kept by this phone and works in the installed app too.")}</p></div>` : nothing}
    </main>
    <footer class="dock dock__act">${canInstall() ? html`<button class="btn btn--primary btn--field" type="button" @click=${() => void install().then(() => set({}))}>${icon("download")}${t("Install")}</button>` : nothing}
      <a class="btn btn--block" href=${to("today")}>${ios ? t("Stay in Safari for now") : t("Stay in the browser for now")}</a></footer>`;
}

/** @param {import("./coach.js").Step[]} steps */
function coach(steps) {
  return html`<ol class="card coach">${steps.map((one) => html`<li><p><b>${one.title}</b><br><span class="quiet">${one.about}</span></p><span class="key ${one.icon === "mark" ? "key--app" : ""}">${icon(one.icon)}</span></li>`)}</ol>`;
}

function copy() {
  return html`<button class="btn btn--second btn--block" type="button" @click=${() => void navigator.clipboard?.writeText(location.href).then(() => set({ said: t("Address copied") }))}>${icon("copy")}${t("Copy the address")}</button>`;
}

/** Inside a chat app: one tap out where the phone has one, the menu else. */
export function viewer() {
  const out = wayOut(platform, location.href);
  const whose = platform.viewer;
  return html`<main class="main main--sign" id="main"><div class="stack stack--4"><span class="mark">${icon("mark")}</span>
      <h1 class="title" tabindex="-1">${t("Open this in {browser}", { browser: where })}</h1>
      <p class="lead lead--q">${whose ? t("You are inside {app}. It cannot keep your key or what you write.", { app: whose }) : t("You are inside a chat app. It cannot keep your key or what you write.")}</p></div>
      ${out ? html`<a class="btn btn--primary btn--tall" href=${out}>${icon("external-link")}${t("Open in {browser}", { browser: platform.os === "ios" ? where : t("the browser") })}</a>` : nothing}
      ${out ? html`<p class="strong">${t("If nothing happens:")}</p>` : nothing}
      ${coach([{ title: t("Tap the menu"), about: t("Three dots or a compass, in a corner"), icon: platform.os === "ios" ? "compass" : "ellipsis-vertical" },
        { title: t("Open in {browser}", { browser: where }), about: t("Then sign in or join there"), icon: "external-link" }])}
      ${copy()}<p class="quiet">${t("Or copy the address, open {browser} and paste it there.", { browser: where })}</p></main>`;
}

/** A page cannot ask whether it is Lockdown Mode; it sees what is missing. */
function lockdown() {
  if (!looksLockedDown(platform.os, { wasm: typeof WebAssembly !== "undefined", fileReader: typeof FileReader !== "undefined" })) return nothing;
  const words = { offline: t("opening without network"), alerts: t("alerts"), keep: t("keeping what you write") };
  const missing = lacks().map((one) => words[one]);
  return html`<div class="note note--wait">${icon("shield-alert")}<div><b>${t("This phone seems to be in Lockdown Mode.")}</b>
    <p>${missing.length ? t("It switches off parts of the browser. Missing here: {what}.", { what: new Intl.ListFormat(state.lang).format(missing) }) : t("It switches off parts of the browser. What this app needs is here; photos and sound may be refused.")}</p>
    <p>${t("To let this one site out of it: in Safari, the page menu beside the address, Website Settings, Lockdown Mode off. The rest of the phone stays as it is. You need not: writing and calling the hotline also work on paper and by phone.")}</p></div></div>`;
}

function done() {
  return html`<main class="main main--sign" id="main"><div class="stack stack--4"><span class="mark">${icon("mark")}</span><h1 class="title" tabindex="-1">${t("This is the installed app")}</h1>
    <p class="lead lead--q">${t("It opens without network. Turn on alerts, so that you can be reached.")}</p></div></main>
    <footer class="dock dock__act"><a class="btn btn--primary btn--field" href=${to("you")}>${t("Turn on alerts")}</a><a class="btn btn--block" href=${to("today")}>${t("Go to Today")}</a></footer>`;
}
