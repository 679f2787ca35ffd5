/** The state of tabs, as it changes. */
import { useEffect, useState } from "preact/hooks";
import { browser } from "wxt/browser";
import { current, loadPage, type PageState, pageIn, watchSession } from "../lib/state";

export interface ActiveTab {
  id: number;
  windowId: number;
  /** Known only where the reader let us look. */
  url?: string;
}

/** The tab in front in this window, also after the reader turns to another. */
export function useActiveTab(): ActiveTab | null {
  const [tab, setTab] = useState<ActiveTab | null>(null);
  useEffect(() => {
    const look = async () => {
      const [found] = await browser.tabs.query({ active: true, currentWindow: true });
      if (found?.id !== undefined) setTab({ id: found.id, windowId: found.windowId, url: found.url });
    };
    const onUpdated = () => void look();
    void look();
    browser.tabs.onActivated.addListener(onUpdated);
    browser.tabs.onUpdated.addListener(onUpdated);
    return () => {
      browser.tabs.onActivated.removeListener(onUpdated);
      browser.tabs.onUpdated.removeListener(onUpdated);
    };
  }, []);
  return tab;
}

/** What is known of a tab; null while that is being looked up. */
export function usePage(tabId: number | undefined): PageState | null {
  const [state, setState] = useState<PageState | null>(null);
  useEffect(() => {
    if (tabId === undefined) return;
    setState(null);
    let known = false;
    const take = (next: PageState) => {
      known = true;
      setState(next);
    };
    // What was stored when we asked is older than what is heard of meanwhile, here or of another tab.
    void loadPage(tabId).then((stored) => {
      if (!known) take(stored);
    });
    const stop = watchSession((changed) => {
      const next = pageIn(changed, tabId);
      if (next) take(next);
    });
    return () => {
      known = true;
      stop();
    };
  }, [tabId]);
  const now = useClock(state?.phase === "asked" || state?.phase === "working");
  return state && current(state, now);
}

/** The time, told every second while somebody needs it. */
export function useClock(running: boolean): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [running]);
  return running ? now : Date.now();
}
