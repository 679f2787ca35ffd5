/** The notes of one page: counts, filters, and each claim with the sentences that speak of it. */
import { useEffect, useState } from "preact/hooks";
import { ClaimStatus, ClaimText, Reviews, Sides } from "../../components/claim";
import { Trouble } from "../../components/failure";
import type { ActiveTab } from "../../components/hooks";
import { useSurroundings, useWords } from "../../components/start";
import type { Key } from "../../lib/i18n";
import { type Done, type Focus, pendingFocus, watchSession } from "../../lib/state";
import type { Level } from "../../lib/types";
import { byClaim, flagsIn, type Group, visibleNotes } from "../../lib/visible";
import { pageKindOf } from "../../lib/wording";
import { Export } from "./export";
import { Sentence } from "./sentence";

type Filter = "all" | Level;

/** A mark that was clicked before the notes were shown still counts for this long. */
const FRESH_MS = 5000;

export function Notes({ tab, state, check }: { tab: ActiveTab; state: Done; check?: () => void }) {
  const { words, announce } = useSurroundings();
  const [filter, setFilter] = useState<Filter>("all");
  const notes = visibleNotes(state);
  const flags = flagsIn(notes);
  const passing = (one: Filter) => notes.filter((note) => one === "all" || note.level === one);
  const shown = passing(filter);
  const choose = (one: Filter) => {
    setFilter(one);
    announce(words.n("filterShown", passing(one).length));
  };
  useEffect(
    () => announce(`${words.n("countNotes", notes.length)}, ${words.n("countFlags", flags)}`),
    [notes.length, flags],
  );
  useFocus(tab.id, () => setFilter("all"));
  return (
    <>
      {state.failure && (
        <>
          <Trouble failure={state.failure} retry={check} />
          <p class="hint">{words.t("lastNotes")}</p>
        </>
      )}
      <Summary state={state} notes={notes.length} flags={flags} check={check} />
      {notes.length > 0 && <FilterRow filter={filter} choose={choose} />}
      {notes.length === 0 && <p class="plain">{words.t("nothingFound")}</p>}
      <ol class="bare">
        {byClaim(shown).map((group) => (
          <ClaimCard key={group.claim.id} group={group} tab={tab} state={state} />
        ))}
      </ol>
      {notes.length > 0 && <Export state={state} />}
    </>
  );
}

interface Counted {
  state: Done;
  notes: number;
  flags: number;
  check?: () => void;
}

/** How much was read and found, and what a reader should know of the whole page. */
function Summary({ state: { reading, stale }, notes, flags, check }: Counted) {
  const words = useWords();
  const kind = pageKindOf(reading.page, words);
  return (
    <section class="summary" tabIndex={-1} aria-label={words.t("summaryLabel")}>
      {reading.page.title && (
        <p class="page-title" lang={reading.page.language} dir="auto">
          {reading.page.title}
        </p>
      )}
      <p>
        {words.n("countRead", reading.counts.statements)} {words.n("countNotes", notes)}
        {notes > 0 && ` (${words.n("countFlags", flags)})`}. {words.t("noCleanBill")}
      </p>
      {kind && <p class="hint">{kind}</p>}
      {stale && (
        <p class="hint">
          {words.t("pageStale")}{" "}
          {check && (
            <button type="button" onClick={check}>
              {words.t("checkAgain")}
            </button>
          )}
        </p>
      )}
    </section>
  );
}

const FILTERS: [Filter, Key][] = [
  ["all", "filterAll"],
  ["flag", "filterFlags"],
  ["context", "filterContext"],
];

function FilterRow({ filter, choose }: { filter: Filter; choose: (filter: Filter) => void }) {
  const { t } = useWords();
  return (
    <fieldset class="filter-row">
      <legend class="unseen">{t("filtersHeading")}</legend>
      {FILTERS.map(([one, key]) => (
        <button type="button" key={one} aria-pressed={filter === one} onClick={() => choose(one)}>
          {t(key)}
        </button>
      ))}
    </fieldset>
  );
}

function ClaimCard({ group: { claim, notes }, tab, state }: { group: Group; tab: ActiveTab; state: Done }) {
  const { t } = useWords();
  const flagged = notes.some((note) => note.level === "flag");
  return (
    <li class="card" data-level={flagged ? "flag" : "context"}>
      <article>
        <h2 class="unseen">{t("claimHeading")}</h2>
        <ClaimText claim={claim} />
        <ClaimStatus claim={claim} />
        <ol class="bare sentences" aria-label={t("sentencesLabel")}>
          {notes.map((note) => (
            <Sentence key={note.id} note={note} tab={tab} state={state} />
          ))}
        </ol>
        <Sides claim={claim} />
        <Reviews reviews={claim.reviews} />
      </article>
    </li>
  );
}

/** When the reader clicks a mark in the page, the note comes into view and takes the focus. */
function useFocus(tabId: number, before: () => void): void {
  useEffect(() => {
    const take = (focus: Focus | null) => {
      if (focus?.tabId !== tabId || Date.now() - focus.at > FRESH_MS) return;
      before();
      requestAnimationFrame(() => bringUp(focus.noteId));
    };
    void pendingFocus().then(take);
    return watchSession((changed) => take((changed.focus as Focus | undefined) ?? null));
  }, [tabId]);
}

function bringUp(noteId: string): void {
  const entry = document.getElementById(`note-${noteId}`);
  if (!entry) return;
  for (const other of document.querySelectorAll("[aria-current]")) other.removeAttribute("aria-current");
  entry.setAttribute("aria-current", "true");
  entry.scrollIntoView({ block: "center" });
  entry.focus({ preventScroll: true });
}
