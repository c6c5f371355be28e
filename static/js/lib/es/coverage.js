// Spanish of the coverage page.
import { register } from "../i18n.js";

register("es", {
  "This could not be loaded.": "No se pudo cargar.",
  "What to do": "Qué hacer",
  "Look at your connection, then choose it again.": "Revisa tu conexión y elígelo de nuevo.",
});
