// The board on a wall: a sound for what nobody has, only after somebody asked for it here; the whole screen; a screen that stays on.
import { addKey } from "../keys.js";
import { t } from "../../lib/i18n.js";

const AGAIN_MS = 60000;
const TONES = [[880, 0], [660, 0.28], [880, 0.56]];

/** Three short tones. @param {AudioContext} audio */
function ring(audio) {
  for (const [pitch = 0, after = 0] of TONES) {
    const [tone, loud] = [audio.createOscillator(), audio.createGain()];
    const begins = audio.currentTime + after;
    tone.frequency.value = pitch;
    loud.gain.setValueAtTime(0, begins);
    loud.gain.linearRampToValueAtTime(0.4, begins + 0.02);
    loud.gain.linearRampToValueAtTime(0, begins + 0.24);
    tone.connect(loud).connect(audio.destination);
    tone.start(begins);
    tone.stop(begins + 0.25);
  }
}

/** @param {HTMLElement} wall @returns {string[]} ids of the alerts that nobody has */
const waiting = (wall) => [...wall.querySelectorAll("[data-waits]")].map((one) => (one instanceof HTMLElement ? (one.dataset.alert ?? "") : ""));

/** @param {HTMLElement} wall */
function sound(wall) {
  const button = wall.querySelector("[data-sound]");
  if (!(button instanceof HTMLButtonElement)) return;
  /** @type {AudioContext|null} */
  let audio = null;
  /** @type {Set<string>} */
  let heard = new Set();
  const isOn = () => button.getAttribute("aria-pressed") === "true";
  const say = () => {
    if (!isOn() || !audio) return;
    ring(audio);
    wall.dataset.rung = String(Number(wall.dataset.rung ?? 0) + 1);
  };
  const look = () => {
    const now = waiting(wall);
    if (now.some((id) => !heard.has(id))) say();
    heard = new Set(now);
  };
  button.addEventListener("click", () => {
    const on = !isOn();
    button.setAttribute("aria-pressed", String(on));
    const label = button.querySelector("[data-label]");
    if (label) label.textContent = (on ? button.dataset.on : button.dataset.off) ?? "";
    if (!on) return;
    audio ??= new AudioContext();
    void audio.resume();
    say(); // so that whoever asked hears what it sounds like, and how loud
  });
  look();
  wall.addEventListener("followed", look);
  setInterval(() => waiting(wall).length && say(), AGAIN_MS);
  addKey("m", t("Sound on or off"), () => button.click());
}

/** A screen on a wall must not fall asleep; where the browser cannot promise that, its own settings have to. */
async function stayAwake() {
  if (document.visibilityState === "visible") await navigator.wakeLock?.request("screen").catch(() => undefined);
}

/** @param {HTMLElement} wall */
export function hang(wall) {
  sound(wall);
  const whole = wall.querySelector("[data-whole]");
  const toggle = () => void (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen().catch(() => undefined));
  whole?.addEventListener("click", toggle);
  addKey("f", t("Whole screen"), toggle);
  void stayAwake();
  document.addEventListener("visibilitychange", () => void stayAwake());
}
