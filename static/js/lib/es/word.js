// Español de «Con mi palabra».
/** @type {Record<string, import("../i18n.js").Entry>} */
export default {
  "Your word cannot be locked on this phone yet. Nothing was sent. Tap “I'm out and OK” without it, or say it to your coordinator.": "Tu palabra aún no se puede cerrar en este teléfono. No se envió nada. Toca «Ya salí y estoy bien» sin ella, o dísela a quien coordina.",
  "Your word": "Tu palabra",
  "You choose it under You, Safe word and duress word. Without one, anything typed here counts as out and OK.": "Se elige en Tú, Palabra segura y palabra de auxilio. Si no tienes, lo que escribas aquí cuenta como que saliste y estás bien.",
};
