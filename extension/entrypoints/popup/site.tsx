/** Always or never on this site, and a rest until tomorrow. */
import { browser } from "wxt/browser";
import { useSettings, useWords } from "../../components/start";
import {
  changeSettings,
  endAlways,
  grantWish,
  isExcluded,
  isExcludedBy,
  isPaused,
  originsOf,
  type Settings,
  siteOf,
  wishAlways,
} from "../../lib/settings";

export function SitePart({ href }: { href: string }) {
  const { t } = useWords();
  const settings = useSettings();
  const { protocol } = new URL(href);
  if (protocol !== "http:" && protocol !== "https:") return null;
  const site = siteOf(href);
  const [always, never] = [settings.always.includes(site), isExcluded(href, settings)];
  return (
    <fieldset class="site">
      <legend dir="auto">{site}</legend>
      <label>
        <input type="checkbox" checked={always} onChange={() => void setAlways(href, !always)} />
        <span>
          {t("siteAlways")} <small>{t("siteAlwaysWhy")}</small>
        </span>
      </label>
      <label>
        <input type="checkbox" checked={never} onChange={() => void setNever(href, !never, settings)} />
        <span>{t("siteNever")}</span>
      </label>
      <label>
        <input
          type="checkbox"
          checked={isPaused(settings)}
          onChange={() => void changeSettings({ pausedUntil: isPaused(settings) ? 0 : endOfToday() })}
        />
        <span>{t("pauseToday")}</span>
      </label>
    </fieldset>
  );
}

/** The browser asks the reader for this one site; without a yes nothing changes. */
async function setAlways(href: string, on: boolean): Promise<void> {
  const site = siteOf(href);
  if (!on) return endAlways([site]);
  // Not awaited: the browser asks only within the reader's click.
  void wishAlways(site);
  if (await browser.permissions.request({ origins: originsOf(site) })) await grantWish();
}

async function setNever(href: string, on: boolean, settings: Settings): Promise<void> {
  const site = siteOf(href);
  if (on && settings.always.includes(site)) await endAlways([site]);
  await changeSettings(({ never }) => {
    const others = never.filter((one) => !isExcludedBy(one, site));
    return { never: on ? [...others, site] : others };
  });
}

function endOfToday(): number {
  const end = new Date();
  end.setHours(24, 0, 0, 0);
  return end.getTime();
}
