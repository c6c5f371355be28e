// Photos, film and sound of a record: fetched sealed, checked against what was signed, and opened on this computer only.
import { encode as b64u } from "../../lib/b64.js";
import { getLanguage, t } from "../../lib/i18n.js";
import { get } from "./api.js";
import { button, el, failed } from "./dialog.js";
import { Frames } from "./frames.js";

/** @typedef {import("./proof.js").Disclosure} Disclosure */
/** @typedef {{id: string, name: string|null, type: string, size: number, sha256: string, started_at: number, ended_at: number, source: string, cut: boolean, frames: number}} Details */

const SHOWN = /^(image\/(jpeg|png|gif|webp|avif|heic|heif)|(video|audio)\/[a-z0-9.+-]{1,60})$/; // nothing that could hold a script
const PATH = "/_/media/";
const KEPT = 16; // opened frames that are put together at a time

/** What was fetched or opened is not what was signed. */
class Differs extends Error {}

/** The list under "Photos, film and sound". */
export class Media {
  /** @param {Document} page @param {string} zone */
  constructor(page, zone) {
    this.zone = zone;
    this.items = [.../** @type {NodeListOf<HTMLElement>} */ (page.querySelectorAll("[data-item]"))];
    /** @type {string[]} */
    this.addresses = [];
    /** @type {AbortController|null} */
    this.under = null;
  }

  /** The boxes are open: each item that is here can be. @param {Disclosure[]} opened @param {Record<string, string>} identities */
  ready(opened, identities) {
    this.lock();
    this.under = new AbortController();
    for (const item of this.items) {
      const told = /** @type {Details|undefined} */ (opened.find(([, path]) => path === PATH + item.dataset.item)?.[2]);
      part(item, "about").replaceChildren(...(told ? [el("p", "small mute", describe(told, this.zone))] : []));
      if (item.dataset.here !== "yes") continue;
      const show = button(t("Open it"));
      const { signal } = this.under;
      show.addEventListener("click", () => this.open(item, told, identities, signal).catch((error) => (signal.aborted ? undefined : failed(error))));
      part(item, "shown").replaceChildren(show);
    }
  }

  /** Forgets everything that was opened. */
  lock() {
    this.under?.abort();
    for (const one of this.addresses) URL.revokeObjectURL(one);
    this.addresses = [];
    for (const item of this.items) for (const name of ["about", "shown"]) part(item, name).replaceChildren();
  }

  /** @param {HTMLElement} item @param {Details|undefined} told @param {Record<string, string>} identities @param {AbortSignal} signal */
  async open(item, told, identities, signal) {
    const shown = part(item, "shown");
    const bar = document.createElement("progress");
    bar.max = Number(item.dataset.size);
    bar.setAttribute("aria-label", t("Opening"));
    shown.replaceChildren(bar);
    try {
      const plain = await opened(item, told, identities, signal, (come) => (bar.value = come));
      shown.replaceChildren(...this.view(plain, told, item));
    } catch (error) {
      const again = button(t("Try again"));
      again.addEventListener("click", () => this.open(item, told, identities, signal).catch((wrong) => (signal.aborted ? undefined : failed(wrong))));
      const words = error instanceof Differs ? [el("p", "error", t("This is not what was signed on the phone. Do not rely on it; tell your admin. It is not shown."))] : [again];
      shown.replaceChildren(...(signal.aborted ? [] : words));
      if (!(error instanceof Differs)) throw error;
    }
  }

  /** @param {Blob} plain @param {Details|undefined} told @param {HTMLElement} item @returns {Node[]} */
  view(plain, told, item) {
    const address = URL.createObjectURL(plain);
    this.addresses.push(address);
    const good = el("p", "small", told ? t("Checked: it is, byte for byte, what the phone first received.") : t("Checked: it is what was signed. What kind of file it is was sealed to a box that you do not hold."));
    const save = /** @type {HTMLAnchorElement} */ (el("a", "btn", t("Save the original")));
    save.href = address;
    save.download = told?.name || `${(item.dataset.item ?? "").slice(0, 12)}.${ending(told?.type)}`;
    const sight = told && SHOWN.test(told.type) ? element(told, address, item) : el("p", "mute", t("This page does not show files of that kind."));
    sight.addEventListener("error", () => sight.replaceWith(el("p", "mute", t("This browser cannot show it. Save the original and open it with another program."))), { once: true });
    return [sight, good, save];
  }
}

