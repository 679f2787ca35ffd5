/** Settings to a file and back, and the way back to the first day. */
import { useRef, useState } from "preact/hooks";
import * as v from "valibot";
import { useWords } from "../../components/start";
import { download } from "../../lib/download";
import type { Key } from "../../lib/i18n";
import { changeSettings, loadSettings, resetSettings, SettingsSchema } from "../../lib/settings";

const KIND = "obelism-settings";
const File = v.object({ kind: v.literal(KIND), settings: v.record(v.string(), v.unknown()) });

export function Keep() {
  const { t } = useWords();
  const [said, setSaid] = useState<Key | null>(null);
  const [sure, setSure] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const leave = (said: Key | null) => {
    setSure(false);
    setSaid(said);
    opener.current?.focus();
  };
  return (
    <section class="group" aria-labelledby="keep-heading">
      <h2 id="keep-heading">{t("optionsKeep")}</h2>
      <p class="faint">{t("optionsKeepWhy")}</p>
      <div class="row">
        <button type="button" onClick={() => void giveOut()}>
          {t("optionsExport")}
        </button>
        <button type="button" onClick={() => picker.current?.click()}>
          {t("optionsImport")}
        </button>
        <input
          ref={picker}
          type="file"
          accept="application/json,.json"
          hidden
          onChange={(event) => void takeIn(event.currentTarget).then(setSaid)}
        />
        <button type="button" ref={opener} aria-expanded={sure} onClick={() => setSure(true)}>
          {t("optionsReset")}
        </button>
      </div>
      {sure && (
        <div
          class="row"
          role="alertdialog"
          aria-label={t("optionsReset")}
          onKeyDown={(e) => e.key === "Escape" && leave(null)}
        >
          <p>{t("optionsResetSure")}</p>
          <button type="button" onClick={() => void resetSettings().then(() => leave("optionsResetDone"))}>
            {t("optionsResetYes")}
          </button>
          <button type="button" ref={(button) => button?.focus()} onClick={() => leave(null)}>
            {t("cancel")}
          </button>
        </div>
      )}
      <p role="status">{said && t(said)}</p>
    </section>
  );
}

async function giveOut(): Promise<void> {
  // A token is a secret, and agreement is given to this browser only.
  const { token: _token, consent: _consent, ...settings } = await loadSettings();
  download("obelism-settings.json", "application/json", JSON.stringify({ kind: KIND, settings }, null, 2));
}

async function takeIn(input: HTMLInputElement): Promise<Key | null> {
  const file = input.files?.[0];
  if (!file) return null;
  const text = await file.text();
  input.value = "";
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), File), text);
  if (!parsed.success) return "optionsImportBad";
  const {
    token: _token,
    consent: _consent,
    ...settings
  } = v.parse(v.partial(SettingsSchema), parsed.output.settings);
  await changeSettings((current) => ({
    ...settings,
    // "Always" needs the browser's permission for each site, which a file cannot give.
    always: current.always,
    // Firefox asks the reader itself before addresses may be sent: a file can only forbid it.
    sendAddress: current.sendAddress && (settings.sendAddress ?? true),
    // A secret between the reader and one service.
    token: (settings.service ?? current.service) === current.service ? current.token : "",
  }));
  return "optionsImported";
}
