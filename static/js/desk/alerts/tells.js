// "This browser tells me": a desk browser becomes a device with a key of its own and a push subscription.

/** @param {HTMLElement} board */
export async function tells(board) {
  void board;
}
