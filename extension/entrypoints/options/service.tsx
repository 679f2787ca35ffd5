/** Where the service is; tried as soon as it is saved, with a clear answer. */
import { useState } from "preact/hooks";
import { Trouble } from "../../components/failure";
import { useSettings, useWords } from "../../components/start";
import { ask } from "../../lib/messages";
import { changeSettings, isServiceAddress } from "../../lib/settings";
import type { Failure } from "../../lib/state";

type Result = { state: "trying" | "good" | "malformed" } | { state: "failed"; failure: Failure };

export function Service() {
  const { t } = useWords();
  const settings = useSettings();
  // What was not typed shows the settings, which may change elsewhere: by a file, by a reset.
  const [typed, setTyped] = useState<{ address?: string; token?: string }>({});
  const { address = settings.service, token = settings.token } = typed;
  const [result, setResult] = useState<Result | null>(null);

  const save = async () => {
    const service = address.trim().replace(/\/+$/, "");
    if (!isServiceAddress(service)) return setResult({ state: "malformed" });
    setResult({ state: "trying" });
    // A secret between the reader and one service: another one gets it only if it was typed anew.
    const meant = typed.token !== undefined || service === settings.service;
    await changeSettings({ service, token: meant ? token.trim() : "" });
    setTyped({});
    const reply = ask({ type: "ready", service }).catch((): Failure => ({ kind: "interrupted" }));
    const failure = (await reply) as Failure | null;
    setResult(failure ? { state: "failed", failure } : { state: "good" });
  };
  return (
    <form
      class="group"
      aria-labelledby="service-heading"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <h2 id="service-heading">{t("optionsService")}</h2>
      <label>
        {t("optionsAddress")}
        <input
          type="url"
          value={address}
          required
          dir="ltr"
          aria-describedby="address-why"
          aria-invalid={result?.state === "malformed"}
          onInput={(event) => setTyped({ ...typed, address: event.currentTarget.value })}
        />
      </label>
      <p class="faint" id="address-why">
        {t("optionsAddressWhy")}
      </p>
      <label>
        {t("optionsToken")}
        <input
          type="password"
          value={token}
          autocomplete="off"
          dir="ltr"
          onInput={(event) => setTyped({ ...typed, token: event.currentTarget.value })}
        />
      </label>
      <button type="submit" class="primary" disabled={result?.state === "trying"}>
        {t("optionsTest")}
      </button>
      <div role="status">
        {result?.state === "trying" && <p class="faint">{t("serviceAsking")}</p>}
        {result?.state === "good" && <p>{t("optionsTestGood")}</p>}
        {result?.state === "malformed" && <p>{t("optionsAddressBad")}</p>}
        {result?.state === "failed" && <Trouble failure={result.failure} />}
      </div>
    </form>
  );
}
