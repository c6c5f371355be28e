// Spanish of the rescue file.
/** @type {Record<string, import("../i18n.js").Entry>} */
export default {
  "Everything stays here too, and still goes by itself. Sent twice is harmless.":
    "Todo sigue también aquí y sale solo. Enviarlo dos veces no hace daño.",
  "Everything stays on this phone.": "Todo sigue en este teléfono.",
  "Give it to a coordinator or the legal team, by message, e-mail or stick. They hand it in for you.":
    "Dáselo a coordinación o al equipo legal, por mensaje, correo o memoria USB. Lo entregan por ti.",
  "Make the file": "Hacer el archivo",
  "It is larger than a page takes: on the server it is taken in by a command. Tell whoever you give it to.":
    "Es más grande de lo que acepta una página: en el servidor se recibe con un comando. Díselo a quien se lo des.",
  "Makes one locked file of all that is not sent. Only your chapter's server can open it.":
    "Hace un archivo cerrado con todo lo que falta por enviar. Solo el servidor de tu capítulo puede abrirlo.",
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
    "This phone has not heard of a hand-in key yet. Open the app with network once.":
    "Este teléfono aún no conoce la llave de entrega. Abre la aplicación una vez con red.",
  "With photos, film and sound": "Con fotos, video y sonido",
  "{n} of them, {size}. Leave them out where the file must be small": "Son {n}, {size}. Déjalos fuera si el archivo debe ser pequeño",
  "{n} photos or recordings are in the file.": { one: "Hay {n} foto o grabación en el archivo.", other: "Hay {n} fotos o grabaciones en el archivo." },
  "{n} photos or recordings too.": { one: "También {n} foto o grabación.", other: "También {n} fotos o grabaciones." },
  "{n} records are in the file.": { one: "Hay {n} registro en el archivo.", other: "Hay {n} registros en el archivo." },
  "{n} could not be read and are not in it.": { one: "{n} no se pudo leer y no está en él.", other: "{n} no se pudieron leer y no están en él." },
};
