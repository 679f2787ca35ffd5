/** Notes as the service writes them, for tests that need to say what it answers. */
import type { Note, Reading } from "../../../extension/lib/types";

export const CALLS_CLAIM = {
  id: "musk-putin-regular-contact",
  text: "Elon Musk has regularly talked in private with Vladimir Putin since late 2022.",
  language: "en",
  claimant: null,
  phrasings: [],
  reviews: [],
  positions: [
    {
      party: "Wall Street Journal",
      stance: "asserts" as const,
      url: "https://www.wsj.com/world/russia/musk-putin-secret-conversations-37e1c187",
      title: "Elon Musk’s Secret Conversations With Vladimir Putin",
      date: "2024-10-24",
    },
    {
      party: "Kremlin (Dmitry Peskov)",
      stance: "denies" as const,
      url: "https://example.org/kremlin",
      title: "Kremlin denies report",
      date: "2024-10-25",
    },
    {
      party: "Elon Musk",
      stance: "no comment" as const,
      url: "https://example.org/musk",
      title: "",
      date: "2024-10-26",
    },
  ],
  status: "disputed" as const,
};

export function note(id: string, exact: string, change: Partial<Note> = {}): Note {
  return {
    id,
    quote: { exact, prefix: "", suffix: "" },
    claim: CALLS_CLAIM,
    framing: "attributed",
    speaker: "Wall Street Journal",
    level: "flag",
    score: 0.93,
    reasons: [{ kind: "names", detail: "Musk, Putin" }],
    cues: ["Selon"],
    ...change,
  };
}

export function reading(notes: Note[], statements = 14): Reading {
  const flags = notes.filter((one) => one.level === "flag").length;
  return {
    page: {
      url: null,
      title: "Le Kremlin dément",
      language: "fr",
      published: "2024-10-26",
      kind: "news",
    },
    counts: { statements, notes: notes.length, flags },
    notes,
  };
}

export const ASSERTION =
  "Selon le Wall Street Journal, Elon Musk parle régulièrement et en secret avec Vladimir Poutine depuis la fin de 2022.";
export const DENIAL =
  "Dès le lendemain, le porte-parole du Kremlin, Dmitri Peskov, a démenti qu’Elon Musk et Vladimir Poutine aient des contacts réguliers.";
/** The page has a soft hyphen and a no-break space in it. */
export const SOFT_HYPHEN = "M.\u00a0Trump l’a nié, et la prési\u00addence russe aussi.";
