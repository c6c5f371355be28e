// English or Spanish, also offline: the Spanish table is part of what the phone keeps.
import { setLanguage } from "../lib/i18n.js";
import { ApiError, send } from "./api.js";
import { readChoice, writeChoice } from "./keep.js";
import { aliasOf } from "../outbox/vault.js";
import { outbox } from "./outbox.js";
import { set, state, subscribe } from "./state.js";

/** Choices lie in the clear: who made one is a hash salted on this phone. @param {string} person */
const alias = (person) => aliasOf(outbox.effects, outbox.store, person);

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
  await use(known((await readChoice("lang").catch(() => undefined)) ?? state.snapshot?.lang ?? state.snapshot?.personal?.me.lang ?? navigator.language));
}

/** @param {"en"|"es"} lang */
export async function chooseLanguage(lang) {
  await use(lang);
  await writeChoice("lang", lang);
  await writeChoice("lang to tell", { lang, person: state.person ? await alias(state.person.id) : "" });
  await tellLanguage();
}

let telling = Promise.resolve();

/** Tells the server what was chosen here, when its person is signed in, one time after the other: a choice made without network waits for that. */
function tellLanguage() {
  telling = telling.then(tell, tell);
  return telling;
}

async function tell() {
  /** @type {{lang: "en"|"es", person: string}|undefined} */
  const chosen = await readChoice("lang to tell");
  if (!chosen || state.session !== "in") return;
  try {
    if (!chosen.person || (state.person && chosen.person === (await alias(state.person.id)))) await send("PUT", "/api/v1/language", { lang: chosen.lang });
  } catch (error) {
    if (error instanceof ApiError) return; // no network, or signed out meanwhile: the next time
    throw error;
  }
  if ((await readChoice("lang to tell"))?.lang === chosen.lang) await writeChoice("lang to tell", undefined);
}

/** Whenever somebody is signed in: tells what was chosen here, and speaks the person's language where nothing was. */
export function followLanguage() {
  const now = () => state.session === "in" && state.online;
  let before = now();
  subscribe(() => {
    if (now() === before) return;
    before = now();
    if (before) void startLanguage().then(tellLanguage);
  });
}
