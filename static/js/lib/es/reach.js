// Spanish of whether this phone can be reached.
/** @type {Record<string, import("../i18n.js").Entry>} */
export default {
  "May this phone tell you?": "¿Puede avisarte este teléfono?",
  "When your shift changes, when somebody asks after you, or when an alert needs you. Otherwise you see it only when you open the app.":
    "Cuando cambie tu turno, cuando alguien pregunte por ti o cuando una alerta te necesite. Si no, lo ves solo al abrir la aplicación.",
  "Alerts no longer reach this phone.": "Las alertas ya no llegan a este teléfono.",
  "Allow notifications for this browser in the computer's settings.": "Permite las notificaciones de este navegador en los ajustes de la computadora.",
  "Battery saver holds messages back: let this app run without limits.": "El ahorro de batería retiene los mensajes: deja que esta aplicación funcione sin límites.",
  "Leave the browser running, and look whether Do Not Disturb is on.": "Deja abierto el navegador y mira si está activado No molestar.",
  "Look whether a Focus or Do Not Disturb is on, and let Fieldapp through.": "Mira si está activado un Enfoque o No molestar, y permite Fieldapp.",
  "Look whether Do Not Disturb is on.": "Mira si está activado No molestar.",
  "No message was shown here yet. A test says whether one comes.": "Aquí aún no se ha mostrado ningún mensaje. Una prueba dice si llega.",
  "On, but the last test was not shown": "Activadas, pero la última prueba no apareció",
  "Send a test to this phone": "Enviar una prueba a este teléfono",
  "Sent. A message should show within seconds.": "Enviada. En unos segundos debe aparecer un mensaje.",
  "Settings, Apps, this app or your browser, Notifications: allow them.": "Ajustes, Aplicaciones, esta aplicación o tu navegador, Notificaciones: permítelas.",
  "Settings, Notifications, Fieldapp: allow them, on the lock screen too.": "Ajustes, Notificaciones, Fieldapp: permítelas, también en la pantalla bloqueada.",
  "That did not work. Turn alerts off and on again here, then send the test once more.": "No funcionó. Desactiva y activa aquí las alertas, y envía la prueba otra vez.",
  "The phone or its push service ended them. Turn them on again.": "El teléfono o su servicio de avisos las terminó. Actívalas de nuevo.",
  "The server cannot be reached. Nothing was sent. Try again with network.": "No se llega al servidor. No se envió nada. Inténtalo de nuevo con red.",
  "The test was not shown here.": "La prueba no apareció aquí.",
  "Then send the test again. If it still does not come, tell your coordinator: they reach you in another way.":
    "Después envía la prueba otra vez. Si sigue sin llegar, dilo a tu coordinación: te avisarán de otra manera.",
  "This phone can be reached: last shown {time}": "A este teléfono le llegan los avisos: último mostrado, {time}",
  "Turn on alerts": "Activar las alertas",
};
