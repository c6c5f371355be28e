// Spanish of the rescue file.
/** @type {Record<string, import("../i18n.js").Entry>} */
export default {
  "Everything stays on this phone.": "Todo sigue en este teléfono.",
  "Give it to a coordinator or the legal team, by message, e-mail or stick. They hand it in for you.":
    "Dáselo a coordinación o al equipo legal, por mensaje, correo o memoria USB. Lo entregan por ti.",
  "Hand in without network": "Entregar sin red",
  "Make the file": "Hacer el archivo",
  "Makes one locked file of all that is not sent. Only your chapter's server can open it.":
    "Hace un archivo cerrado con todo lo que falta por enviar. Solo el servidor de tu grupo puede abrirlo.",
  "Making the file": "Haciendo el archivo",
  "Photos, film and sound are not in it: they stay here until this phone has network.":
    "Las fotos, el video y el sonido no van en él: se quedan aquí hasta que este teléfono tenga red.",
  "Save the file": "Guardar el archivo",
  "Send the file": "Enviar el archivo",
  "That app did not take the file. Save it, and send it from there.": "Esa aplicación no aceptó el archivo. Guárdalo y envíalo desde ahí.",
  "The file could not be made. Free some space, or try again.": "No se pudo hacer el archivo. Libera espacio o inténtalo otra vez.",
  "The file is in this phone's downloads.": "El archivo está en las descargas de este teléfono.",
  "The file was handed to the app that you chose.": "El archivo pasó a la aplicación que elegiste.",
  "The hand-in key does not check out, so no file was made. Tell your coordinator.":
    "La llave de entrega no coincide, así que no se hizo ningún archivo. Avisa a tu coordinación.",
  "The records stay here too, and still go by themselves. Sent twice is harmless.":
    "Las notas también siguen aquí y salen solas. Enviarlas dos veces no hace daño.",
  "This phone has not heard of a hand-in key yet. Open the app with network once.":
    "Este teléfono aún no conoce la llave de entrega. Abre la aplicación una vez con red.",
  "{n} records are in the file.": { one: "Hay {n} nota en el archivo.", other: "Hay {n} notas en el archivo." },
  "{n} records could not be read and are not in it.": { one: "{n} nota no se pudo leer y no está en él.", other: "{n} notas no se pudieron leer y no están en él." },
};
