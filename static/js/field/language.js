// English or Spanish, also offline: the Spanish table is part of what the phone keeps.
import { setLanguage } from "../lib/i18n.js";
import { readChoice, writeChoice } from "./keep.js";
import { set, state } from "./state.js";

/** @param {string|undefined} lang @returns {"en"|"es"} */
export const known = (lang) => (lang?.toLowerCase().startsWith("es") ? "es" : "en");

/** @param {"en"|"es"} lang */
async function use(lang) {
  if (lang === "es") await import("./spanish.js");
  setLanguage(lang);
  document.documentElement.lang = lang;
  set({ lang });
}

/** The language chosen on this phone, else the person's, else the browser's. */
export async function startLanguage() {
  await use(known((await readChoice("lang").catch(() => undefined)) ?? state.snapshot?.personal?.me.lang ?? navigator.language));
}

/** @param {"en"|"es"} lang */
export async function chooseLanguage(lang) {
  await use(lang);
  await writeChoice("lang", lang);
}
