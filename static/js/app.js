// The field app (phones): one page, offline first.
import { open } from "./field/shell.js";

void open();
