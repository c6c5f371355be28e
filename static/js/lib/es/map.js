// Spanish of the desk's maps.
import { register } from "../i18n.js";

register("es", {
  Map: "Mapa",
  "Opens openstreetmap.org": "Abre openstreetmap.org",
  "{name}: {state}": "{name}: {state}",
  "Hold Ctrl and scroll to zoom": "Mantén Ctrl y desplaza para acercar",
  "Hold ⌘ and scroll to zoom": "Mantén ⌘ y desplaza para acercar",
  "Use two fingers to move the map": "Usa dos dedos para mover el mapa",
  "{n} places": { one: "{n} lugar", other: "{n} lugares" },
  "Click the corners in order round the area, then Finish.": "Haz clic en las esquinas, en orden alrededor del área, y luego en Terminar.",
  "Click where the place is, or drag its dot.": "Haz clic donde está el lugar o arrastra su punto.",
  "{n} corners": "Esquinas: {n}",
  "Not saved yet.": "Aún no se guarda.",
  "An area needs three corners or more.": "Un área necesita tres esquinas o más.",
  "The area is drawn. Not saved yet.": "El área está dibujada. Aún no se guarda.",
  "This browser cannot draw the map. What stands beside it says the same.": "Este navegador no puede dibujar el mapa. Lo que está al lado dice lo mismo.",
});
