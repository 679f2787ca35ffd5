/** Sites that are always or never checked. */
import { useState } from "preact/hooks";
import { Icon } from "../../components/icon";
import { useSettings, useWords } from "../../components/start";
import { changeSettings, endAlways, isExcludedBy, isSite } from "../../lib/settings";

export function Sites() {
  const { t } = useWords();
  const { always, never } = useSettings();
  const [typed, setTyped] = useState("");
  const [isWrong, setWrong] = useState(false);
  const add = () => {
    const site = hostOf(typed);
    setWrong(!site);
    if (!site) return;
    setTyped("");
    void changeSettings(({ never }) => ({ never: [...never.filter((one) => one !== site), site] })).then(
      ({ always }) => endAlways(always.filter((one) => isExcludedBy(site, one))),
    );
  };
  return (
    <section class="group" aria-labelledby="sites-heading">
      <h2 id="sites-heading">{t("optionsSites")}</h2>
      <h3>{t("optionsAlways")}</h3>
      <SiteList sites={always} remove={(site) => void endAlways([site])} />
      <h3>{t("optionsNever")}</h3>
      <SiteList
        sites={never}
        remove={(site) =>
          void changeSettings(({ never }) => ({ never: never.filter((one) => one !== site) }))
        }
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
          <input
            value={typed}
            required
            dir="ltr"
            aria-invalid={isWrong}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        </label>
        <button type="submit">{t("optionsAdd")}</button>
      </form>
      <p role="status">{isWrong && t("optionsSiteBad")}</p>
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

/** "https://Example.org/news", "example.org" and "*.example.org" all mean example.org; null for what is no site. */
function hostOf(typed: string): string | null {
  const text = typed.trim().replace(/^(\w+:\/\/)?\*\./, "$1");
  const address = text.includes("://") ? text : `https://${text}`;
  const host = URL.canParse(address) ? new URL(address).host : "";
  return isSite(host) ? host : null;
}