/**
 * Fetches an item, checks it against what was signed and opens it. Frames are opened as they come; nothing of it is given before all of it is checked.
 * @param {HTMLElement} item @param {Details|undefined} told @param {Record<string, string>} identities @param {AbortSignal} signal @param {(come: number) => void} progress
 * @returns {Promise<Blob>}
 */
async function opened(item, told, identities, signal, progress) {
  const [{ Decrypter }, { sha256 }] = await Promise.all([import("age-encryption"), import("@noble/hashes/sha2.js")]);
  const decrypter = new Decrypter();
  for (const one of Object.values(identities)) decrypter.addIdentity(one);
  const [outside, inside, frames] = [sha256.create(), sha256.create(), new Frames()];
  /** @type {BlobPart[]} */
  let parts = [];
  let [come, size] = [0, 0];
  for await (const piece of pieces(item.dataset.url ?? "", signal)) {
    outside.update(piece);
    progress((come += piece.length));
    for (const frame of frames.push(piece)) {
      const plain = /** @type {Uint8Array<ArrayBuffer>} */ (await decrypter.decrypt(frame));
      inside.update(plain);
      size += plain.length;
      parts.push(plain);
      if (parts.length >= KEPT) parts = [new Blob(parts)]; // the browser may put this on its disk, not on the heap
    }
  }
  const asSigned = b64u(outside.digest()) === item.dataset.item && String(come) === item.dataset.size;
  if (!asSigned) throw new Differs();
  frames.end();
  if (told && (b64u(inside.digest()) !== told.sha256 || size !== told.size)) throw new Differs();
  return new Blob(parts, { type: told && SHOWN.test(told.type) ? told.type : "application/octet-stream" });
}

/** The sealed bytes; after a connection that broke it goes on where it was. @param {string} url @param {AbortSignal} signal */
async function* pieces(url, signal) {
  for (let [come, tries] = [0, 0]; ; ) {
    const answer = await get(url, true, { signal, headers: come ? { Range: `bytes=${come}-` } : {} });
    const reader = /** @type {ReadableStream<Uint8Array>} */ (answer.body).getReader();
    if (come && answer.status !== 206) throw new Differs();
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        come += value.length;
        yield value;
      }
    } catch (error) {
      if (signal.aborted || ++tries > 3 || !(error instanceof TypeError)) throw error;
    }
  }
}

/** @param {Details} told @param {string} address @param {HTMLElement} item @returns {HTMLElement} */
function element(told, address, item) {
  const [kind] = told.type.split("/");
  if (kind === "image") {
    const image = document.createElement("img");
    image.src = address;
    image.alt = item.querySelector("b")?.textContent ?? "";
    return image;
  }
  const player = document.createElement(kind === "video" ? "video" : "audio");
  player.controls = true;
  player.preload = "metadata";
  player.src = address;
  return player;
}

/** @param {HTMLElement} item @param {string} name @returns {HTMLElement} */
const part = (item, name) => /** @type {HTMLElement} */ (item.querySelector(`[data-${name}]`));

/** @param {string|undefined} type */
const ending = (type) => (/^[a-z]+\/([a-z0-9]{2,5})\b/.exec(type ?? "")?.[1] ?? "bin").replace("jpeg", "jpg");

/** @param {Details} told @param {string} zone @returns {string} */
function describe(told, zone) {
  const format = new Intl.DateTimeFormat(getLanguage() === "es" ? "es-US" : "en-US", { year: "numeric", month: "short", day: "numeric", hour: "numeric", minute: "2-digit", second: "2-digit", timeZone: zone, timeZoneName: "short" });
  const when = told.ended_at > told.started_at ? format.formatRange(told.started_at, told.ended_at) : format.format(told.started_at);
  const from = { camera: t("Taken in the app, with the camera"), microphone: t("Recorded in the app, with the microphone"), picked: t("Picked from the phone") }[told.source] ?? "";
  return [told.name ?? "", from, t("{when}, by the phone's clock", { when }), told.cut ? t("It was cut short on the phone") : ""].filter(Boolean).join(". ") + ".";
}
