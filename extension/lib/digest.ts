/** A short name for a note that outlives the note's id and tells nothing to who reads it. */
export async function digest(claim: string, sentence: string): Promise<string> {
  const bytes = new TextEncoder().encode(`${claim}\n${sentence}`);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
