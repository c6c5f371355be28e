// Every Spanish text that the field app may show, in one chunk that the phone keeps. <fa-form> brings its own.
import es from "../lib/es/field.js";
import { register } from "../lib/i18n.js";

register("es", es);
