// A phone and a model server without faults, on real WebCrypto and a fake IndexedDB: for the unit tests of the outbox.
import FDBFactory from "fake-indexeddb/lib/FDBFactory";
import "fake-indexeddb/auto";
import { openOutbox } from "../../static/js/outbox/index.js";
import { ageSealer } from "../../static/js/outbox/browser.js";
import { canonical } from "../../static/js/lib/canonical.js";
import { Model } from "./model.mjs";
import { Tus } from "./tus.mjs";
import { serverPair, signText } from "./subtle.mjs";

export const ANA = { id: "ana", chapter: "c1" };
export const BEN = { id: "ben", chapter: "c1" };
export const SEEN = { kind: "observation", form: "master@1", form_hash: "A".repeat(43), lang: "en", purpose: "monitoring", day_part: "2026-11-23/morning", place: "p1" };
export const ASKED = { kind: "claim", lang: "en", purpose: "monitoring", day_part: "2026-11-23/morning", shift: "s1", void_after: 1_795_100_000_000 };
export const ALARM = { kind: "alert", lang: "en", purpose: "monitoring", day_part: "2026-11-23/night", place: "p1", answers: [{ path: "/what", value: "ice_here", box: null }] };

const respond = (said) => ({ status: said.status, headers: { get: (name) => said.headers[name.toLowerCase()] ?? null }, text: async () => said.body });

/** Everything a test needs; `answer` may be replaced to answer otherwise than the model does. */
export function rig({ backups = false, locks = null, pool = 2, auto = false } = {}) {
  const clock = { t: 1_795_000_000_000, skew: 0 };
  const world = { get now() { return clock.t; } };
  const model = new Model(world, { backups });
  const tus = new Tus(model);
  const it = {
    clock, model, tus, estimate: undefined, media: (url, init) => tus.answer(url, init), requests: [], sleeps: [], factory: new FDBFactory(),
    answer: (body) => model.sync(body),
    effects: () => ({
      indexedDB: it.factory, name: "outbox", subtle: crypto.subtle, bytes: (n) => crypto.getRandomValues(new Uint8Array(n)), unit: Math.random,
      now: () => clock.t + clock.skew, locks, channel: null, sealer: ageSealer,
      sleep: (ms, signal) => new Promise((resolve) => {
        it.sleeps.push({ ms, wake: resolve });
        signal?.addEventListener("abort", () => resolve());
      }),
      estimate: it.estimate,
      fetch: async (url, init) => {
        if (url !== "/api/v1/sync") return respond(await it.media(url, init));
        it.requests.push({ ...init, records: JSON.parse(init.body).records.map((one) => JSON.parse(one.body)) });
        const said = await it.answer(init.body, init.signal);
        return respond(said);
      },
    }),
    open: () => openOutbox({ effects: it.effects(), app: "test", auto, pool }),
  };
  it.outbox = it.open();
  return it;
}

/** Signs a person in, with the legal box where a recipient is given, and registers their keys. */
export async function signIn(it, person = ANA, recipient = null) {
  await it.outbox.setPerson(person);
  await it.outbox.setTrust(it.model.welcome());
  if (recipient) await it.outbox.setBoxes([manifest(recipient)]);
  await register(it, person);
}

export async function register(it, person) {
  const offer = await it.outbox.registrationOffer({ name: "Phone", fieldName: person.id });
  if (offer) await it.outbox.registered(offer, it.model.register(person.id, offer.body));
  return offer;
}

/** The first manifest of a box, made by a holder (a number stands for one), with the witness of others. */
export function manifest(recipient, { chapter = "c1", box = "b1", by = 7, witnesses = [], ...members } = {}) {
  const holder = serverPair(by);
  const text = canonical({
    v: 1, type: "box_manifest", box, chapter, purpose: "legal", version: 1, recipient, previous: null, successor: null, created_at: 1,
    holders: [{ holder: "h1", recipient, sign: holder.jwk }], ...members,
  });
  const signed = { text, sig: signText(holder.privateKey, "fieldapp/box-manifest/v1", text) };
  if (!witnesses.length) return signed;
  return { ...signed, witnesses: witnesses.map((one) => signText(serverPair(one).privateKey, "fieldapp/box-witness/v1", text)) };
}
