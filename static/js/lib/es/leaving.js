// Spanish of what is said before somebody leaves a phone, or another signs in on it.
/** @type {Record<string, import("../i18n.js").Entry>} */
export default {
  "Make a locked file": "Hacer un archivo cerrado",
  "Send them, or make a locked file": "Enviarlas, o hacer un archivo cerrado",
  "A passkey is locked by it. Set a code, finger or face in the settings and come back; or use a security key, or another phone.":
    "Con él se cierra la llave de acceso. Pon un código, huella o rostro en los ajustes y vuelve; o usa una llave de seguridad, u otro teléfono.",
  "This device has no screen lock": "Este aparato no tiene bloqueo de pantalla",
  "They stay here, and are sent as their writer's, whoever signs in.": "Se quedan aquí y se envían como de quien las escribió, entre quien entre.",
};
