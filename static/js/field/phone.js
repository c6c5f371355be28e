// Brings together what this phone holds: the outbox, the snapshot, who is signed in, and the line to the server.
import { headerInteger } from "../lib/clock.js";
import { HEADER_TIME } from "../lib/protocol.js";
import { ApiError, ask, read } from "./api.js";
import { current, presence } from "./find.js";
import { dropPersonal, leftSince, put, readChoice, readCourt, readHere, readSnapshot, writeChoice, writeHere, writeSnapshot } from "./keep.js";
import { askForKey, followKey, forgetKey, lastUsed, meet } from "./key.js";
import { outbox } from "./outbox.js";
import { set, state } from "./state.js";

export { outbox };

/** @typedef {import("./types.js").Person} Person */
/** @typedef {import("./types.js").PublicHalf} PublicHalf */
/** @typedef {import("./types.js").PersonalHalf} PersonalHalf */
/** @typedef {import("./types.js").Server} Server */

const REFRESH_MS = 5 * 60000;

/**
 * Reads what the phone holds, so that the first screen stands without any network. What is locked stays so.
 * @param {() => Promise<void>} [speak] finds the language once it is known who is here
 */
export async function wake(speak = async () => undefined) {
  followKey(opened);
  const asked = askForKey();
  const person = await outbox.person();
  set({ person });
  await meet(person, asked);
  await readKept();
  outbox.subscribe((counts) => void follow(counts));
  void outbox.media.recover().catch(() => undefined);
  await Promise.all([follow(), speak()]); // before the first screen: "All received" must not stand there while the outbox is still unread
  set({ ready: true });
}

let reading = Promise.resolve();

/** Reads the snapshot and what is open at a court, one after the other: the last one knows which key there is. */
function readKept() {
  reading = reading.catch(() => undefined).then(async () => {
    const [snapshot, court, here] = await Promise.all([readSnapshot(), readCourt(), readHere()]);
    set({ snapshot, court, here });
  });
  return reading;
}

/** The person's own key has come: what was locked shows, and what was missed meanwhile is fetched. */
async function opened() {
  const before = state.snapshot?.personal;
  await readKept();
  if (before && before.me.id === state.person?.id && state.snapshot && !state.snapshot.personal) {
    const moved = { ...state.snapshot, personal: before }; // it lay under this phone's own key until now
    await keep(moved);
  }
  await follow();
  for (const one of state.snapshot?.personal?.shifts.mine ?? []) {
    if (one.roster?.length && state.items.some((item) => item.kind === "check_out" && item.shift === one.id)) await forgetRoster(one.id); // left while it was locked
  }
  void refreshNext();
}

let readings = 0;
let latest = Promise.resolve();

/** Reads the outbox anew; when it resolves, the screen knows at least what there was when it was called. @param {import("../outbox/index.js").Counts} [counts] */
export function follow(counts) {
  if (counts) set({ others: counts.others, link: counts.link });
  latest = readOutbox(++readings);
  return latest;
}

/** @param {number} mine @returns {Promise<void>} */
async function readOutbox(mine) {
  const [items, { drafts, locked }, addresses, boxWaits, media] = await Promise.all([
    outbox.list(), outbox.drafts.list(), outbox.boxAddresses(), outbox.boxWaits(), outbox.media.list(),
  ]);
  if (mine !== readings) return latest; // what was read later must not be overwritten by this
  const times = locked.flatMap((ring) => lastUsed(ring) ?? []);
  set({
    items: /** @type {import("./types.js").Item[]} */ (items),
    drafts: /** @type {import("./types.js").Draft[]} */ (drafts.map(({ id, at, value }) => ({ .../** @type {object} */ (value), id, at }))),
    media,
    lockedDrafts: times.length,
    otherPasskey: times.length && state.lock !== "locked" ? Math.max(...times) : null,
    sealing: "legal" in addresses,
    boxWaits,
  });
  return undefined;
}

/** Reads drafts anew: the outbox tells of records only. */
export async function followDrafts() {
  await outbox.drafts.flush();
  await follow();
}

