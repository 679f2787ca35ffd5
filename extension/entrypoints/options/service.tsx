/** Where the service is; tried when it is saved, with a clear answer. */
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
  const [address, setAddress] = useState(settings.service);
  const [token, setToken] = useState(settings.token);
  const [result, setResult] = useState<Result | null>(null);

  const save = async () => {
    const service = address.trim().replace(/\/+$/, "");
    if (!isServiceAddress(service)) return setResult({ state: "malformed" });
    setAddress(service);
    setResult({ state: "trying" });
    await changeSettings({ service, token: token.trim() });
    const failure = (await ask({ type: "ready", service })) as Failure | null;
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
          onInput={(event) => setAddress(event.currentTarget.value)}
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
          onInput={(event) => setToken(event.currentTarget.value)}
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
