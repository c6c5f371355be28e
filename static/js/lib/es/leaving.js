// Spanish of what is said before somebody leaves a phone, or another signs in on it.
/** @type {Record<string, import("../i18n.js").Entry>} */
export default {
  "Make a locked file": "Hacer un archivo cerrado",
  "Send them, or make a locked file": "Enviarlas, o hacer un archivo cerrado",
  "A passkey is locked by it. Set a code, finger or face in the settings and come back; or use a security key, or another phone.":
    "Con él se cierra la llave de acceso. Pon un código, huella o rostro en los ajustes y vuelve; o usa una llave de seguridad, u otro teléfono.",
  "This device has no screen lock": "Este aparato no tiene bloqueo de pantalla",
  "They stay here, and are sent as their writer's, whoever signs in.": "Se quedan aquí y se envían como de quien las escribió, entre quien entre.",
  "Dark or light, a plain name on a shared phone": "Oscuro o claro, un nombre discreto en un teléfono compartido",
  "Kept as long as the browser likes": "Se guarda mientras el navegador quiera",
  "Not promised yet": "Aún sin garantía",
  "Screen, name and space": "Pantalla, nombre y espacio",
  "The browser may clear it when space is short": "El navegador puede borrarlo si falta espacio",
  "This phone promised not to clear what is here": "Este teléfono prometió no borrar lo que hay aquí",
};
