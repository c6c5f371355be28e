// Spanish for the desk's pages of shifts and training.
export default {
  "Show the code full screen": "Mostrar el código en pantalla completa",
  "{n} more have arrived.": "Llegaron {n} más.",
};
