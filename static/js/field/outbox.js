// The outbox of this phone, opened once for all pages of the app.
import { browserEffects } from "../outbox/browser.js";
import { openOutbox } from "../outbox/index.js";

const build = document.querySelector('meta[name="fa-build"]')?.getAttribute("content") ?? "dev";
export const outbox = openOutbox({ effects: browserEffects(), app: build });
