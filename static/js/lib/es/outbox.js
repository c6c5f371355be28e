// Spanish of the outbox page.
/** @type {Record<string, import("../i18n.js").Entry>} */
export default {
  "saved {time}": "guardado a las {time}",
  "Nothing on this phone is left to send.": "En este teléfono no queda nada por enviar.",
  "Ask for a coordinator.": "Pide hablar con coordinación.",
  "Family card": "Tarjeta para la familia",
  "Answer": "Respuesta",
  "Gone from the server once it is handed over, or after 72 hours.": "Se borra del servidor al entregarse, o a las 72 horas.",
  "It goes after what you did before on that shift.": "Sale después de lo que hiciste antes en ese turno.",
  "It goes right after: {title}.": "Sale justo después de: {title}.",
  "Hand in without network": "Entregar sin red",
  "Makes one locked file for your coordinator": "Hace un archivo cerrado para tu coordinación",
  "No law office has it. Call the hotline, and say it aloud.": "No la tiene ninguna oficina legal. Llama a la línea de ayuda y dilo de palabra.",
  "No place named": "Sin lugar",
  "Photos and sound": "Fotos y sonido",
  "The server asked to wait until {time}.": "El servidor pidió esperar hasta: {time}.",
  "They keep both records.": "Guardan las dos notas.",
  "Tried again by itself at {time}.": "Se intenta de nuevo a las {time}.",
  "Try this one now": "Intentar con esta ahora",
  "Who helps": "Quién ayuda",
  "What the server has": "Lo que tiene el servidor",
};
