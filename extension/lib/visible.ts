/** Which notes of a finished check the reader sees, and in which order. */
import type { Done } from "./state";
import type { Claim, Note } from "./types";

/** All notes but those put away: first those found in the page, in its order, then the others. */
export function visibleNotes(done: Done): Note[] {
  const place = new Map(done.anchored.map((id, n) => [id, n]));
  const placeOf = (note: Note) => place.get(note.id) ?? Number.POSITIVE_INFINITY;
  return done.reading.notes
    .map((note, n) => ({ note, n }))
    .filter(({ note }) => !done.hidden.includes(note.id))
    .sort((a, b) => compare(placeOf(a.note), placeOf(b.note)) || a.n - b.n)
    .map(({ note }) => note);
}

export const flagsIn = (notes: readonly Note[]) => notes.filter((note) => note.level === "flag").length;

const compare = (a: number, b: number) => (a === b ? 0 : a < b ? -1 : 1);

export interface Group {
  claim: Claim;
  notes: Note[];
}

/** Notes of one claim together, where its first sentence stands. */
export function byClaim(notes: readonly Note[]): Group[] {
  const groups = new Map<string, Group>();
  for (const note of notes) {
    const group = groups.get(note.claim.id);
    if (group) group.notes.push(note);
    else groups.set(note.claim.id, { claim: note.claim, notes: [note] });
  }
  return [...groups.values()];
}
