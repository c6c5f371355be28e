// The steps to an installed app, in each browser's own words.
import { t } from "../../lib/i18n.js";

/** @typedef {{title: string, about: string, icon: string}} Step */
/** @typedef {import("../platform.js").Platform} Platform */

/** @param {string} title @param {string} about @param {string} icon @returns {Step} */
const step = (title, about, icon) => ({ title, about, icon });

/**
 * @param {Platform} platform @param {boolean} can whether the browser offers to install by a button
 * @returns {Step[]} none: this browser cannot; another is named by `instead`
 */
export function stepsOf({ os, browser, tablet }, can) {
  const open = step(t("Open it from there"), os === "ios" ? t("Sign in there, with the same key") : t("You are signed in there already"), "mark");
  if (can) return [step(t("Tap Install below"), t("The phone asks once more"), "download"), open];
  if (os === "ios") return [...ios(browser, tablet), step(t("Add to Home Screen"), t("Scroll down a little to find it"), "square-plus"), open];
  if (os === "android") return [...android(browser), open];
  return desktop(browser);
}

/** @param {string} browser @param {boolean} tablet */
function ios(browser, tablet) {
  if (browser === "chrome") return [step(t("Tap Share"), t("At the end of Chrome's address bar"), "share")];
  if (browser === "firefox" || browser === "edge") return [step(t("Open the browser's menu"), t("Three lines or dots"), "menu"), step(t("Tap Share"), t("In that menu"), "share")];
  return [step(t("Tap Share"), tablet ? t("At the top of Safari") : t("At the bottom of Safari, perhaps behind three dots"), "share")];
}

/** @param {string} browser */
function android(browser) {
  if (browser === "samsung") return [step(t("Open the browser's menu"), t("Three lines at the bottom right"), "menu"), step(t("Add page to"), t("Then: Home screen"), "square-plus")];
  if (browser === "firefox") return [step(t("Open the browser's menu"), t("Three dots beside the address"), "ellipsis-vertical"), step(t("Add app to Home screen"), t("Some say Install"), "square-plus")];
  if (browser === "edge") return [step(t("Open the browser's menu"), t("Three lines at the bottom"), "menu"), step(t("Add to phone"), t("Then: Install"), "square-plus")];
  return [step(t("Open the browser's menu"), t("Three dots at the top right"), "ellipsis-vertical"), step(t("Add to Home Screen"), t("Then: Install"), "square-plus")];
}

/** @param {string} browser */
function desktop(browser) {
  if (browser === "firefox") return [];
  if (browser === "safari") return [step(t("Open the File menu"), t("At the top of the screen"), "menu"), step(t("Add to Dock"), t("Then open it from there"), "square-plus")];
  return [step(t("Tap the install sign"), t("At the end of the address bar"), "download")];
}

/** The browser that can, where this one cannot keep an app. @param {Platform} platform @returns {string} */
export function instead({ os, browser }) {
  if (os === "ios") return browser === "safari" ? "" : "Safari";
  return browser === "duckduckgo" || browser === "other" || (os === "desktop" && browser === "firefox") ? "Chrome" : "";
}
