// Spanish of the pages with a passkey on them.
export default {
  "There is no connection.": "No hay conexión.",
  "Nothing was changed.": "No se cambió nada.",
  "Try again when you are online.": "Inténtalo de nuevo cuando tengas conexión.",
  "The answer did not come from our server.": "La respuesta no vino de nuestro servidor.",
  "You may have to sign in to this network first.": "Quizá primero tengas que entrar en esta red.",
  "This device already holds a passkey for you.": "Este dispositivo ya guarda una llave de acceso tuya.",
  "Sign in with it, or use another device.": "Entra con ella o usa otro dispositivo.",
  "This device cannot hold a passkey: it has no screen lock.": "Este dispositivo no puede guardar una llave de acceso: no tiene bloqueo de pantalla.",
  "Set a screen lock (PIN, pattern or fingerprint), or use a security key or another device.": "Pon un bloqueo de pantalla (PIN, patrón o huella), o usa una llave de seguridad física u otro dispositivo.",
  "This address cannot use passkeys.": "Esta dirección no puede usar llaves de acceso.",
  "Open the address that you were given, exactly.": "Abre exactamente la dirección que te dieron.",
  "The passkey was not confirmed.": "La llave de acceso no se confirmó.",
  "Try again when you are ready.": "Inténtalo de nuevo cuando quieras.",
  "Something went wrong in this browser.": "Algo falló en este navegador.",
  "Load the page again.": "Vuelve a cargar la página.",
  Passkey: "Llave de acceso",
};
