/** Why a text was matched with a claim, the differences between them included. */
import type { Reason } from "../lib/types";
import { reasonOf } from "../lib/wording";
import { useWords } from "./start";

export function Why({
  heading,
  reasons,
  cues = [],
  score,
}: {
  heading: string;
  reasons: readonly Reason[];
  cues?: readonly string[];
  score: number;
}) {
  const words = useWords();
  return (
    <details class="why">
      <summary>{heading}</summary>
      <ul>
        {reasons.map((reason) => {
          const text = reasonOf(reason, words);
          return text && <li key={reason.kind + reason.detail}>{text}</li>;
        })}
        {cues.length > 0 && <li dir="auto">{words.t("whyCues", cues.join(", "))}</li>}
        <li>{words.t("whyScore", Math.round(score * 100))}</li>
      </ul>
    </details>
  );
}
