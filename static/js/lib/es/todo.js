// Español de lo que espera además de los turnos.
/** @type {Record<string, import("../i18n.js").Entry>} */
export default {
  "Beside your shifts": "Además de tus turnos",
  "Read and accept the code of conduct": "Leer y aceptar el código de conducta",
  "It comes before your next shift. Two minutes.": "Va antes de tu próximo turno. Dos minutos.",
  "Until {date} you take shifts as before.": "Hasta el {date} tomas turnos como siempre.",
  "{n} person shadowed your shift": { one: "{n} persona acompañó tu turno para aprender", other: "{n} personas acompañaron tu turno para aprender" },
  "{place}: say how it went": "{place}: di cómo fue",
  "Quiz: {course}": "Cuestionario: {course}",
  "Your certificate needs it. A few minutes.": "Tu certificado lo necesita. Unos minutos.",
  "Your way in: step {n} of {all}": "Tu camino: paso {n} de {all}",
  "Next: somebody of your chapter calls you": "Sigue: alguien de tu capítulo te llama",
  "Next: sign up for a training session": "Sigue: apúntate a una sesión",
  "Next: your trainer certifies you": "Sigue: quien te forma te certifica",
  "Next: take your first shift": "Sigue: toma tu primer turno",
  "The code of conduct is to be accepted first.": "Primero hay que aceptar el código de conducta.",
  "Read and accept it": "Leerlo y aceptarlo",
  "The code of conduct is to be accepted first: you find it on Today.": "Primero hay que aceptar el código de conducta: está en Hoy.",
};
