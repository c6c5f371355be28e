// The pages of who is here and of the phone itself, in one file for the reason that near.js names.
export * as certificate from "./certificate.js";
export * as suits from "../asks/page.js";
export * as in from "./in.js";
export * as install from "./install.js";
export * as lock from "./lock.js";
export * as look from "./look.js";
export * as other from "./other.js";
export * as remove from "./remove.js";
export * as you from "./you.js";
