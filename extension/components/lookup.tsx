/** Looking up any statement: the form, what came back, and the statements looked up before. */
import { useEffect, useRef, useState } from "preact/hooks";
import { browser } from "wxt/browser";
import { ask } from "../lib/messages";
import { changeSettings } from "../lib/settings";
import type { LookupOutcome } from "../lib/state";
import { STATUSES } from "../lib/types";
import { statusOf, tellingOf } from "../lib/wording";
import { ClaimStatus, ClaimText, Reviews, Sides } from "./claim";
import { Trouble } from "./failure";
import { Icon } from "./icon";
import { useSettings, useSurroundings, useWords } from "./start";
import { Why } from "./why";

interface Filters {
  language?: string;
  publisher?: string;
  status?: string;
  since?: string;
}

interface Form {
  text: string;
  filters: Filters;
  busy: boolean;
  outcome: LookupOutcome | null;
}

/** For whoever shows the look-up: it stays as it is while something else is shown in its place. */
export const useLookupForm = () => useState<Form>({ text: "", filters: {}, busy: false, outcome: null });

/** When the latest look-up from elsewhere was asked: turning to another view and back asks nothing again. */
let takenUp = 0;
/** The latest look-up of this page: the answer to one before it comes too late. */
let latest = 0;

export function Lookup({
  form: [{ text, filters, busy, outcome }, setForm],
  text: asked,
  askedAt = 1,
}: {
  form: ReturnType<typeof useLookupForm>;
  text?: string;
  askedAt?: number;
}) {
  const { words, announce } = useSurroundings();
  const change = (change: Partial<Form>) => setForm((form) => ({ ...form, ...change }));
  const field = useRef<HTMLInputElement>(null);

  const run = async (statement: string) => {
    const query = statement.trim();
    if (!query) return;
    const turn = ++latest;
    change({ text: query, busy: true });
    await remember(query);
    const publisher = filters.publisher?.trim() || undefined;
    const reply = (await ask({ type: "look-up", text: query, ...filters, publisher }).catch(
      () => null,
    )) as LookupOutcome | null;
    if (turn !== latest) return;
    change({ busy: false, outcome: reply ?? { failure: { kind: "interrupted" } } });
    if (reply?.results) announce(words.n("lookupCount", reply.results.length));
  };

  useEffect(() => {
    if (asked === undefined || askedAt <= takenUp) return;
    takenUp = askedAt;
    // Asked for by the keyboard with nothing selected: the reader is about to type it.
    if (asked) void run(asked);
    else field.current?.focus();
  }, [asked, askedAt]);

  return (
    <section class="lookup" aria-labelledby="lookup-heading">
      <h2 id="lookup-heading">{words.t("lookupHeading")}</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run(text);
        }}
      >
        <label class="unseen" for="lookup-text">
          {words.t("lookupLabel")}
        </label>
        <div class="field">
          <input
            id="lookup-text"
            ref={field}
            type="search"
            value={text}
            placeholder={words.t("lookupPlaceholder")}
            maxLength={2000}
            autocomplete="off"
            dir="auto"
            onInput={(event) => change({ text: event.currentTarget.value })}
          />
          <button type="submit" disabled={busy}>
            {words.t("lookupButton")}
          </button>
        </div>
        <FilterFields filters={filters} change={(filters) => change({ filters })} />
      </form>
      {busy && <p class="faint">{words.t("lookupWorking")}</p>}
      {!busy && outcome?.failure && <Trouble failure={outcome.failure} />}
      {!busy && outcome?.results && <Results outcome={outcome} />}
      {!outcome && !busy && <Recent run={run} />}
    </section>
  );
}

/** Kept on this computer, at once: the popup may be closed before the answer comes. */
async function remember(query: string): Promise<void> {
  // A private window leaves nothing behind.
  if ((await browser.windows.getCurrent()).incognito) return;
  const kept = query.slice(0, 500);
  await changeSettings(({ recentLookups }) => ({
    recentLookups: [kept, ...recentLookups.filter((one) => one !== kept)],
  }));
}

function FilterFields({ filters, change }: { filters: Filters; change: (filters: Filters) => void }) {
  const words = useWords();
  const set = (name: keyof Filters) => (event: { currentTarget: { value: string } }) =>
    change({ ...filters, [name]: event.currentTarget.value || undefined });
  return (
    <details class="filters">
      <summary>{words.t("filtersHeading")}</summary>
      <div class="filter-grid">
        <label>
          {words.t("filterLanguage")}
          <select value={filters.language ?? ""} onChange={set("language")}>
            <option value="">{words.t("filterAny")}</option>
            {["en", "fr", "de", "es", "it", "pt"].map((code) => (
              <option key={code} value={code}>
                {words.languageName(code)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {words.t("filterStatus")}
          <select value={filters.status ?? ""} onChange={set("status")}>
            <option value="">{words.t("filterAny")}</option>
            {STATUSES.map((status) => (
              <option key={status} value={status}>
                {statusOf({ status }, words)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {words.t("filterPublisher")}
          <input value={filters.publisher ?? ""} onInput={set("publisher")} autocomplete="off" />
        </label>
        <label>
          {words.t("filterSince")}
          <input type="date" value={filters.since ?? ""} onInput={set("since")} />
        </label>
      </div>
    </details>
  );
}

function Results({ outcome }: { outcome: LookupOutcome }) {
  const words = useWords();
  const results = outcome.results ?? [];
  const same = results.filter((one) => one.same);
  const near = results.filter((one) => !one.same);
  return (
    <div class="results">
      {same.length === 0 && <p class="plain">{words.t("lookupNothing")}</p>}
      <ol class="bare">
        {same.map(({ claim, ...match }) => (
          <li key={claim.id} class="card">
            <ClaimText claim={claim} />
            <ClaimStatus claim={claim} />
            <Sides claim={claim} />
            <Reviews reviews={claim.reviews} />
            <Why heading={words.t("whyResult")} {...match} />
          </li>
        ))}
      </ol>
      {near.length > 0 && (
        <details open={same.length === 0}>
          <summary>{words.n("lookupNear", near.length)}</summary>
          <ol class="bare">
            {near.map(({ claim, ...match }) => (
              <li key={claim.id} class="card card-small">
                <details>
                  <summary>
                    <span lang={tellingOf(claim, words).language} dir="auto">
                      {tellingOf(claim, words).text}
                    </span>
                  </summary>
                  <ClaimStatus claim={claim} />
                  <Sides claim={claim} />
                  <Reviews reviews={claim.reviews} />
                  <Why heading={words.t("whyResult")} {...match} />
                </details>
              </li>
            ))}
          </ol>
        </details>
      )}
    </div>
  );
}

function Recent({ run }: { run: (text: string) => Promise<void> }) {
  const words = useWords();
  const { recentLookups } = useSettings();
  if (!recentLookups.length) return null;
  return (
    <div class="recent">
      <h3>{words.t("recentHeading")}</h3>
      <ul class="bare">
        {recentLookups.map((text) => (
          <li key={text}>
            <button type="button" class="quiet" dir="auto" onClick={() => void run(text)}>
              {text}
            </button>
          </li>
        ))}
      </ul>
      <button type="button" class="quiet" onClick={() => void changeSettings({ recentLookups: [] })}>
        <Icon name="cross" />
        {words.t("recentForget")}
      </button>
    </div>
  );
}
