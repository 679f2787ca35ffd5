/** A check under way, how long it may take, and the way out. */
import { ask } from "../lib/messages";
import { useClock } from "./hooks";
import { useWords } from "./start";

/** After this long the reader is told that it takes long. */
const SLOW_MS = 4000;

export function Working({ since, tabId }: { since: number; tabId: number }) {
  const { t } = useWords();
  const now = useClock(true);
  return (
    <div role="status">
      <p class="plain working">{t("pageWorking")}</p>
      {now - since > SLOW_MS && <p class="faint">{t("pageSlow")}</p>}
      <button type="button" onClick={() => void ask({ type: "cancel", tabId })}>
        {t("cancel")}
      </button>
    </div>
  );
}
