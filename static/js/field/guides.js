// What guides say: fetched once for each change, apart from the snapshot (which every claim changes), and kept for days without network. What only
// members read lies under the key that the personal half lies under, and leaves the screen and the memory with it.
import { ask, read } from "./api.js";
import { get, lockMine, openMine, put } from "./keep.js";
import { set, state, subscribe } from "./state.js";

/** @typedef {import("./types.js").Guides} Guides */

/** Who is here, and what is unlocked: another answer means reading anew. */
const here = () => `${state.lock} ${state.person?.id ?? ""}`;

let readFor = "";
let tried = "";
let work = Promise.resolve();

/** @param {Guides["members"]} [moved] lay under this phone's own key until the person's came @returns {Promise<void>} */
async function readKept(moved) {
  const whose = here();
  if (moved) await keep({ members: moved }, whose);
  const [open, locked] = await Promise.all([get("guides open"), get("guides")]);
  const members = state.lock === "locked" ? null : await openMine("guides", locked);
  if (whose === here()) set({ guides: { open: open ?? null, members } });
}

/** @returns {{open?: string, members?: string}} tags of what this phone should have */
function wanted() {
  return { open: state.snapshot?.public?.guides_tag, members: state.snapshot?.personal?.guides_tag };
}

/** @param {{open?: string, members?: string}} want */
const lacks = (want) => (want.open && want.open !== state.guides?.open?.tag) || (want.members && want.members !== state.guides?.members?.tag);

/** @param {Partial<Guides>} now @param {string} whose nothing is kept for somebody who has left meanwhile */
async function keep({ open, members }, whose) {
  const locked = members && (await lockMine("guides", members));
  if (whose === here()) await put({ ...(open && { "guides open": open }), ...(locked && { guides: locked }) });
}

async function fetchThem() {
  const [want, whose] = [wanted(), here()];
  const told = await read(await ask(want.members ? "/api/v1/guides" : "/api/v1/guides?half=public")).catch(() => null);
  if (!told || told.v !== 1 || whose !== here()) return;
  const open = told.public?.tag === want.open ? told.public : (state.guides?.open ?? null);
  const members = want.members && told.members?.tag === want.members ? told.members : (state.guides?.members ?? null);
  await keep({ open, members }, whose);
  if (whose === here()) set({ guides: { open, members } });
}

function follow() {
  if (!state.ready) return;
  if (readFor !== here()) {
    const moved = state.lock === "open" && readFor === `none ${state.person?.id}` ? state.guides?.members : null;
    readFor = here();
    tried = "";
    if (state.guides?.members) set({ guides: { ...state.guides, members: null } });
    work = work.then(() => readKept(moved)).then(follow).catch(() => undefined);
    return;
  }
  const now = `${state.session} ${state.online} ${state.snapshot?.fetched_at ?? 0}`;
  if (!state.guides || state.session !== "in" || tried === now || !lacks(wanted())) return;
  tried = now; // once for each answer of the server, and when the network comes back
  work = work.then(fetchThem).catch(() => undefined);
}

subscribe(follow);
follow();

/** The guides that this phone may show now, in the order of the list. @returns {import("./types.js").Guide[]} */
export function listed() {
  return [...(state.snapshot?.public?.guides ?? []), ...(state.snapshot?.personal?.guides ?? [])];
}

/** @param {string} id @returns {import("./types.js").GuidePart[]|undefined} undefined: not on this phone yet */
export function body(id) {
  return (state.guides?.open?.bodies[id] ?? state.guides?.members?.bodies[id])?.[state.lang];
}
