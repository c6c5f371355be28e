// How many messages wait to be opened, as a number on the app's icon where there is one: never what they are.

/**
 * Counts them anew; those that were read are taken off the screen.
 * @param {ServiceWorkerRegistration|undefined} registration @param {string[]} [read] tags of notifications
 */
export async function countBadge(registration, read = []) {
  const shown = (await registration?.getNotifications?.()) ?? [];
  for (const one of shown) if (read.includes(one.tag)) one.close();
  const left = shown.filter((one) => !read.includes(one.tag)).length;
  await (left ? navigator.setAppBadge?.(left) : navigator.clearAppBadge?.());
}

/** On a page: this was read here. @param {string} tag */
export const readHere = async (tag) => countBadge(await navigator.serviceWorker?.getRegistration("/"), [tag]).catch(() => undefined);
