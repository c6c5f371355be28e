// The desk's frame: menu, keys, dialogs, lists, grids. Pages say what they want in data attributes.
import { setLanguage } from "./lib/i18n.js";
import "./lib/es/desk.js";
import { menus } from "./desk/menu.js";
import { dialogs } from "./desk/dialog.js";
import { folds } from "./desk/fold.js";
import { lists } from "./desk/list.js";
import { grids } from "./desk/grid.js";
import { keys } from "./desk/keys.js";
import { copies } from "./desk/copy.js";
import { lives } from "./desk/live.js";
import { prints } from "./desk/print.js";

setLanguage(document.documentElement.lang || "en");
for (const start of [menus, folds, dialogs, lists, grids, copies, lives, prints, keys]) start(document);
