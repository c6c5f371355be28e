// A push that shows says so to the server: that is how anybody knows that this phone can be reached. Nothing waits for it.
const PATIENCE_MS = 20000;

/** @param {string} proof as the push carries it; the server's answer is always the same */
export async function tellShown(proof) {
  if (!proof) return;
  await fetch("/api/v1/push/shown", {
    method: "POST", credentials: "omit", cache: "no-store", redirect: "error", signal: AbortSignal.timeout(PATIENCE_MS),
    headers: { "Content-Type": "application/json" }, body: JSON.stringify({ proof }),
  }).catch(() => undefined);
}
