/** Marks, badge, language. */
import { useSettings, useWords } from "../../components/start";
import type { Key } from "../../lib/i18n";
import { LANGUAGES } from "../../lib/i18n";
import { changeSettings, type Settings } from "../../lib/settings";

const MARKS: [Settings["marks"], Key][] = [
  ["full", "marksFull"],
  ["quiet", "marksQuiet"],
  ["off", "marksOff"],
];

export function Look() {
  const words = useWords();
  const settings = useSettings();
  const { t } = words;
  return (
    <section class="group" aria-labelledby="look-heading">
      <h2 id="look-heading">{t("optionsLook")}</h2>
      <fieldset>
        <legend>{t("optionsMarks")}</legend>
        {MARKS.map(([marks, key]) => (
          <label class="choice" key={marks}>
            <input
              type="radio"
              name="marks"
              value={marks}
              checked={settings.marks === marks}
              onChange={() => void changeSettings({ marks })}
            />
            {t(key)}
          </label>
        ))}
      </fieldset>
      <label class="choice">
        <input
          type="checkbox"
          checked={settings.badge}
          onChange={() => void changeSettings({ badge: !settings.badge })}
        />
        {t("optionsBadge")}
      </label>
      <label>
        {t("optionsLanguage")}
        <select
          value={settings.language}
          onChange={(event) =>
            void changeSettings({ language: event.currentTarget.value as Settings["language"] })
          }
        >
          <option value="auto">{t("languageAuto")}</option>
          {LANGUAGES.map((code) => (
            <option key={code} value={code}>
              {words.languageName(code)}
            </option>
          ))}
        </select>
      </label>
    </section>
  );
}
