/** Before the first page is sent: what goes where, in plain words, with a look at the thing itself. */
import type { ActiveTab } from "../../components/hooks";
import { PreviewButton } from "../../components/preview";
import { useSettings, useWords } from "../../components/start";
import { isReadable } from "../../lib/sensitive";
import { changeSettings, isExcluded, isOwnMachine } from "../../lib/settings";

export function Consent({ tab }: { tab: ActiveTab }) {
  const { t } = useWords();
  const settings = useSettings();
  const { service, sendAddress } = settings;
  const own = isOwnMachine(new URL(service).hostname);
  return (
    <section class="consent" aria-labelledby="consent-heading">
      <h2 id="consent-heading">{t("consentHeading")}</h2>
      <p>{t("consentWhat")}</p>
      <p>
        {t(own ? "consentOwnMachine" : "consentElsewhere")} <code>{service}</code>
      </p>
      <p>{t("consentNot")}</p>
      <p>{t(sendAddress ? "consentWithAddress" : "consentWithoutAddress")}</p>
      <div class="row">
        <button type="button" class="primary" onClick={() => void changeSettings({ consent: service })}>
          {t("consentAgree")}
        </button>
        <button type="button" onClick={() => close()}>
          {t("consentLater")}
        </button>
      </div>
      {isReadable(tab.url) && !isExcluded(tab.url, settings) && <PreviewButton tabId={tab.id} />}
    </section>
  );
}