let fetching = /** @type {Promise<void>|null} */ (null);

/** Fetches the snapshot where there is a session; nothing changes where there is no network. */
export function refresh() {
  fetching ??= fetchSnapshot().finally(() => (fetching = null));
  return fetching;
}

/** What comes after an answer that is still on its way. */
export const refreshNext = () => Promise.resolve(fetching).then(refresh).catch(() => undefined);

/** Refreshes when the last time was a while ago. */
export async function refreshIfOld() {
  if (Date.now() - (state.snapshot?.fetched_at ?? 0) > REFRESH_MS || state.session === "unknown") await refresh();
}

async function fetchSnapshot() {
  try {
    if ((await readChoice("ending")) && (await (await import("./ending.js")).endSession())) return set({ session: "out" });
    const asked = Date.now();
    const locked = state.lock === "locked"; // then nothing personal is asked for
    const etag = locked || state.snapshot?.personal ? (state.snapshot?.etag ?? "") : "";
    const response = await ask(locked ? "/api/v1/field?half=public" : "/api/v1/field", { headers: etag ? { "If-None-Match": etag } : {} });
    const same = response.status === 304 && state.snapshot;
    if (!(await (same ? unchanged(response, asked) : taken(await read(response), response, asked)))) return set({ session: "out", online: true });
    set({ session: "in", online: true, stranger: null });
    await (await import("./register.js")).registerKeys();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.code === "partner" && !state.snapshot) location.replace("/ask"); // another organisation's person has a page of their own
    else if (error.status === 401 || error.code === "partner") set({ session: "out", online: true, stranger: null });
    else if (error.status === 0) set({ session: state.session === "out" ? "out" : "unknown" });
  }
}

/**
 * Keeps and shows a snapshot; what was locked meanwhile goes into neither, nor anything that was asked for before "Lock now".
 * @param {import("./types.js").Snapshot} snapshot @param {number} [asked] when, ms @returns {Promise<boolean>} whether it was kept
 */
async function keep(snapshot, asked) {
  const kept = await writeSnapshot(snapshot, asked);
  set({ snapshot: kept && state.lock !== "locked" ? snapshot : { ...snapshot, ...(!kept && { etag: "" }), personal: null } });
  return kept;
}

/** @param {Response} response @returns {number} the server's time when it made the answer */
const timeOf = (response) => headerInteger(response.headers.get(HEADER_TIME)) ?? 0;

/** @param {Response} response @param {number} asked */
async function unchanged(response, asked) {
  const snapshot = { .../** @type {import("./types.js").Snapshot} */ (state.snapshot), fetched_at: Date.now(), server_at: timeOf(response) };
  if (!(await keep(snapshot, asked))) return false;
  await outbox.noteHeaders(response.headers);
  return true;
}

/** Who the last answer was for: in memory only, where the name is locked. */
let toldName = "";
export const nameTold = () => toldName;

/** Whom the person here has said to go on as. */
let goingOn = "";

/** The person of the session may be here instead of whom the phone knows: somebody has tapped that. */
export async function goOn() {
  goingOn = state.stranger?.id ?? "";
  await refresh();
}

/**
 * Who is here changes by a passkey (`welcome`: on a page before this one) or a tap, never by what an answer says: a server could let somebody
 * new begin on this phone, with a box of its own, while the keys of whoever is here are deleted.
 * @param {{v: number, public: PublicHalf, personal: {me: PersonalHalf["me"]} & Partial<PersonalHalf>}} body @param {Response} response
 * @param {number} asked when it was asked for, ms
 * @returns {Promise<boolean>} false: it is for somebody else, or "Lock now" was tapped since; nothing of it is taken
 */
