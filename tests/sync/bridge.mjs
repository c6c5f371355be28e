// The real outbox, led line by line by another process (tests/outbox.py): each line in is a JSON command, each line out its answer. A
// request of the outbox is a line out too, and the next line in is what the server answered.
import { createInterface } from "node:readline";
import "fake-indexeddb/auto";
import { ageSealer } from "../../static/js/outbox/browser.js";
import { openOutbox } from "../../static/js/outbox/index.js";

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const hear = async () => JSON.parse((await lines.next()).value ?? "null");
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

let now = 0;
const outbox = openOutbox({
  app: "bridge", auto: false, pool: 3,
  effects: {
    indexedDB: globalThis.indexedDB, name: "outbox", subtle: crypto.subtle, bytes: (n) => crypto.getRandomValues(new Uint8Array(n)), unit: Math.random,
    now: () => now, sleep: (_ms, signal) => new Promise((resolve) => signal?.addEventListener("abort", () => resolve())), locks: null, channel: null,
    sealer: ageSealer,
    fetch: async (url, init) => {
      say({ ask: url, body: init.body });
      const { status, headers, text } = await hear();
      return { status, headers: new Headers(headers), text: async () => text };
    },
  },
});

let offer = null;
const acts = {
  signIn: async ({ person, server, boxes }) => {
    await outbox.setPerson(person);
    await outbox.setTrust(server);
    await outbox.drain();
    return outbox.setBoxes(boxes);
  },
  offer: async ({ called }) => (offer = await outbox.registrationOffer(called))?.body ?? null,
  registered: async ({ answer }) => {
    await outbox.registered(offer, answer);
    await outbox.drain();
  },
  save: async ({ writing }) => outbox.saver.save(writing, await outbox.person()),
  drain: ({ eager }) => outbox.drain({ eager }),
  list: () => outbox.list(),
};

for (let command = await hear(); command; command = await hear()) {
  now = command.now;
  say({ done: (await acts[command.do](command)) ?? null });
}
