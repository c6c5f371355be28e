// One record on counsel's screen: checked on this computer, and opened when they say so.
import { readOut } from "../../lib/forms/readout.js";
import { labels } from "../../lib/forms/say.js";
import { getLanguage, t } from "../../lib/i18n.js";
import { addKey } from "../keys.js";
import { getBytes, getJson } from "./api.js";
import { el, failed } from "./dialog.js";
import { Media } from "./media.js";
import { check } from "./proof.js";
import { NoBox, unlockBoxes } from "./unlocking.js";
import { lock, unlocked } from "./unlocked.js";

/** @typedef {import("./proof.js").Version} Version */
/** @typedef {import("./proof.js").Disclosure} Disclosure */
/** @typedef {{versions: Version[], trust: import("./proof.js").Trust, definition: import("../../lib/forms/definition.js").Definition|null, zone: string, lists: import("../../lib/forms/definition.js").Lists}} Envelopes */

const NARRATIVE = 60; // characters; what is longer stands as prose

/** @param {HTMLElement} pane */
export async function recordPage(pane) {
  /** @type {Envelopes} */
  const about = await getJson(pane.dataset.envelopes ?? "");
  const view = new RecordView(pane, about);
  await view.prove([]);
  await view.showIfUnlocked();
}

class RecordView {
  /** @param {HTMLElement} pane @param {Envelopes} about */
  constructor(pane, about) {
    this.pane = pane;
    this.about = about;
    this.seal = /** @type {HTMLElement} */ (pane.querySelector("[data-seal]"));
    this.closed = [.../** @type {HTMLElement} */ (this.seal.querySelector("[data-opened]")).childNodes].map((one) => one.cloneNode(true));
    /** @type {Map<Element, ChildNode[]>} cells as they stood while it was locked */
    this.unwritten = new Map();
    this.media = new Media(document, about.zone);
    this.openButton = /** @type {HTMLButtonElement} */ (this.seal.querySelector("[data-open]"));
    this.openButton.addEventListener("click", () => this.toggle().catch(failed));
    document.querySelector("[data-lock]")?.addEventListener("click", () => this.lock().catch(failed));
    addKey("o", t("Open what is sealed"), () => {
      if (!this.openButton.hidden && !this.seal.hidden) this.openButton.click();
    });
    addKey("l", t("Lock again"), () => void this.lock().catch(failed));
  }

  async toggle() {
    try {
      await this.show(await unlockBoxes(Date.now()));
    } catch (error) {
      if (error instanceof NoBox) location.assign("/legal/box");
      else throw error;
    }
  }

  async showIfUnlocked() {
    const now = await unlocked(Date.now());
    if (now) await this.show(now.identities).catch(failed);
  }

  /** @param {Record<string, string>} identities */
  async show(identities) {
    const opened = await Promise.all(this.about.versions.map((version) => this.open(version, identities)));
    this.render(opened);
    this.media.ready(opened.flat(), identities);
    await this.prove(opened);
    await countdown(() => this.lock());
    this.openButton.hidden = true;
  }

  /** @param {Version} version @param {Record<string, string>} identities @returns {Promise<Disclosure[]>} */
  async open(version, identities) {
    const { Decrypter } = await import("age-encryption");
    const mine = version.boxes.filter((box) => identities[box]);
    const parts = await Promise.all(
      mine.map(async (box) => {
        const url = (this.pane.dataset.sealed ?? "").replace(this.pane.dataset.record ?? "", version.digest).replace("BOX", box);
        const decrypter = new Decrypter();
        decrypter.addIdentity(/** @type {string} */ (identities[box]));
        return /** @type {Disclosure[]} */ (JSON.parse(await decrypter.decrypt(await getBytes(url), "text")));
      }),
    );
    return parts.flat();
  }

  /** @param {Disclosure[][]} opened */
  render(opened) {
    const { definition, versions, zone, lists } = this.about;
    const said = versions.map((version, at) => ({ record: version.digest, sealed: (opened[at] ?? []).map(([, path, value]) => ({ path, value })) }));
    const facts = el("dl", "facts near");
    const prose = el("div", "three prose");
    for (const entry of readOut(definition, said)) {
      if (entry.path.startsWith("/_/media/")) continue; // said beside the item itself
      const words = /** @param {unknown} value */ (value) => definition ? labels(definition, getLanguage() === "es" ? "es" : "en", entry.path, value, { zone, lists }) : { question: entry.path, answer: String(value) };
      const { question, answer } = words(entry.now.value);
      const was = first(entry.before.map((one) => words(one.value).answer));
      const long = [answer, ...entry.before.map((one) => words(one.value).answer)].some((text) => text.length > NARRATIVE);
      if (long && !entry.path.startsWith("/_/")) prose.append(el("h3", "", question), el("p", "", was.length ? el("b", "", answer) : answer), ...(was.length ? [el("p", "was", ...was)] : []));
      else facts.append(el("dt", "", question), was.length ? el("dd", "", el("b", "", answer), " ", el("span", "was", ...was)) : el("dd", "", answer));
    }
    this.written(opened);
    const nothing = facts.childElementCount + prose.childElementCount === 0;
    /** @type {HTMLElement} */ (this.seal.querySelector("[data-opened]")).replaceChildren(...(nothing ? [el("p", "mute", t("Nothing here is sealed to a box that you hold."))] : [facts, prose]));
  }

