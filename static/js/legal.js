// The legal desk: a record checked and opened on this computer, and the box that opens it.
import es from "./lib/es/legal.js";
import { register, setLanguage } from "./lib/i18n.js";
import { boxPage } from "./desk/legal/ceremonies.js";
import { familyPage } from "./desk/legal/family.js";
import { recordPage } from "./desk/legal/record.js";
import { failed } from "./desk/legal/dialog.js";

register("es", es);
setLanguage(document.documentElement.lang || "en");

const pane = document.querySelector("[data-record]");
const boxes = document.querySelector("[data-boxes]");
const family = document.querySelector("[data-family]");
if (pane instanceof HTMLElement) recordPage(pane).catch(failed);
if (boxes instanceof HTMLElement) boxPage(boxes);
if (family instanceof HTMLElement) familyPage(family);
