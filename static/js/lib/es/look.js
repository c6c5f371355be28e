// Spanish of the page of screen, name and space.
/** @type {Record<string, import("../i18n.js").Entry>} */
export default {
  "A short buzz on Save": "Una vibración corta al guardar",
  "An icon that is on the home screen keeps its name and picture: remove it and add it again. What is written here stays only if you send it first.":
    "Un icono que ya está en la pantalla de inicio conserva su nombre e imagen: quítalo y agrégalo otra vez. Lo anotado aquí se conserva solo si lo envías antes.",
  "As the phone": "Como el teléfono",
  "Choose it before you put the app on the home screen: an icon keeps the name that it was added with.":
    "Elígelo antes de poner la aplicación en la pantalla de inicio: un icono conserva el nombre con que se agregó.",
  Dark: "Oscuro",
  "For a phone that others use too. It changes the title, the notification and the icon.":
    "Para un teléfono que otros también usan. Cambia el título, la notificación y el icono.",
  "It can be heard in a quiet room": "Se oye en una sala en silencio",
  "It is no disguise: whoever opens it sees what it is. Some iPhones still show the name Fieldapp on a notification.":
    "No es un disfraz: quien la abre ve qué es. Algunos iPhone aún muestran el nombre Fieldapp en una notificación.",
  "Keep the screen on": "Mantener la pantalla encendida",
  Light: "Claro",
  "Light or dark": "Claro u oscuro",
  "Name on this phone": "Nombre en este teléfono",
  Notes: "Notas",
  "Not promised yet": "Aún sin garantía",
  "Only on this phone": "Solo en este teléfono",
  "Screen, name and space": "Pantalla, nombre y espacio",
  Space: "Espacio",
  "The browser may clear it when space is short": "El navegador puede borrarlo si falta espacio",
  "This phone promised not to clear what is here": "Este teléfono prometió no borrar lo que hay aquí",
  "While a form or a court session is open. It uses the battery": "Mientras hay un formulario o una sesión abierta. Gasta batería",
  "While you write": "Mientras anotas",
  "{size} free for it": "{size} libres para ella",
  "{size} used here": "{size} usados aquí",
};
