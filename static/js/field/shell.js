// <fa-app>: the screen. It draws the page that the address names from the state, and lays the alert sheet over it.
import { LitElement, html, nothing } from "lit";
import { quietPage } from "./pages/quiet.js";
import { today } from "./pages/today.js";
import { keepStorage } from "./install.js";
import { followLanguage, startLanguage } from "./language.js";
import { followDrafts, outbox, refreshIfOld, tryNow, wake } from "./phone.js";
import { start } from "./router.js";
import { set, state, subscribe } from "./state.js";
import { askForSync, lookForUpdate, startWorker } from "./worker.js";

const near = () => import("./pages/near.js");
const far = () => import("./pages/far.js");

/** Pages that are loaded after the first screen stands; the phone keeps them for offline too. @type {Record<string, () => Promise<unknown>>} */
const LATER = {
  alert: () => import("./alert/sheet.js"),
  shifts: () => near().then((m) => m.shifts),
  write: () => near().then((m) => m.write),
  outbox: () => near().then((m) => m.outbox),
  guide: () => near().then((m) => m.guide),
  brief: () => near().then((m) => m.brief),
  form: () => near().then((m) => m.form),
  where: () => near().then((m) => m.where),
  court: () => near().then((m) => m.court),
  saved: () => near().then((m) => m.saved),
  choose: () => near().then((m) => m.saved),
  family: () => near().then((m) => m.family),
  word: () => near().then((m) => m.word),
  you: () => far().then((m) => m.you),
  in: () => far().then((m) => m.in),
  join: () => far().then((m) => m.in),
  install: () => far().then((m) => m.install),
  other: () => far().then((m) => m.other),
  lock: () => far().then((m) => m.lock),
  remove: () => far().then((m) => m.remove),
  look: () => far().then((m) => m.look),
  certificate: () => far().then((m) => m.certificate),
  check: () => import("./pages/check.js"),
  suits: () => far().then((m) => m.suits),
  copies: () => import("./pages/copies.js"),
  paper: () => import("./pages/paper.js"),
  card: () => import("./pages/card.js"),
  reach: () => import("./pages/own.js"),
  calendar: () => import("./pages/own.js"),
  hours: () => import("./pages/own.js"),
};
const TICK_MS = 20000;

/** @type {Map<string, any>} */
const loaded = new Map();

/** @param {string} name */
async function load(name) {
  const module = await LATER[name]?.();
  loaded.set(name, module);
}

/** Loads the alert and then the other pages once the first one stands, so that each tap answers at once. */
async function loadAll() {
  for (const name of Object.keys(LATER)) await load(name).catch(() => undefined);
}

class App extends LitElement {
  /** @override */
  createRenderRoot() {
    return this;
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    subscribe(() => this.requestUpdate());
  }

  /** @override */
  render() {
    if (!state.ready) return nothing;
    const sheet = state.route.name === "alert";
    return html`<div class="screen ${sheet ? "under" : ""}" ?inert=${sheet}>${this.page()}</div>
      ${sheet && this.later("alert") ? html`<fa-alert></fa-alert>` : nothing}
      <p class="sr" role="status" aria-live="polite">${state.said}</p>`;
  }

  page() {
    const { name, id } = state.under;
    switch (name) {
      case "shifts": return this.later(name)?.shifts();
      case "write": return this.later(name)?.write();
      case "guide": return id ? this.later(name)?.guidePage(id) : this.later(name)?.guideList();
      case "brief": return this.later(name)?.brief(id) ?? today();
      case "quiet": return quietPage(id) ?? today();
      case "you": return this.later(name) && html`<fa-you></fa-you>`;
      case "in": return this.later(name) && html`<fa-in></fa-in>`;
      case "join": return this.later(name) && html`<fa-in joining></fa-in>`;
      case "where": return this.later(name) && html`<fa-where .form=${id}></fa-where>`;
      case "court": return this.later(name) && html`<fa-court></fa-court>`;
      case "other": return state.stranger ? this.later(name)?.otherPage() : today();
      case "outbox":
      case "saved":
      case "choose":
      case "form":
      case "card":
      case "certificate":
      case "check":
      case "copies":
      case "lock":
      case "remove":
      case "paper":
      case "word":
      case "look":
      case "reach":
      case "calendar":
      case "hours":
      case "suits":
      case "family":
      case "install": return this.later(name)?.[`${name}Page`](id);
      default: return today();
    }
  }

  /** The page's module, or nothing yet. @param {string} name @returns {any} */
  later(name) {
    const found = loaded.get(name);
    if (!found) void load(name).then(() => this.requestUpdate(), () => setTimeout(() => this.requestUpdate(), 1000)); // its file did not come: once more
    return found;
  }

  /** @override */
  updated() {
    const heading = this.querySelector(".screen h1")?.textContent;
    const name = document.documentElement.dataset.plain ?? "Fieldapp";
    document.title = heading && heading !== name ? `${heading} · ${name}` : name;
    const where = `${state.under.name}/${state.under.id}`;
    if (!state.ready || where === this.shown || state.route.name === "alert") return;
    const heading1 = /** @type {HTMLElement|null} */ (this.querySelector(".screen h1"));
    if (!heading1) return this.lookAgain(where);
    if (this.shown === undefined) performance.mark("fa-usable");
    else heading1.focus({ preventScroll: true });
    if (["write", "court"].includes(state.under.name)) void followDrafts().catch(() => undefined);
    this.shown = where;
    this.awaited = undefined;
    this.querySelector(".main")?.scrollTo(0, 0);
  }

  /** The page's module is still to come, or the page is an element that draws itself after this one: then it is looked at once more. @param {string} where */
  lookAgain(where) {
    const page = this.querySelector("div.screen > *");
    if (!(page instanceof LitElement) || this.awaited === where) return;
    this.awaited = where;
    void page.updateComplete.then(() => this.requestUpdate());
  }

  /** @type {string|undefined} */
  shown;
  /** @type {string|undefined} */
  awaited;
}

customElements.define("fa-app", App);

/** What changes by itself: time, network, the other tabs, coming back to the app. */
function follow() {
  const network = () => {
    const online = navigator.onLine;
    set({ online, offlineSince: online ? null : (state.offlineSince ?? Date.now()) });
    if (online) void tryNow();
  };
  addEventListener("online", network);
  addEventListener("offline", network);
  set({ online: navigator.onLine, offlineSince: navigator.onLine ? null : Date.now() });
  setInterval(() => set({ now: Date.now() }), TICK_MS);
  addEventListener("pagehide", () => void outbox.drafts.flush().catch(() => undefined));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") return void outbox.drafts.flush().catch(() => undefined);
    set({ now: Date.now() });
    void outbox.drain({ eager: true });
    void refreshIfOld();
    void lookForUpdate();
  });
}

/** Opens the app: what the phone holds first, then the network. */
export async function open() {
  set({ now: Date.now() });
  start();
  follow();
  followLanguage();
  await wake(startLanguage).catch(() => startLanguage().catch(() => undefined).then(() => set({ ready: true, kept: false })));
  void load("alert").catch(() => undefined);
  const push = import("./push.js");
  void push.then(({ lookAtPush }) => lookAtPush()).catch(() => undefined);
  void import("./idle.js").catch(() => undefined);
  void tryNow().then(async () => (await push).tellAgain()).then(async () => (await push).readyToRead()).catch(() => undefined);
  void keepStorage(state.items.length > 0).then((persisted) => set({ persisted }));
  await startWorker();
  void askForSync();
  setTimeout(() => void loadAll(), 1500);
}

