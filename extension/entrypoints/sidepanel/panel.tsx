/** The side panel: the notes of the page in front, or the answer to a look-up. */
import { useEffect, useState } from "preact/hooks";
import { Trouble } from "../../components/failure";
import { type ActiveTab, useActiveTab, usePage } from "../../components/hooks";
import { Lookup, useLookupForm } from "../../components/lookup";
import { useSurroundings, useWords } from "../../components/start";
import { Working } from "../../components/working";
import { isReadable } from "../../lib/sensitive";
import { hasConsent } from "../../lib/settings";
import {
  askCheck,
  type Focus,
  type LookupState,
  type PageState,
  pendingLookup,
  watchSession,
} from "../../lib/state";
import { Notes } from "./notes";

/** A look-up asked for before the panel opened still counts for this long. */
const FRESH_MS = 15_000;

export function Panel() {
  const { t } = useWords();
  const tab = useActiveTab();
  const typed = new URLSearchParams(location.search).get("q");
  // A look-up typed into the address bar has this page to itself; what else is asked goes to the panel.
  const lookup = useLookup(typed === null ? tab?.windowId : undefined);
  const [chosen, setView] = useState<"notes" | "lookup">("notes");
  const view = typed === null ? chosen : "lookup";
  const form = useLookupForm();
  const { settings } = useSurroundings();
  const state = usePage(tab?.id);
  useEffect(() => {
    if (lookup) setView("lookup");
  }, [lookup?.at]);
  useEffect(() => {
    if (state?.phase === "asked" || state?.phase === "working") setView("notes");
  }, [state?.phase]);
  // A mark was clicked: its note comes into view once the notes do.
  useEffect(
    () => watchSession(({ focus }) => focus && (focus as Focus).tabId === tab?.id && setView("notes")),
    [tab?.id],
  );
  return (
    <>
      <header class="masthead">
        <h1>{t("wordmark")}</h1>
        {typed === null && (
          <nav class="views" aria-label={t("viewsLabel")}>
            <button type="button" aria-pressed={view === "notes"} onClick={() => setView("notes")}>
              {t("viewNotes")}
            </button>
            <button type="button" aria-pressed={view === "lookup"} onClick={() => setView("lookup")}>
              {t("viewLookup")}
            </button>
          </nav>
        )}
      </header>
      {!hasConsent(settings) ? (
        <p class="plain">{t("panelNeedsConsent")}</p>
      ) : view === "lookup" ? (
        <Lookup form={form} text={lookup?.text ?? typed ?? undefined} askedAt={lookup?.at} />
      ) : (
        tab && state && <NotesView tab={tab} state={state} />
      )}
    </>
  );
}

function NotesView({ tab, state }: { tab: ActiveTab; state: PageState }) {
  const { t } = useWords();
  // The panel itself gives no access to a page: only where the reader gave it can we check from here.
  const check = isReadable(tab.url) ? () => void askCheck(tab.id) : undefined;
  switch (state.phase) {
    case "unasked":
      return (
        <>
          <p class="plain">{t("pageUnasked")}</p>
          <p>{t("panelHowToCheck")}</p>
          {check && (
            <button type="button" class="primary" onClick={check}>
              {t("checkPage")}
            </button>
          )}
        </>
      );
    case "asked":
    case "working":
      return <Working since={state.since} tabId={tab.id} />;
    case "sensitive":
      return <p class="plain">{t("panelSensitive")}</p>;
    case "failed":
      return <Trouble failure={state.failure} retry={check} />;
    case "done":
      return <Notes tab={tab} state={state} check={check} />;
  }
}

/** The latest look-up that was asked for in this window, outside the panel. */
function useLookup(windowId: number | undefined): LookupState | null {
  const [lookup, setLookup] = useState<LookupState | null>(null);
  useEffect(() => {
    if (windowId === undefined) return;
    const take = (asked: LookupState | null) => {
      if (asked?.windowId === windowId && Date.now() - asked.at < FRESH_MS) setLookup(asked);
    };
    void pendingLookup().then(take);
    return watchSession((changed) => take((changed.lookup as LookupState | undefined) ?? null));
  }, [windowId]);
  return lookup;
}
