// Español de «Lo que te conviene».
/** @type {Record<string, import("../i18n.js").Entry>} */
export default {
  "What suits you": "Lo que te conviene",
  "You can still take any shift": "Igual puedes tomar cualquier turno",
  "I like to do": "Me gusta hacer",
  "These come first in your list.": "Van primero en tu lista.",
  "Do not ask me for": "No me pidan",
  "Nobody asks you for these. They stay in your list, last.": "Nadie te los pide. Quedan en tu lista, al final.",
  "Saved on this phone. Your list follows it when it is received.": "Guardado en este teléfono. Tu lista lo sigue cuando se reciba.",
  "Kinds": "Tipos",
  "Places": "Lugares",
  "Morning": "Mañana",
  "Afternoon": "Tarde",
  "Immigration court": "Corte de inmigración",
  "ICE office": "Oficina de ICE",
  "Courthouse": "Corte",
  "Neighbourhood": "Barrio",
  "Accompaniment": "Acompañamiento",
  "Turnout": "Presencia",
};
