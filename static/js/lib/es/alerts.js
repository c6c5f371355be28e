// Spanish of the alert board.
export default {
  "I've got it": "Yo me encargo",
  "It's over: Enter says it": "Ya terminó: Entrar lo dice",
  "over by {time}": "pasado por {time}",
  "{time} left": "quedan {time}",
  "{n} new: show": { one: "{n} nueva: mostrar", other: "{n} nuevas: mostrar" },
};
