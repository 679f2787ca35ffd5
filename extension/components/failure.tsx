/** What went wrong, and what the reader can do about it. */
import type { Failure } from "../lib/state";
import { adviceFor, detailOf, failureOf } from "../lib/wording";
import { useSurroundings } from "./start";

export function Trouble({ failure, retry }: { failure: Failure; retry?: () => void }) {
  const { words, settings } = useSurroundings();
  const detail = detailOf(failure, words);
  return (
    <div class="trouble" role="alert">
      <p class="trouble-what">{failureOf(failure, words)}</p>
      <p>{adviceFor(failure, settings.service, words)}</p>
      {detail && (
        <p class="faint">
          {words.t("serviceSays")}{" "}
          <q lang="en" dir="auto">
            {detail}
          </q>
        </p>
      )}
      {retry && (
        <button type="button" onClick={retry}>
          {words.t("tryAgain")}
        </button>
      )}
    </div>
  );
}
