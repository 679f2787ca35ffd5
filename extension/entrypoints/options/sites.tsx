/** Sites that are always or never checked. */
import { useState } from "preact/hooks";
import { browser } from "wxt/browser";
import { Icon } from "../../components/icon";
import { useSettings, useWords } from "../../components/start";
import { changeSettings, isExcludedBy, originsOf } from "../../lib/settings";

export function Sites() {
  const { t } = useWords();
  const { always, never } = useSettings();
  const [typed, setTyped] = useState("");
  const add = () => {
    const site = hostOf(typed);
    if (!site) return;
    setTyped("");
    void changeSettings({
      never: [...never.filter((one) => one !== site), site],
      always: always.filter((one) => !isExcludedBy(site, one)),
    });
  };
  return (
    <section class="group" aria-labelledby="sites-heading">
      <h2 id="sites-heading">{t("optionsSites")}</h2>
      <h3>{t("optionsAlways")}</h3>
      <SiteList
        sites={always}
        remove={(site) => {
          void browser.permissions.remove({ origins: originsOf(site) });
          void changeSettings({ always: always.filter((one) => one !== site) });
        }}
      />
      <h3>{t("optionsNever")}</h3>
      <SiteList
        sites={never}
        remove={(site) => void changeSettings({ never: never.filter((one) => one !== site) })}
      />
      <form
        class="field"
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <label>
          {t("optionsAddNever")}
          <input value={typed} dir="ltr" onInput={(event) => setTyped(event.currentTarget.value)} />
        </label>
        <button type="submit">{t("optionsAdd")}</button>
      </form>
    </section>
  );
}

function SiteList({ sites, remove }: { sites: readonly string[]; remove: (site: string) => void }) {
  const { t } = useWords();
  if (!sites.length) return <p class="faint">{t("optionsNoSites")}</p>;
  return (
    <ul class="bare">
      {sites.map((site) => (
        <li key={site} class="row">
          <span dir="ltr">{site}</span>
          <button
            type="button"
            class="quiet"
            aria-label={t("optionsRemoveSite", site)}
            onClick={() => remove(site)}
          >
            <Icon name="cross" />
          </button>
        </li>
      ))}
    </ul>
  );
}

/** "https://Example.org/news" and "example.org" both mean example.org. */
function hostOf(typed: string): string | null {
  const text = typed.trim();
  const address = text.includes("://") ? text : `https://${text}`;
  return URL.canParse(address) ? new URL(address).host || null : null;
}
