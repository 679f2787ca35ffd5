/** The popup panel: this page, this site, and the look-up. */
import { useEffect, useState } from "preact/hooks";
import { browser } from "wxt/browser";
import { useActiveTab, usePage } from "../../components/hooks";
import { Lookup, useLookupForm } from "../../components/lookup";
import { useSettings, useWords } from "../../components/start";
import { ask } from "../../lib/messages";
import { hasConsent } from "../../lib/settings";
import type { Failure } from "../../lib/state";
import { failureOf } from "../../lib/wording";
import { Consent } from "./consent";
import { PagePart } from "./page";
import { SitePart } from "./site";

export function Popup() {
  const { t } = useWords();
  const settings = useSettings();
  const tab = useActiveTab();
  const state = usePage(tab?.id);
  const form = useLookupForm();
  return (
    <>
      <header class="masthead">
        <h1>{t("wordmark")}</h1>
        <ServiceStatus service={settings.service} />
      </header>
      {tab && state && (hasConsent(settings) ? <PagePart tab={tab} state={state} /> : <Consent tab={tab} />)}
      {hasConsent(settings) && <Lookup form={form} />}
      {tab?.url && <SitePart href={tab.url} />}
      <footer>
        <button
          type="button"
          class="quiet"
          onClick={() => void browser.runtime.openOptionsPage().then(() => close())}
        >
          {t("openOptions")}
        </button>
      </footer>
    </>
  );
}

function ServiceStatus({ service }: { service: string }) {
  const words = useWords();
  const [failure, setFailure] = useState<Failure | null | undefined>(undefined);
  useEffect(() => {
    void ask({ type: "ready" })
      .then((reply) => setFailure(reply as Failure | null))
      .catch(() => setFailure({ kind: "interrupted" }));
  }, [service]);
  const text =
    failure === undefined
      ? words.t("serviceAsking")
      : failure
        ? failureOf(failure, words)
        : words.t("serviceReady");
  return (
    <p
      class="service"
      data-state={failure === undefined ? "asking" : failure ? "down" : "up"}
      title={service}
    >
      {text}
    </p>
  );
}
