/** One sentence of the page within its claim: how it speaks of the claim, why it matched, what can be done. */
import { useRef, useState } from "preact/hooks";
import type { ActiveTab } from "../../components/hooks";
import { Icon } from "../../components/icon";
import { useSurroundings } from "../../components/start";
import { Why } from "../../components/why";
import { noteAsText } from "../../lib/export";
import { fragmentLink } from "../../lib/fragment";
import type { Key } from "../../lib/i18n";
import { ask, order } from "../../lib/messages";
import type { Done } from "../../lib/state";
import type { Note } from "../../lib/types";
import { framingOf } from "../../lib/wording";

export function Sentence({ note, tab, state }: { note: Note; tab: ActiveTab; state: Done }) {
  const { words, announce } = useSurroundings();
  const [copied, setCopied] = useState<Key | null>(null);
  const found = state.anchored.includes(note.id);
  const show = () => void order(tab.id, { type: "show", id: note.id }).catch(() => {});
  return (
    <li class="sentence" id={`note-${note.id}`} tabIndex={-1} data-level={note.level}>
      <p class="framing">
        <span class="level">{words.t(note.level === "flag" ? "levelFlag" : "levelContext")}</span>{" "}
        {framingOf(note, words)}
      </p>
      <blockquote lang={state.reading.page.language} dir="auto">
        {found ? (
          <button type="button" class="quote" onClick={show} aria-description={words.t("showInPage")}>
            {note.quote.exact}
          </button>
        ) : (
          <span class="quote">{note.quote.exact}</span>
        )}
      </blockquote>
      {!found && <p class="faint">{words.t("notFoundInPage")}</p>}
      <Why heading={words.t("whyHeading")} reasons={note.reasons} cues={note.cues} score={note.score} />
      <div class="row actions">
        <button
          type="button"
          class="quiet"
          onClick={() => void copy(noteAsText(note, state, words), "copied")}
        >
          <Icon name="copy" />
          {words.t("copyNote")}
        </button>
        <button
          type="button"
          class="quiet"
          onClick={() => void copy(fragmentLink(state.url, note.quote), "linkCopied")}
        >
          <Icon name="link" />
          {words.t("copyLink")}
        </button>
        <Objection note={note} tab={tab} />
        {copied && (
          <span class="faint" aria-hidden="true">
            {words.t(copied)}
          </span>
        )}
      </div>
    </li>
  );

  async function copy(text: string, done: "copied" | "linkCopied") {
    const said = await navigator.clipboard.writeText(text).then(
      () => done,
      () => "notCopied" as const,
    );
    setCopied(said);
    announce(words.t(said));
  }
}

/**
 * What the reader may object to. A wrong match goes at once, here and from now on; a wrong description stays.
 * The service is told which claim it was.
 */
function Objection({ note, tab }: { note: Note; tab: ActiveTab }) {
  const { words, announce } = useSurroundings();
  const [open, setOpen] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const wrongMatch = () => {
    leave(note.id);
    void ask({ type: "put-away", tabId: tab.id, noteId: note.id }).catch(() => {});
    announce(words.t("feedbackHidden"));
  };
  const wrongFraming = () => {
    void ask({ type: "feedback", claim: note.claim.id, framing: note.framing, kind: "wrong-framing" }).catch(
      () => {},
    );
    close();
    announce(words.t("feedbackThanks"));
  };
  const close = () => {
    setOpen(false);
    opener.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (open && event.key === "Escape") close();
  };
  return (
    <>
      <button
        type="button"
        class="quiet"
        ref={opener}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        onKeyDown={onKeyDown}
      >
        <Icon name="cross" />
        {words.t("reportNote")}
      </button>
      {open && (
        <span class="row">
          <button type="button" onClick={wrongMatch} onKeyDown={onKeyDown}>
            {words.t("wrongMatch")}
          </button>
          <button type="button" onClick={wrongFraming} onKeyDown={onKeyDown}>
            {words.t("wrongFraming")}
          </button>
        </span>
      )}
    </>
  );
}

/** The note is about to go: the focus moves to the one after it, or before it, or to the counts. */
function leave(noteId: string): void {
  const all = [...document.querySelectorAll<HTMLElement>(".sentence")];
  const at = all.findIndex((one) => one.id === `note-${noteId}`);
  const next = all[at + 1] ?? all[at - 1] ?? document.querySelector<HTMLElement>(".summary");
  next?.focus();
}
