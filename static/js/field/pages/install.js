// The way to an installed app: iPhone by Share, Android by a button or the menu. An installed app keeps what it holds, and alerts reach it.
import { html, nothing } from "lit";
import { t } from "../../lib/i18n.js";
import { icon } from "../icon.js";
import { canInstall, install, isAndroid, isInstalled, isIos } from "../install.js";
import { to } from "../router.js";
import { set, state } from "../state.js";

addEventListener("fa-offer", () => set({}));

export function installPage() {
  if (isInstalled()) return done();
  return html`<header class="bar bar--top"><div class="bar__text"><p class="quiet">${t("Step {n} of {all}", { n: 2, all: 3 })}</p>
      <div class="steps steps--flush" aria-hidden="true"><i class="on"></i><i class="now"></i><i></i></div></div></header>
    <main class="main" id="main">
      <div class="stack"><h1 class="title" tabindex="-1">${t("Put it on your home screen")}</h1>
        <p class="lead lead--q">${isIos ? t("On an iPhone, only the installed app keeps what you write and can be reached by an alert.") : t("The installed app keeps what you write and opens without network.")}</p></div>
      ${isIos ? ios() : android()}
      ${state.person ? html`<div class="note note--ok">${icon("circle-check")}<p><b>${t("Your key is made.")}</b>${t("It is kept by this phone and works in the installed app too.")}</p></div>` : nothing}
      ${isIos ? html`<div class="note">${icon("circle-alert")}<p><b>${t("No Share button?")}</b>${t("You may be inside a chat app. Open this page in Safari.")}</p></div>` : nothing}
    </main>
    <footer class="dock dock__act">${canInstall() ? html`<button class="btn btn--primary btn--field" type="button" @click=${() => void install().then(() => set({}))}>${icon("download")}${t("Install")}</button>` : nothing}
      <a class="btn btn--block" href=${to("today")}>${isIos ? t("Stay in Safari for now") : t("Stay in the browser for now")}</a></footer>`;
}

function ios() {
  return html`<ol class="card coach">
    <li><p><b>${t("Tap Share")}</b><br><span class="quiet">${t("At the bottom of Safari")}</span></p><span class="key">${icon("share")}</span></li>
    <li><p><b>${t("Add to Home Screen")}</b><br><span class="quiet">${t("Scroll down a little to find it")}</span></p><span class="key">${icon("square-plus")}</span></li>
    <li><p><b>${t("Open it from there")}</b><br><span class="quiet">${t("Sign in there, with the same key")}</span></p><span class="key key--app">${icon("mark")}</span></li></ol>`;
}

function android() {
  if (canInstall()) return html`<ol class="card coach"><li><p><b>${t("Tap Install below")}</b><br><span class="quiet">${t("The phone asks once more")}</span></p><span class="key">${icon("download")}</span></li>
    <li><p><b>${t("Open it from there")}</b><br><span class="quiet">${t("You are signed in there already")}</span></p><span class="key key--app">${icon("mark")}</span></li></ol>`;
  return html`<ol class="card coach">
    <li><p><b>${t("Open the browser's menu")}</b><br><span class="quiet">${isAndroid ? t("Three dots at the top right") : t("Or the sign in the address bar")}</span></p><span class="key">${icon("ellipsis-vertical")}</span></li>
    <li><p><b>${t("Add to Home Screen")}</b><br><span class="quiet">${t("Some browsers say Install")}</span></p><span class="key">${icon("square-plus")}</span></li>
    <li><p><b>${t("Open it from there")}</b><br><span class="quiet">${t("You are signed in there already")}</span></p><span class="key key--app">${icon("mark")}</span></li></ol>`;
}

function done() {
  return html`<main class="main main--sign" id="main"><div class="stack stack--4"><span class="mark">${icon("mark")}</span><h1 class="title" tabindex="-1">${t("This is the installed app")}</h1>
    <p class="lead lead--q">${t("It opens without network. Turn on alerts, so that you can be reached.")}</p></div></main>
    <footer class="dock dock__act"><a class="btn btn--primary btn--field" href=${to("you")}>${t("Turn on alerts")}</a><a class="btn btn--block" href=${to("today")}>${t("Go to Today")}</a></footer>`;
}
