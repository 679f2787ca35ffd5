/** The entries of the context menu, in the browser's language. */
import { browser } from "wxt/browser";

export async function addMenus(): Promise<void> {
  await browser.contextMenus.removeAll();
  browser.contextMenus.create({
    id: "look-up",
    // The browser puts the selection where its title says %s.
    title: browser.i18n.getMessage("menuLookUp"),
    contexts: ["selection"],
  });
  browser.contextMenus.create({
    id: "check-page",
    title: browser.i18n.getMessage("menuCheck"),
    contexts: ["page"],
  });
}
