// Spanish of the pages of a saved record and its corrections.
/** @type {Record<string, import("../i18n.js").Entry>} */
export default {
  "At the close of the session": "Al cerrar la sesión",
  "Back to the questions": "Volver a las preguntas",
  "Back to the record": "Volver al registro",
  Case: "Caso",
  "Closing of the session": "Cierre de la sesión",
  "Correct an answer": "Corregir una respuesta",
  Correction: "Corrección",
  Corrections: "Correcciones",
  "Find a question": "Buscar una pregunta",
  "First questions": "Primeras preguntas",
  Form: "Formulario",
  "How it stands": "Cómo está",
  "It cannot be corrected here any more": "Aquí ya no se puede corregir",
  "It will count as not answered": "Contará como no respondida",
  "Its questions are not on this phone any more": "Sus preguntas ya no están en este teléfono",
  "Keep the answer": "Dejar la respuesta",
  "No question has these words. Try one of them.": "Ninguna pregunta tiene estas palabras. Prueba con una sola.",
  "Nobody can read it on this phone again": "Nadie puede volver a leerla en este teléfono",
  "Not you either. It cannot be changed; a correction is a new record beside it. The legal team sees the new answer, and the old one struck through.":
    "Tú tampoco. No se puede cambiar; una corrección es un registro nuevo junto a él. El equipo legal ve la respuesta nueva, y la anterior tachada.",
  "Nothing is lost. It goes by itself as soon as it can.": "No se perdió nada. Sale sola en cuanto pueda.",
  "One line can be added": "Se puede añadir una línea",
  "One moment can be added": "Se puede añadir un momento",
  Place: "Lugar",
  "Save the correction": "Guardar la corrección",
  "Saved record": "Registro guardado",
  "Take it back": "Retirarla",
  "Take this answer back": "Retirar esta respuesta",
  "Take this answer back?": "¿Retirar esta respuesta?",
  "The legal team still sees what stood there, struck through, and that you took it back. You can answer it again later with another correction.":
    "El equipo legal sigue viendo lo que decía, tachado, y que la retiraste. Puedes volver a responder más tarde con otra corrección.",
  "The new answer stands beside the old one. What you answered before is not shown here; the legal team sees both.":
    "La respuesta nueva queda junto a la anterior. Lo que respondiste antes no se muestra aquí; el equipo legal ve las dos.",
  "The record that it belongs to": "El registro al que pertenece",
  "The server has it. You need not do anything.": "El servidor la tiene. No tienes que hacer nada.",
  "The time in {zone}": "La hora en {zone}",
  "This record is not listed on this phone": "Este registro no aparece en este teléfono",
  "Those saved before cannot be changed or taken back: the phone cannot tell them apart any more. If one of them is wrong, tell the legal team.":
    "Lo guardado antes no se puede cambiar ni retirar: el teléfono ya no lo distingue. Si algo está mal, avisa al equipo legal.",
  "To change what you wrote at the close, correct that answer.": "Para cambiar lo que anotaste al cerrar, corrige esa respuesta.",
  "To undo or change this correction, correct the same answer once more.": "Para deshacer o cambiar esta corrección, corrige otra vez la misma respuesta.",
  "Two answers are needed": "Hacen falta dos respuestas",
  "What happened, and when.": "Qué pasó y cuándo.",
  "What happened?": "¿Qué pasó?",
  "What was received is safe. A phone forgets it after two weeks, and shows it only to the person who wrote it. To correct it, tell the legal team or your coordinator.":
    "Lo recibido está a salvo. El teléfono lo olvida a las dos semanas y solo lo muestra a quien lo anotó. Para corregirlo, avisa al equipo legal o a tu coordinación.",
  "What you answered is not shown: nobody can read it here. Choose the question, then answer it anew or take the answer back.":
    "Lo que respondiste no se muestra: aquí nadie puede leerlo. Elige la pregunta y respóndela de nuevo, o retira la respuesta.",
  "What you saved is safe. Tell the legal team or your coordinator what is wrong, with the place and the half-day.":
    "Lo que guardaste está a salvo. Di al equipo legal o a tu coordinación qué está mal, con el lugar y la parte del día.",
  When: "Cuándo",
  "When?": "¿Cuándo?",
  "Which answer?": "¿Qué respuesta?",
  "Your chapter's legal team has not made its box, so notes, exact times and places cannot be corrected. All else can. A coordinator can ask the legal team.":
    "El equipo legal de tu capítulo aún no ha creado su caja, así que las notas, las horas exactas y los lugares no se pueden corregir. Lo demás sí. Tu coordinación puede pedirla al equipo legal.",
  "{n} questions": { one: "{n} pregunta", other: "{n} preguntas" },
  "{n} saved": { one: "{n} guardada", other: "{n} guardadas" },
};
