// Spanish of the alert board.
export default {
  "I've got it": "Yo me encargo",
  "It's over: Enter says it": "Ya terminó: Entrar lo dice",
  "Ask a pair: Enter asks": "Pedir a una pareja: Entrar lo pide",
  "Confirm: Enter says it": "Confirmar: Entrar lo dice",
  "Not ICE: Enter says it": "No era ICE: Entrar lo dice",
  "Couldn't confirm: Enter says it": "No se pudo confirmar: Entrar lo dice",
  "Still there: Enter says it": "Sigue ahí: Entrar lo dice",
  "Say yes and send: Enter says it": "Decir que sí y enviar: Entrar lo dice",
  "Sound on or off": "Encender o apagar el sonido",
  "Whole screen": "Pantalla completa",
  "over by {time}": "pasado por {time}",
  "{time} left": "quedan {time}",
  "{n} new: show": { one: "{n} nueva: mostrar", other: "{n} nuevas: mostrar" },
};
