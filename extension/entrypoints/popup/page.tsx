/** What is known of this page, and the button to check it. */
import { Trouble } from "../../components/failure";
import type { ActiveTab } from "../../components/hooks";
import { PreviewButton } from "../../components/preview";
import { useSettings, useWords } from "../../components/start";
import { Working } from "../../components/working";
import type { Key } from "../../lib/i18n";
import { ask } from "../../lib/messages";
import { openPanel } from "../../lib/panel";
import { isReadable } from "../../lib/sensitive";
import { isExcluded } from "../../lib/settings";
import { askCheck, type Done, type PageState, type Sensitivity } from "../../lib/state";
import { flagsIn, visibleNotes } from "../../lib/visible";
import { failureOf } from "../../lib/wording";

export function PagePart({ tab, state }: { tab: ActiveTab; state: PageState }) {
  const { t } = useWords();
  const settings = useSettings();
  if (!isReadable(tab.url)) return <Quiet what="failureUnreadable" advice="adviceUnreadable" />;
  if (isExcluded(tab.url, settings)) return <Quiet what="siteIsOff" advice="siteIsOffAdvice" />;

  // The panel opens only within the reader's click, so before anything is awaited.
  const check = (insist = false) => {
    const opened = openPanel(tab.windowId);
    void askCheck(tab.id, insist).then(async () => (await opened) && close());
  };
  return (
    <section class="page" aria-labelledby="page-heading">
      <h2 id="page-heading" class="unseen">
        {t("pageHeading")}
      </h2>
      <Body tab={tab} state={state} check={check} />
    </section>
  );
}

function Body({
  tab,
  state,
  check,
}: {
  tab: ActiveTab;
  state: PageState;
  check: (insist?: boolean) => void;
}) {
  const { t } = useWords();
  switch (state.phase) {
    case "unasked":
      return (
        <>
          <p class="plain">{t("pageUnasked")}</p>
          <div class="row">
            <button type="button" class="primary" onClick={() => check()}>
              {t("checkPage")}
            </button>
          </div>
          <PreviewButton tabId={tab.id} />
        </>
      );
    case "asked":
    case "working":
      return <Working since={state.since} tabId={tab.id} />;
    case "sensitive":
      return <Sensitive why={state.why} insist={() => check(true)} />;
    case "failed":
      return <Trouble failure={state.failure} retry={() => check()} />;
    case "done":
      return <Finished state={state} tab={tab} check={() => check()} />;
  }
}

const WHY: Record<Sensitivity, Key> = {
  file: "sensitiveFile",
  "own-machine": "sensitiveOwnMachine",
  password: "sensitivePassword",
  payment: "sensitivePayment",
  mail: "sensitiveMail",
};

function Sensitive({ why, insist }: { why: Sensitivity; insist: () => void }) {
  const { t } = useWords();
  return (
    <>
      <p class="plain">{t(WHY[why])}</p>
      <p>{t("sensitiveNothingSent")}</p>
      <button type="button" onClick={insist}>
        {t("sensitiveInsist")}
      </button>
    </>
  );
}

function Finished({ state, tab, check }: { state: Done; tab: ActiveTab; check: () => void }) {
  const words = useWords();
  const notes = visibleNotes(state);
  return (
    <>
      <p class="plain">
        {words.n("countNotes", notes.length)}
        {notes.length > 0 && ` · ${words.n("countFlags", flagsIn(notes))}`}
      </p>
      <p class="faint">
        {words.n("countRead", state.reading.counts.statements)} {words.t("noCleanBill")}
      </p>
      {state.failure && (
        <p class="faint">
          {failureOf(state.failure, words)} {words.t("lastNotes")}
        </p>
      )}
      {state.stale && <p class="faint">{words.t("pageStale")}</p>}
      <div class="row">
        <button
          type="button"
          class="primary"
          onClick={() => void openPanel(tab.windowId).then((opened) => opened && close())}
        >
          {words.t("openNotes")}
        </button>
        <button type="button" onClick={check}>
          {words.t("checkAgain")}
        </button>
        <button type="button" onClick={() => void ask({ type: "clear", tabId: tab.id })}>
          {words.t("clearMarks")}
        </button>
      </div>
    </>
  );
}

function Quiet({ what, advice }: { what: Key; advice: Key }) {
  const { t } = useWords();
  return (
    <section class="page">
      <p class="plain">{t(what)}</p>
      <p class="faint">{t(advice, "")}</p>
    </section>
  );
}
