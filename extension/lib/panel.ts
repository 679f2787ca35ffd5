/** The side panel of Chromium and the sidebar of Firefox are two different interfaces. */
import { browser } from "wxt/browser";

/** Opens the panel of a window, only during a gesture of the reader: was it opened? */
export function openPanel(windowId: number): Promise<boolean> {
  const firefox = (browser as { sidebarAction?: { open(): Promise<void> } }).sidebarAction;
  const opened = firefox ? firefox.open() : browser.sidePanel.open({ windowId });
  return opened.then(
    () => true,
    () => false,
  );
}