async function taken(body, response, asked) {
  if (body.v !== 1 || !body.public?.server || !body.personal?.me) throw new ApiError(0, "portal");
  const { me } = body.personal;
  const [known, welcome] = await Promise.all([outbox.person(), readChoice("welcome")]);
  if (known && ![known.id, welcome, goingOn].includes(me.id)) {
    set({ stranger: me });
    return false;
  }
  if (welcome === me.id) await put({ "choice left_at": undefined }); // a passkey was used here after "Lock now"
  else if (await leftSince(asked)) {
    set({ snapshot: state.snapshot && { ...state.snapshot, etag: "", personal: null } }); // this page has not heard of it
    return false;
  }
  toldName = me.field_name;
  const person = { id: me.id, chapter: me.chapter, parents: body.public.above };
  if (!(await trust(body.public.server))) return true;
  const another = state.person?.id !== person.id;
  if (another && state.person) await leaveOthersThings(welcome === me.id);
  await outbox.setPerson(person, welcome === me.id);
  if (welcome) await writeChoice("welcome", undefined);
  if (another) await meet(person);
  await outbox.noteHeaders(response.headers);
  const { rejected } = await outbox.setBoxes(body.public.boxes);
  const personal = personalNow(body.personal);
  const etag = body.personal.shifts && !personal ? "" : (response.headers.get("ETag") ?? ""); // what was not taken must be told again
  const snapshot = { etag, fetched_at: Date.now(), server_at: timeOf(response), lang: me.lang, public: body.public, personal };
  set({ person, rejected: rejected.length > 0 });
  if (!(await keep(snapshot, asked))) return false;
  await follow();
  await leftElsewhere();
  if (!body.personal.shifts && state.lock !== "locked") void refreshNext(); // unlocked meanwhile, or someone else is here
  return true;
}

/**
 * What to show of an answer's personal half: nothing while it is locked; what there was when only the other half was asked for.
 * @param {{me: PersonalHalf["me"]} & Partial<PersonalHalf>} told
 * @returns {PersonalHalf|null}
 */
function personalNow(told) {
  if (state.lock === "locked") return null;
  return told.shifts ? /** @type {PersonalHalf} */ (told) : (state.snapshot?.personal ?? null);
}

/** The shift that the phone remembers being at is forgotten when the person is there no more. */
async function leftElsewhere() {
  if (!state.here || !state.snapshot?.personal || current()?.id === state.here.id) return;
  await writeHere(null);
  set({ here: null });
}

/** @param {Server} server @returns {Promise<boolean>} false: another installation answers than the one this phone knows */
async function trust(server) {
  try {
    await outbox.setTrust(server);
    return true;
  } catch (error) {
    if (/** @type {{code?: string}} */ (error).code !== "root_changed") throw error;
    set({ rejected: true });
    return false;
  }
}

/**
 * Someone else has signed in: nothing of the person before them stays, on the screen or in memory. Their records are still sent as theirs.
 * @param {boolean} [next] a page before this one has handed the next person's key on
 */
export async function leaveOthersThings(next) {
  try {
    await forgetKey(next);
  } finally {
    const { snapshot } = state;
    set({ court: null, here: null, snapshot: snapshot && { ...snapshot, etag: "", personal: null } });
    await dropPersonal();
  }
}

/** Sends now, and asks for news. @param {boolean} [eager] */
export async function tryNow(eager = true) {
  await Promise.all([outbox.drain({ eager }), refresh()]);
}

/**
 * Remembers being at a shift, under this phone's own key: leaving it must not need an unlock.
 * @param {import("./types.js").Shift} shift
 */
export async function rememberHere(shift) {
  const { id, place, zone, starts_at, ends_at, purpose } = shift;
  const { here_at, quiet_until, out_at, after } = presence(shift);
  if (here_at === null) return;
  const here = { id, place, zone, starts_at, ends_at, purpose, here_at, quiet_until, out_at, after };
  await writeHere(out_at === null ? here : null);
  set({ here });
}

/** The roster of a shift leaves the phone when its person leaves the place. @param {string} shift */
export async function forgetRoster(shift) {
  const { snapshot } = state;
  if (!snapshot?.personal) return;
  const { shifts } = snapshot.personal;
  const mine = shifts.mine.map((one) => (one.id === shift ? { ...one, roster: [], lead: "" } : one));
  await keep({ ...snapshot, personal: { ...snapshot.personal, shifts: { ...shifts, mine } } });
}
