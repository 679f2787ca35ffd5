/** The notes of one page: counts, filters, and each claim with the sentences that speak of it. */
import { useEffect, useState } from "preact/hooks";
import { ClaimStatus, ClaimText, Reviews, Sides } from "../../components/claim";
import { Trouble } from "../../components/failure";
import type { ActiveTab } from "../../components/hooks";
import { useSurroundings, useWords } from "../../components/start";
import { type Done, type Focus, pendingFocus, watchSession } from "../../lib/state";
import type { Level } from "../../lib/types";
import { byClaim, type Group, visibleNotes } from "../../lib/visible";
import { pageKindOf } from "../../lib/wording";
import { Export } from "./export";
import { Sentence } from "./sentence";

type Filter = "all" | Level;

export function Notes({ tab, state, check }: { tab: ActiveTab; state: Done; check?: () => void }) {
  const { words, announce } = useSurroundings();
  const [filter, setFilter] = useState<Filter>("all");
  const notes = visibleNotes(state);
  const flags = notes.filter((note) => note.level === "flag").length;
  const passing = (one: Filter) => notes.filter((note) => one === "all" || note.level === one);
  const shown = passing(filter);
  const choose = (one: Filter) => {
    setFilter(one);
    announce(words.n("filterShown", passing(one).length));
  };
  const { reading } = state;
  const kind = pageKindOf(reading.page, words);
  useEffect(
    () => announce(`${words.n("countNotes", notes.length)}, ${words.n("countFlags", flags)}`),
    [notes.length, flags],
  );
  useFocus(tab.id, () => setFilter("all"));
  return (
    <>
      {state.failure && <Trouble failure={state.failure} retry={check} />}
      <section class="summary" tabIndex={-1} aria-label={words.t("summaryLabel")}>
        {reading.page.title && (
          <p class="page-title" lang={reading.page.language} dir="auto">
            {reading.page.title}
          </p>
        )}
        <p>
          {words.n("countRead", reading.counts.statements)} {words.n("countNotes", notes.length)}
          {notes.length > 0 && ` (${words.n("countFlags", flags)})`}. {words.t("noCleanBill")}
        </p>
        {kind && <p class="hint">{kind}</p>}
        {state.stale && (
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
      {notes.length > 0 && (
        <fieldset class="filter-row">
          <legend class="unseen">{words.t("filtersHeading")}</legend>
          {(["all", "flag", "context"] as const).map((one) => (
            <button type="button" key={one} aria-pressed={filter === one} onClick={() => choose(one)}>
              {words.t(one === "all" ? "filterAll" : one === "flag" ? "filterFlags" : "filterContext")}
            </button>
          ))}
        </fieldset>
      )}
      {notes.length === 0 && <p class="plain nothing">{words.t("nothingFound")}</p>}
      <ol class="bare">
        {byClaim(shown).map((group) => (
          <ClaimCard key={group.claim.id} group={group} tab={tab} state={state} />
        ))}
      </ol>
      {notes.length > 0 && <Export state={state} />}
    </>
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
      if (focus?.tabId !== tabId || Date.now() - focus.at > 5000) return;
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
