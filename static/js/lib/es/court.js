// Spanish of the page of a court session and its cases, and of what the next case takes over.
/** @type {Record<string, import("../i18n.js").Entry>} */
export default {
  "{n} cases are saved here. Their numbers and states show after unlocking.": { one: "{n} caso está guardado aquí. Su número y estado se ven al desbloquear.", other: "{n} casos están guardados aquí. Sus números y estados se ven al desbloquear." },
  "As before": "Como antes",
  "As the cases were called. Saved ones stay locked: each that moves gets a correction of its number.":
    "Como se llamaron los casos. Los guardados siguen cerrados: cada uno que se mueve recibe una corrección de su número.",
  "Begin one under Write. Its cases are listed here until it is closed.": "Empieza una en Anotar. Sus casos aparecen aquí hasta que la cierres.",
  "Case {n}: which hearing?": "Caso {n}: ¿qué audiencia?",
  Cases: "Casos",
  "Change the order": "Cambiar el orden",
  "Court session": "Sesión",
  "Each case takes a few taps. What is saved stays listed here by its number; it can be corrected, not read.":
    "Cada caso se anota con pocos toques. Lo guardado queda aquí por su número; se puede corregir, no leer.",
  "Earlier: case {n}": "Antes: caso {n}",
  "Keep this order": "Guardar este orden",
  "Later: case {n}": "Después: caso {n}",
  "Leave it as it was": "Dejarlo como estaba",
  "No case is written yet": "Aún no hay casos anotados",
  "No court session is open": "No hay ninguna sesión abierta",
  "Not saved yet": "Sin guardar",
  "Nothing that is saved changes.": "Nada de lo guardado cambia.",
  Saved: "Guardado",
  "Taken over": "Tomado del caso anterior",
  "The new order is saved on this phone.": "El nuevo orden está guardado en este teléfono.",
  "There is no legal box yet: the number of a saved case cannot be corrected.": "Todavía no hay caja legal: no se puede corregir el número de un caso guardado.",
  "saved {time}": "guardado a las {time}",
  "was case {n}": "era el caso {n}",
  "{n} saved cases get a correction of their number.": { one: "{n} caso guardado recibe una corrección de su número.", other: "{n} casos guardados reciben una corrección de su número." },
};