  /** When each amendment was saved, by the phone's clock: what the server was told is rounded, and may be days later. @param {Disclosure[][]} opened */
  written(opened) {
    for (const [at, { digest }] of this.about.versions.entries()) {
      const cell = document.querySelector(`[data-written="${digest}"]`);
      const said = opened[at]?.find(([, path]) => path === "/_/captured_at")?.[2];
      if (!cell || typeof said !== "number") continue;
      if (!this.unwritten.has(cell)) this.unwritten.set(cell, [...cell.childNodes]);
      cell.replaceChildren(moment(said, this.about.zone));
    }
  }

  /** @param {Disclosure[][]} opened */
  async prove(opened) {
    const { versions, trust, zone } = this.about;
    const verdicts = await Promise.all(versions.map((version, at) => check(version, trust, opened[at])));
    const all = /** @param {"signed"|"received"|"logged"|"unchanged"} what */ (what) => verdicts.every((one) => one[what]);
    const first = verdicts[0];
    const when = first?.receivedAt ? new Intl.DateTimeFormat(getLanguage() === "es" ? "es-US" : "en-US", { year: "numeric", month: "short", day: "numeric", hour: "numeric", minute: "2-digit", timeZone: zone, timeZoneName: "short" }).format(first.receivedAt) : "";
    const lines = [
      line(all("signed"), t("Signed on the phone"), t("By a key that was given to a member of this chapter."), t("The signature does not fit. Do not rely on this record; ask your admin.")),
      line(all("received"), t("Received"), t("{when}, rounded up to the quarter hour.", { when }), t("The server's receipt does not fit. Ask your admin.")),
      line(all("logged"), t("In the log"), t("Its leaf is in the log."), t("Not in the log yet. It is added within seconds."), !all("logged") && all("received")),
      line(all("unchanged"), t("Unchanged"), opened.length ? t("Every word opened here matches what was signed.") : t("Every word shown here matches what was signed."), t("Something shown here is not what was signed. Do not rely on it.")),
    ];
    document.querySelector("[data-proof]")?.replaceChildren(...lines);
    const at = document.querySelector("[data-checked-at]");
    if (at) at.textContent = t("Checked on this computer, not by the server, at {time}.", { time: new Date().toLocaleTimeString(getLanguage(), { hour: "2-digit", minute: "2-digit" }) });
  }

  async lock() {
    await lock();
    this.media.lock();
    /** @type {HTMLElement} */ (this.seal.querySelector("[data-opened]")).replaceChildren(...this.closed.map((one) => one.cloneNode(true)));
    for (const [cell, nodes] of this.unwritten) cell.replaceChildren(...nodes);
    this.unwritten.clear();
    this.openButton.hidden = false;
    hideCountdown();
  }
}

/** What stood there before, oldest first, struck through. @param {string[]} answers @returns {(Node|string)[]} */
function first(answers) {
  const struck = answers.flatMap((one) => [", ", el("s", "", one)]).slice(1);
  return struck.length ? ["(", t("first written"), " ", ...struck, ")"] : [];
}

/** `Mon 23 Nov, 07:49`, as the page's own times are. @param {number} at ms UTC @param {string} zone @returns {string} */
function moment(at, zone) {
  const format = (/** @type {Intl.DateTimeFormatOptions} */ how) => new Intl.DateTimeFormat(getLanguage() === "es" ? "es" : "en-GB", { timeZone: zone, ...how }).format(at);
  return `${format({ weekday: "short", day: "numeric", month: "short" }).replace(",", "")}, ${format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" })}`;
}

/**
 * @param {boolean} good @param {string} title @param {string} yes @param {string} no @param {boolean} [waiting]
 * @returns {HTMLElement}
 */
function line(good, title, yes, no, waiting = false) {
  const marks = /** @type {HTMLTemplateElement} */ (document.querySelector("[data-marks]")).content.children;
  const mark = /** @type {Element} */ (marks[good ? 0 : waiting ? 1 : 2]).cloneNode(true);
  const item = el("li", good ? "" : waiting ? "waiting" : "failed");
  item.append(mark, el("div", "", el("b", "", title), el("p", "", good ? yes : no)));
  return item;
}

/** @type {ReturnType<typeof setInterval>|undefined} */
let ticking;

/** Shows how long the boxes stay open and locks them when the time is over. @param {() => Promise<void>} over */
async function countdown(over) {
  const now = await unlocked(Date.now());
  if (!now) return;
  const sign = document.querySelector("[data-lock-state]");
  const tick = () => {
    const minutes = Math.ceil((now.until - Date.now()) / 60_000);
    if (minutes <= 0) over();
    else for (const one of document.querySelectorAll("[data-lock-left], [data-left]")) one.textContent = t("Open, {n} min left", { n: minutes });
  };
  for (const one of [sign, document.querySelector("[data-lock]")]) one?.removeAttribute("hidden");
  clearInterval(ticking);
  ticking = setInterval(tick, 15_000);
  tick();
}

function hideCountdown() {
  clearInterval(ticking);
  for (const one of document.querySelectorAll("[data-lock-state], [data-lock]")) one.setAttribute("hidden", "");
  for (const one of document.querySelectorAll("[data-left]")) one.textContent = "";
}

