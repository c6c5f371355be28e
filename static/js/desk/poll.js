// Asking the server again and again, politely: only while the page is seen, one request at a time, 304 costs nothing.

/**
 * @template T
 * @typedef {object} Polling
 * @property {string} url answers JSON with an ETag
 * @property {() => number} every seconds until the next ask, asked anew each time
 * @property {(data: T) => void} changed called with new data only
 * @property {(ok: boolean) => void} [asked] called after every ask
 * @property {string} [etag] of what the page shows already
 */

/**
 * Starts; returns a function that stops it.
 * @template T
 * @param {Polling<T>} polling
 * @returns {() => void}
 */
export function poll({ url, every, changed, asked = () => {}, etag = "" }) {
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let timer;
  let stopped = false;
  const ask = async () => {
    clearTimeout(timer);
    if (document.visibilityState === "visible") {
      let ok;
      try {
        const answer = await fetch(url, { headers: { Accept: "application/json", ...(etag && { "If-None-Match": etag }) }, credentials: "same-origin", cache: "no-store" });
        ok = answer.ok || answer.status === 304;
        if (answer.ok) {
          etag = answer.headers.get("ETag") ?? "";
          changed(await answer.json());
        }
        if (answer.status === 401) stopped = true; // signed out: the next tap leads to the sign-in page
      } catch {
        ok = false; // no network: the age that is shown keeps growing
      }
      asked(ok);
    }
    if (!stopped) timer = setTimeout(ask, every() * 1000);
  };
  const seen = () => void (document.visibilityState === "visible" && !stopped && ask());
  document.addEventListener("visibilitychange", seen);
  timer = setTimeout(ask, every() * 1000);
  return () => {
    stopped = true;
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", seen);
  };
}
