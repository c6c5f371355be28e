// Trusted Types: the two policies that the CSP names for us. Script addresses pass only when they were allowed one by one.

/** @type {Set<string>} */
const allowed = new Set();
const factory = /** @type {{trustedTypes?: TrustedTypePolicyFactory}} */ (globalThis).trustedTypes;
/** @type {Pick<TrustedTypePolicy, "createScriptURL">|undefined} */
let named;
let installed = false;

/**
 * @param {string} url
 * @returns {string}
 */
function check(url) {
  if (!allowed.has(url)) throw new TypeError("script address not allowed");
  return url;
}

/**
 * Lets exactly this address of our own origin become a script or a worker.
 * @param {string} url
 * @returns {string} the address, absolute
 */
export function allow(url) {
  const full = new URL(url, location.href);
  if (full.origin !== location.origin) throw new TypeError("script address of another origin");
  allowed.add(full.href);
  return full.href;
}

/**
 * For calls that take a TrustedScriptURL, such as serviceWorker.register.
 * @param {string} url
 * @returns {TrustedScriptURL|string}
 */
export function scriptURL(url) {
  const full = allow(url);
  if (!factory) return full;
  named ??= factory.createPolicy("fieldapp", { createScriptURL: check });
  return named.createScriptURL(full);
}

/**
 * For libraries that only take a plain string (MapLibre's worker): the default policy then passes exactly what was allowed.
 * @param {string} url
 * @returns {string}
 */
export function plainScriptURL(url) {
  const full = allow(url);
  if (factory && !installed) {
    factory.createPolicy("default", { createScriptURL: check });
    installed = true;
  }
  return full;
}
