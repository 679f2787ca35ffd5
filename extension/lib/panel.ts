/** The side panel of Chromium and the sidebar of Firefox are two different interfaces. */
import { browser } from "wxt/browser";

/** Opens the panel of a window. Works only during a gesture of the reader; otherwise nothing happens. */
export function openPanel(windowId: number): void {
  const firefox = (browser as { sidebarAction?: { open(): Promise<void> } }).sidebarAction;
  const opened = firefox ? firefox.open() : browser.sidePanel.open({ windowId });
  opened.catch(() => {});
}
