// Bugs that the simulator must catch. Each is a change of the outbox's source text, made in a copy; production code has no seam for it.

/** Forgets what was sent, as the bugs below do at the wrong moment. */
const drop = (ids) => `await this.parts.store.write(["items", "bodies"], async (tx) => {
      for (const id of ${ids}) {
        const item = await tx.objectStore("items").get(id);
        await tx.objectStore("bodies").delete(id);
        if (item) await tx.objectStore("items").put({ ...item, state: "received", outcome: "stored", received_at: 0 });
      }
    });`;

export const PHONE_BUGS = [
  {
    name: "delete before receipt",
    edits: [["outbox/drain.js", "      const { response, text } = await post(", `      ${drop("loaded.map((one) => one.sent.id)")}\n      const { response, text } = await post(`]],
  },
  {
    name: "any 2xx is a receipt",
    edits: [["outbox/drain.js", 'if (answer.kind === "portal") return', `if (answer.kind === "portal") {\n    ${drop("ids")}\n    return "go on";\n    }\n    if (answer.kind === "portal") return`]],
  },
  {
    name: "dropped on 4xx",
    edits: [["outbox/drain.js", 'if (answer.kind === "failed") return', `if (answer.kind === "failed") {\n    ${drop("ids")}\n    return "go on";\n    }\n    if (answer.kind === "failed") return`]],
  },
  {
    name: "a receipt is taken without its digest",
    edits: [["lib/receipt.js", "said.id !== mine.id || said.digest !== mine.digest", "said.id !== mine.id"]],
  },
  {
    name: "a receipt is taken for another record",
    edits: [
      ["lib/receipt.js", "said.id !== mine.id || said.digest !== mine.digest", "false"],
      ["lib/receipt.js", "said.leaf !== mine.leaf", "false"],
      ["outbox/apply.js", "if (receipt.id !== item.id) throw", "if (false) throw"],
    ],
  },
  {
    name: "a receipt is taken without its signature",
    edits: [["lib/receipt.js", "  if (!(await verify(key, p.DOMAIN_RECEIPT,", "  if (false && !(await verify(key, p.DOMAIN_RECEIPT,"]],
  },
  {
    name: "new id on retry",
    edits: [
      ["outbox/save.js", "      if (before) return { id: before, again: before !== id };\n", ""],
      ["outbox/save.js", "    if (before) return { id: before, again: true };\n", "    void before;\n"],
    ],
  },
  {
    name: "no tab lock",
    edits: [["outbox/lock.js", "await effects.locks.request(name, { signal }, () => work({ held: async () => true }));", "await work({ held: async () => true });"]],
  },
  {
    name: "no lease where there are no locks",
    edits: [["outbox/lock.js", "if (lease && lease.owner !== owner &&", "if (false && lease &&"]],
  },
  {
    name: "a refused record is dropped",
    edits: [["outbox/apply.js", 'else if (verdict.kind === "attention") {', 'else if (verdict.kind === "attention") {\n    await tx.objectStore("bodies").delete(item.id);']],
  },
  { name: "gives up after three tries", edits: [["outbox/pick.js", "const free = tag !== undefined", "const free = item.tries < 3 && tag !== undefined"]] },
  {
    name: "a bad record holds up the others",
    edits: [["outbox/drain.js", "    this.limit = Math.max(1, Math.ceil(sent.length / 2));\n    if (sent.length > 1)", "    if (sent.length > 0)"]],
  },
  { name: "originals are not held for a backup", edits: [["outbox/server.js", "  if (!state.backups) return false;", "  return false;"]] },
  { name: "a new epoch is not offered what is held", edits: [["outbox/server.js", "} else if (newEpoch) {", "} else if (newEpoch && false) {"]] },
  {
    name: "the first backup heard of comes too late",
    edits: [["outbox/apply.js", "mustHold(received, state)", "mustHold(received, { ...state, backups: before.backups })"],
      ["outbox/apply.js", "await applyOne(tx, item, decision, state, now, waits[i] ?? 0)", "await applyOne(tx, item, decision, state, now, waits[i] ?? 0, before)"],
      ["outbox/apply.js", "async function applyOne(tx, item, { verdict, proof }, state, now, unit) {", "async function applyOne(tx, item, { verdict, proof }, state, now, unit, before) {"],
      ["outbox/apply.js", "await letGo(tx, item, verdict.receipt, proof, state, now);", "await letGo(tx, item, verdict.receipt, proof, state, now, before);"],
      ["outbox/apply.js", "async function letGo(tx, item, receipt, proof, state, now) {", "async function letGo(tx, item, receipt, proof, state, now, before) {"]],
  },
  {
    name: "headers of an answer without a receipt count",
    edits: [["outbox/apply.js", 'const proven = decisions.some((one) => one.verdict.kind === "let_go");', "const proven = true;"]],
  },
  {
    name: "saved without strict durability",
    edits: [["outbox/save.js", "      return { id, again: false };\n    });", '      return { id, again: false };\n    }, "relaxed");']],
  },
  {
    name: "the draft is cleared before the record is saved",
    edits: [["outbox/save.js", "    return store.write([\"items\", \"bodies\", \"drafts\", \"keys\", \"meta\", \"media\"]", "    if (writing.draft) await store.write([\"drafts\"], (tx) => tx.objectStore(\"drafts\").delete(writing.draft));\n    return store.write([\"items\", \"bodies\", \"drafts\", \"keys\", \"meta\", \"media\"]"]],
  },
  {
    name: "Saved is said before it is on disk",
    edits: [["outbox/index.js", "    const saved = await this.saver.save(writing, person ?? (await requireSignedIn(this.store)));", "    const saved = { id: String(writing.draft ?? writing.day_part), again: false };\n    await requireSignedIn(this.store);\n    this.saver.save(writing, person).catch(() => undefined);"]],
  },
  {
    name: "signed with whoever's key there is",
    edits: [
      ["outbox/keys.js", "all.filter((row) => row.person === person)", "all"],
      ["outbox/keys.js", "if (before && before.id !== person?.id) await dropKeysOf(tx, before.id, (before.id === was?.id && left) || before.id);", "void [before, dropKeysOf, left];"],
    ],
  },
  { name: "sealed words in the clear", edits: [["outbox/seal.js", "answers[i]?.box === null).map(", "answers[i]?.box !== undefined).map("]] },
  {
    name: "an unknown key is never offered again",
    edits: [["outbox/keys.js", 'items.index("state").getAll("sign_in")', 'items.index("state").getAll("none")']],
  },
  {
    name: "a restored server is not told again of a key",
    edits: [["outbox/apply.js", "if (row) await tx.objectStore(\"keys\").put({ ...row, registered: false, witnessed: false });", "void row;"], ["outbox/server.js", "  if (newEpoch) await tellKeysAgain(tx);", "  void tellKeysAgain;"]],
  },
  {
    name: "keys are forgotten while something they signed is here",
    edits: [["outbox/keys.js", "if (told && !needed.has(row.kid))", "void needed;\n        if (told)"], ["outbox/keys.js", "    if (row.seq > 0) await tx", "    if (false) await tx"]],
  },
  { name: "a lost database is not opened again", edits: [["outbox/store.js", "        this.close();\n      }", "      }"]] },
  { name: "Retry-After is not obeyed", edits: [["outbox/drain.js", "    if (asked !== null) await", "    if (asked === undefined) await"]] },
];

/** Bugs of the server, as flags of the model. */
export const SERVER_BUGS = [{ name: "receipt before commit", bugs: { receiptBeforeCommit: true } }];
