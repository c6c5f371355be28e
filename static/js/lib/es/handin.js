// Spanish of the page where a rescue file is handed in.
/** @type {Record<string, import("../i18n.js").Entry>} */
export default {
  "Keep the file. The list says what to do.": "Guarda el archivo. La lista dice qué hacer.",
  "Nothing was changed.": "No se cambió nada.",
  "Nothing was sent. Your admin can take it in on the server: fieldapp hand-in FILE.": "No se envió nada. Tu admin puede recibirlo en el servidor: fieldapp hand-in ARCHIVO.",
  Number: "Número",
  "On the server: {n} of {all}.": "En el servidor: {n} de {all}.",
  Record: "Nota",
  "Sent; each part is being checked": "Enviado; se revisa cada parte",
  "That file is too large for this page.": "El archivo es demasiado grande para esta página.",
  "The answer did not come from our server. What was taken is safe; hand the file in again.": "La respuesta no vino de nuestro servidor. Lo recibido está a salvo; entrega el archivo otra vez.",
  "The connection broke. What was taken is safe; hand the same file in again.": "Se cortó la conexión. Lo recibido está a salvo; entrega el mismo archivo otra vez.",
  "The file holds nothing.": "El archivo no contiene nada.",
  "The file was not taken whole.": "El archivo no se recibió entero.",
  "The person can be told.": "Ya puedes avisar a la persona.",
  "What became of it": "Qué pasó con ella",
  "What is in the file": "Qué hay en el archivo",
};
