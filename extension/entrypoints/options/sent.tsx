/** What is sent, and the agreement to send it. */
import { browser } from "wxt/browser";
import { useSettings, useWords } from "../../components/start";
import { changeSettings, hasConsent } from "../../lib/settings";

export function Sent() {
  const { t } = useWords();
  const settings = useSettings();
  return (
    <section class="group" aria-labelledby="sent-heading">
      <h2 id="sent-heading">{t("optionsSent")}</h2>
      <label class="choice">
        <input
          type="checkbox"
          checked={settings.sendAddress}
          aria-describedby="address-sent-why"
          onChange={() => void setSendAddress(!settings.sendAddress)}
        />
        {t("optionsSendAddress")}
      </label>
      <p class="faint" id="address-sent-why">
        {t("optionsSendAddressWhy")}
      </p>
      <div class="row">
        <p>
          {hasConsent(settings) ? t("optionsConsentGiven", settings.service) : t("optionsConsentMissing")}
        </p>
        {hasConsent(settings) && (
          <button type="button" onClick={() => void changeSettings({ consent: null })}>
            {t("optionsWithdraw")}
          </button>
        )}
      </div>
    </section>
  );
}

/** Firefox counts addresses as browsing activity and asks the reader itself; Chromium has no such question. */
async function setSendAddress(on: boolean): Promise<void> {
  if (on && import.meta.env.FIREFOX) {
    const wanted = { data_collection: ["browsingActivity"] } as Parameters<
      typeof browser.permissions.request
    >[0];
    if (!(await browser.permissions.request(wanted))) return;
  }
  await changeSettings({ sendAddress: on });
}
