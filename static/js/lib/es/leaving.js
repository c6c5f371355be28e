// Spanish of what is said before somebody leaves a phone, or another signs in on it.
/** @type {Record<string, import("../i18n.js").Entry>} */
export default {
  "Make a locked file": "Hacer un archivo cerrado",
  "Send them, or make a locked file": "Enviarlas, o hacer un archivo cerrado",
  "They stay here, and are sent as their writer's, whoever signs in.": "Se quedan aquí y se envían como de quien las escribió, entre quien entre.",
};
