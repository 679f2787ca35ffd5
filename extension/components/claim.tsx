/** What is known of a claim: its standing, the two sides, the reviews in their own words. */
import type { ComponentChildren } from "preact";
import type { Claim, Position, Review } from "../lib/types";
import { reviewStateOf, stanceOf, statusOf, statusWhy, tellingOf } from "../lib/wording";
import { useWords } from "./start";

export function ClaimText({ claim }: { claim: Claim }) {
  const { text, language } = tellingOf(claim, useWords());
  return (
    <p class="claim-text" lang={language} dir="auto">
      {text}
    </p>
  );
}

export function ClaimStatus({ claim }: { claim: Claim }) {
  const words = useWords();
  return (
    <p class="status">
      <strong>{statusOf(claim, words)}</strong> <span>{statusWhy(claim, words)}</span>
    </p>
  );
}

/** Who stands by it and who does not, side by side; those who said nothing are named below. */
export function Sides({ claim }: { claim: Claim }) {
  const { t } = useWords();
  const those = (...stances: Position["stance"][]) =>
    claim.positions.filter((p) => stances.includes(p.stance));
  const [standing, against, silent] = [those("asserts"), those("disputes", "denies"), those("no comment")];
  if (!claim.positions.length && !claim.claimant) return null;
  return (
    <div class="sides">
      <Side heading={t("sideFor")}>
        {claim.claimant && !standing.some((p) => p.party === claim.claimant) && (
          <li>
            <span class="party" dir="auto">
              {claim.claimant}
            </span>{" "}
            <span class="stance">{t("claimedFirst")}</span>
          </li>
        )}
        {standing.map((position) => (
          <PositionItem key={position.party + position.url} position={position} />
        ))}
      </Side>
      <Side heading={t("sideAgainst")}>
        {against.map((position) => (
          <PositionItem key={position.party + position.url} position={position} />
        ))}
      </Side>
      {silent.length > 0 && (
        <Side heading={t("sideSilent")}>
          {silent.map((position) => (
            <PositionItem key={position.party + position.url} position={position} />
          ))}
        </Side>
      )}
    </div>
  );
}

function Side({ heading, children }: { heading: string; children: ComponentChildren }) {
  const { t } = useWords();
  const empty = Array.isArray(children) ? children.flat().every((child) => !child) : !children;
  return (
    <section class="side">
      <h3>{heading}</h3>
      {empty ? <p class="faint">{t("sideNobody")}</p> : <ul>{children}</ul>}
    </section>
  );
}

function PositionItem({ position }: { position: Position }) {
  const words = useWords();
  return (
    <li>
      <span class="party" dir="auto">
        {position.party}
      </span>{" "}
      <span class="stance">{stanceOf(position, words)}</span>
      <Source url={position.url} title={position.title} date={position.date} />
    </li>
  );
}

export function Reviews({ reviews }: { reviews: readonly Review[] }) {
  const words = useWords();
  if (!reviews.length) return null;
  return (
    <section class="reviews">
      <h3>{words.n("reviewsHeading", reviews.length)}</h3>
      <ul>
        {reviews.map((review) => (
          <li key={review.url ?? review.publisher} data-state={review.state}>
            <span class="party" dir="auto">
              {review.publisher}
            </span>
            <q class="rating" lang={review.language} dir="auto">
              {review.rating}
            </q>
            {review.state !== "current" && (
              <strong class="review-state">{reviewStateOf(review, words)}</strong>
            )}
            <Source url={review.url} title={review.title} date={review.date} aged />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** A link named by its title and date, or by its site; text alone when the address was no web address. */
function Source({
  url,
  title,
  date,
  aged = false,
}: {
  url: string | null;
  title: string;
  date?: string | null;
  aged?: boolean;
}) {
  const words = useWords();
  const name = title || (url ? new URL(url).hostname.replace(/^www\./, "") : words.t("sourceNoAddress"));
  return (
    <span class="source">
      {url ? (
        <a href={url} target="_blank" rel="noopener noreferrer" dir="auto">
          {name}
        </a>
      ) : (
        <span dir="auto">{name}</span>
      )}
      {date && (
        <time dateTime={date}>
          {words.day(date)}
          {aged && ` · ${words.age(date)}`}
        </time>
      )}
    </span>
  );
}
