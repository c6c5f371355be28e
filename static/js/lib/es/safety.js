// Español de lo que cuida a la persona: alerta retirada, bloqueo, quitar los datos, palabras, contacto de familia.
/** @type {Record<string, import("../i18n.js").Entry>} */
export default {
  "It was over already": "Ya había terminado",
  "Nothing had to be taken back.": "No había nada que retirar.",
  "Done": "Listo",
  "Told": "Avisado",
  "Not taken back": "No se retiró",
  "The server did not take it back from this phone. Call the hotline, or sign in and take it back under You, Passkeys and devices.": "El servidor no la retiró desde este teléfono. Llama a la línea directa, o entra y retírala en Tú, Llaves y dispositivos.",
  "Taken back here": "Retirada aquí",
  "It goes by itself when there is network. If people may be on their way, call the hotline.": "Sale sola cuando haya red. Si ya puede venir gente, llama a la línea directa.",
  "That alert was raised from another phone. Sign in and take it back under You, Passkeys and devices.": "Esa alerta salió de otro teléfono. Entra y retírala en Tú, Llaves y dispositivos.",
};
