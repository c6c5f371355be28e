// Spanish of the desk's frame.
import { register } from "../i18n.js";

register("es", {
  "{n} rows fit.": { one: "{n} fila coincide.", other: "{n} filas coinciden." },
  Find: "Buscar",
  "Next in the list": "Siguiente en la lista",
  "Back in the list": "Anterior en la lista",
  "All keys": "Todas las teclas",
  Keys: "Teclas",
  "Move in the week grid": "Moverse por la semana",
  Close: "Cerrar",
  "Single keys act on this computer": "Las teclas sueltas funcionan en esta computadora",
  Copied: "Copiado",
  "Not copied: select the text and copy it": "No se copió: selecciona el texto y cópialo",
  "Live, {n} s ago": "Al día, hace {n} s",
  "Live, {n} min ago": "Al día, hace {n} min",
  "No connection; this is from {n} min ago": "Sin conexión; esto es de hace {n} min",
});
