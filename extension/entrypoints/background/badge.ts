/** The number of flags on the toolbar button. No number is no praise: nought shows nothing. */
import { browser } from "wxt/browser";
import { loadSettings } from "../../lib/settings";
import { loadPage } from "../../lib/state";
import { flagsIn, visibleNotes } from "../../lib/visible";

const INK = "#5c4a2e";

export async function showBadge(tabId: number): Promise<void> {
  const [state, settings] = await Promise.all([loadPage(tabId), loadSettings()]);
  const flags = state.phase === "done" ? flagsIn(visibleNotes(state)) : 0;
  const text = settings.badge && flags > 0 ? String(flags) : "";
  // A tab may be gone by the time its notes arrive.
  await Promise.allSettled([
    browser.action.setBadgeBackgroundColor({ tabId, color: INK }),
    browser.action.setBadgeTextColor({ tabId, color: "#ffffff" }),
    browser.action.setBadgeText({ tabId, text }),
  ]);
}

export async function showBadges(changed: Record<string, unknown>): Promise<void> {
  for (const key of Object.keys(changed)) if (key.startsWith("tab:")) await showBadge(Number(key.slice(4)));
}
