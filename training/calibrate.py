"""Fit the small models around the verifier: `python training/calibrate.py` (part of `make train`).

Articles and pages are searched as the service does it. `cheap` and trees decide what the verifier is asked, learnt from
articles that it was trained on and from ordinary pages. `final` turns its answer into a probability; it is learnt from
the development articles, which the verifier has never seen, the shared pages of DEVELOPMENT_PAGES (of the others only
the curve is reported) and ordinary pages. The threshold SAME is a choice, made with all nine shared pages in view.
`alone` is for pairs put on purpose. `look_up` orders look-ups, from the training parts of the retrieval sets. Writes
server/obelism/matches/model.json with the curves, matches/trees.json and framing/priors.json.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict

from examples import HERE, context_of, is_development, read, written_pairs
from obelism.article import read_article
from obelism.candidates import Index
from obelism.encoder import E5Encoder, default_encoder
from obelism.errors import NotAnArticle
from obelism.evaluation import claims_of
from obelism.framing.rules import rule
from obelism.matches.features import FEATURE_NAMES, Asked, Reader, features_of, whole_matrix, wording_for
from obelism.matches.judge import beside_others, chosen_pairs, log_odds, verdicts_of
from obelism.matches.nearness import Nearness
from obelism.matches.plausible import DENSE, OF_TREES, Linear, Plausibility, Trees, on_page
from obelism.matches.vetoes import vetoes_of
from obelism.model import FRAMINGS, Candidate, Claim, Page, Phrasing, Review
from obelism.pipeline import BEFORE, LOOKUP_VERIFIED, MOST_PAIRS, PER_STATEMENT, asked_of_page, sentences_of
from obelism.starter import starter_claims
from obelism.statements import statements_of
from obelism.text import fold, readable
from obelism.verifier import CrossEncoder, Pair

# Articles that are searched together: a small database with near misses of its own.
TOGETHER = 30
# Share of the true pairs that the cheap features must let through to the verifier by themselves; others come as rivals.
# Those below hardly ever become notes, whatever it says, and each costs 15 ms.
PLAUSIBLE_RECALL = 0.62
# Of the articles, every so many-th teaches what is plausible.
CHEAP_STEP = 3
# A pair of an ordinary page teaches the trees so much less than one of an article: with 1 the nine pages' recall fell.
ORDINARY_WEIGHT = 0.3
TREES, DEPTH, RATE = 200, 4, 0.06
STRENGTH = 0.3
# How often each claim stands beside itself among the written pairs, of which it has ten.
VERBATIM_WEIGHT = 3
# 26 of 27 notes of the nine pages right (docs/decisions/0015). The curves in model.json show what other thresholds
# cost.
SAME = 0.7
RELATED = 0.2
# The half that tests/bench/quality.py calls dev.
DEVELOPMENT_PAGES = ("cocaine-gms", "pentagone-lavenir", "seed", "wtc7-debout")
PAGES = HERE.parent.parent / "shared" / "data" / "pages"
ORDINARY = HERE.parent.parent / "shared" / "data" / "extraction" / "pages"
PRIORS = HERE.parent / "server" / "obelism" / "framing" / "priors.json"
# Labels of any kind that stand beside what a rule met.
PRIOR_WEIGHT = 8
OUT = HERE.parent / "server" / "obelism" / "matches" / "model.json"
TREES_OUT = OUT.with_name("trees.json")
RETRIEVAL = HERE.parent.parent / "shared" / "data" / "retrieval"
# Queries of each retrieval set to learn the order of look-ups from: from four times as many nothing more was learnt.
RANK_QUERIES = 120
# Of their weights, on columns of one spread; swept from 0.01 to 1 on the train parts, where it is flat.
RANK_STRENGTH = 0.1


@dataclass(frozen=True)
class Row:
    """A candidate pair of an article: what is known of it, and whether it is the same."""

    group: str
    asked: Asked
    features: NDArray[np.float64]
    vetoed: bool
    same: bool


def claim_of(article: dict, one: dict) -> Claim:
    other = "fr" if one["language"] == "en" else "en"
    phrasings = (Phrasing(one["translation"], other),) if "translation" in one else ()
    return Claim(f"{article['id']}/{one['id']}", one["text"], one["language"], phrasings=phrasings)


@dataclass(frozen=True)
class Labelled:
    """An article or page: texts in order with their contexts, and which (place, claim id) pairs are labelled."""

    name: str
    language: str
    texts: list[str]
    contexts: list[str]
    labels: set[tuple[int, str]]
    unsure: set[tuple[int, str]]


def labelled_article(article: dict) -> Labelled:
    """Places count the title first."""
    sentences = article["sentences"]
    return Labelled(
        article["id"],
        article["language"],
        [article["title"], *sentences],
        [context_of(article["title"], sentences, at) for at in range(-1, len(sentences))],
        {(x["sentence"] + 1, f"{article['id']}/{x['claim']}") for x in article["labels"]},
        {(x["sentence"] + 1, f"{article['id']}/{x['claim']}") for x in article["unsure"]},
    )


def labelled_page(folder: Path) -> Labelled:
    """A shared page, as the service reads it."""
    gold = json.loads((folder / "gold.json").read_text("utf-8"))
    return labelled(
        folder.name, Page((folder / "page.html").read_text("utf-8")), gold["notes"], gold["unsure"]
    )


def labelled(name: str, page: Page, notes: Sequence[dict] = (), unsure: Sequence[dict] = ()) -> Labelled:
    """A page, as the service reads it."""
    article = read_article(page)
    sentences = sentences_of(article, statements_of(article))
    place = {fold(one.text): at for at, one in enumerate(sentences)}

    def pairs(of: Sequence[dict]) -> set[tuple[int, str]]:
        return {(place.get(fold(readable(x["quote"])), -1), x["claim"]) for x in of}

    return Labelled(
        name,
        article.language,
        [one.text for one in sentences],
        [one.context for one in sentences],
        pairs(notes),
        pairs(unsure),
    )


def rows_of(pages: Sequence[Labelled], index: Index) -> tuple[list[Row], int]:
    """All candidate pairs of the pages, and how many labelled ones the candidates missed."""
    rows: list[Row] = []
    missed = 0
    for page in pages:
        found = index.candidates(page.texts, page.language, PER_STATEMENT)
        met: set[tuple[int, str]] = set()
        reader = Reader()
        for place, asked in asked_of_page(
            list(zip(page.texts, page.contexts, strict=True)), found, page.language
        ):
            key = (place, asked.candidate.claim.id)
            met.add(key)
            if key not in page.unsure:
                rows.append(_row(page.name, asked, key in page.labels, reader))
        missed += len(page.labels - met)
    return rows, missed


def article_rows(articles: Sequence[dict]) -> tuple[list[Row], int]:
    """The same for articles, TOGETHER at a time."""
    rows: list[Row] = []
    missed = 0
    for start in range(0, len(articles), TOGETHER):
        some = articles[start : start + TOGETHER]
        index = Index.build([claim_of(a, c) for a in some for c in a["claims"]], default_encoder())
        more, lost = rows_of([labelled_article(a) for a in some], index)
        rows += more
        missed += lost
    return rows, missed


def ordinary_rows(every: int) -> tuple[list[Row], int]:
    """Pairs of real news pages with claims that none of them holds: `every` so many-th of the half that
    tests/bench/quality.py calls dev."""
    claims = {one.id: one for one in [*starter_claims(), *claims_of(PAGES)]}
    index = Index.build(claims.values(), default_encoder())
    pages = []
    for path in sorted(ORDINARY.glob("*.html.gz")):
        if blake2b(path.name.encode(), digest_size=2).digest()[0] % (2 * every) == 0:
            try:
                pages.append(
                    labelled(path.name, Page(gzip.decompress(path.read_bytes()).decode("utf-8", "replace")))
                )
            except NotAnArticle:
                continue
    return rows_of(pages, index)


def _row(group: str, asked: Asked, same: bool, reader: Reader) -> Row:
    wording = wording_for(asked.candidate, asked.language)
    return Row(
        group,
        asked,
        features_of(asked, reader).vector(),
        bool(vetoes_of(asked, wording, reader)),
        same,
    )


def fit(x: NDArray[np.float64], y: NDArray[np.int64], strength: float = 1.0) -> LogisticRegression:
    return LogisticRegression(C=strength, max_iter=5000).fit(x, y)


def as_data(model: LogisticRegression) -> dict[str, object]:
    return {
        "intercept": round(float(model.intercept_[0]), 5),
        "weights": [round(float(w), 5) for w in model.coef_[0]],
    }


def floor_for(scores: NDArray[np.float64], same: NDArray[np.int64], recall: float) -> float:
    """The highest threshold that keeps this share of the true pairs."""
    return float(np.quantile(scores[same == 1], 1 - recall))


def curve(scores: NDArray[np.float64], same: NDArray[np.int64], total: int) -> list[dict[str, float]]:
    """Precision and recall at each twentieth; `total` counts the true pairs that the candidates missed too."""
    out = []
    for threshold in np.arange(0.05, 1.0, 0.05):
        taken = scores >= threshold
        right = int(same[taken].sum())
        precision = right / taken.sum() if taken.any() else 1.0
        out.append(
            {
                "threshold": round(float(threshold), 2),
                "precision": round(float(precision), 4),
                "recall": round(right / total, 4),
            }
        )
    return out


def retrieval_rows(
    name: str, split: str, step: slice
) -> list[tuple[str, str, list[Candidate], set[str], str]]:
    folder = RETRIEVAL / name
    claims = [_retrieved(json.loads(line)) for line in (folder / "claims.jsonl").open(encoding="utf-8")]
    queries = [
        q for q in map(json.loads, (folder / "queries.jsonl").open(encoding="utf-8")) if q["split"] == split
    ][step]
    relevant: dict[str, set[str]] = defaultdict(set)
    for line in (folder / "qrels.tsv").open():
        query, claim = line.split()[:2]
        relevant[query].add(claim)
    index = Index.build(claims, default_encoder())
    queries = queries[:RANK_QUERIES]
    found = index.candidates([q["text"] for q in queries], queries[0]["language"], 100)
    return [
        (q["id"], q["text"], c, relevant[q["id"]], q["language"]) for q, c in zip(queries, found, strict=True)
    ]


def _retrieved(record: dict) -> Claim:
    reviews = tuple(
        Review(r["publisher"], r["rating"], r["url"], r["title"], None, r["language"])
        for r in record["reviews"]
    )
    return Claim(record["id"], record["text"], record["language"], reviews=reviews)


def look_up_models(verifier: CrossEncoder) -> dict[str, object]:
    """What orders the candidates of real queries: before the verifier, with its answer, and with the second encoder's
    too; and how likely a candidate is that neither reads."""
    nearness = Nearness(E5Encoder())
    every, right, first, verified_, near = [], [], [], [], []
    asked = [
        *retrieval_rows("checkthat2020-tweets", "train", slice(None)),
        *retrieval_rows("checkthat2021-debates", "train", slice(None)),
        *retrieval_rows("checkthat2025-french", "dev", slice(0, None, 2)),
    ]
    questions = [
        [Asked(text, "", language, candidate) for candidate in candidates]
        for _, text, candidates, _, language in asked
    ]
    for some, (_, _, _, relevant, _) in zip(questions, asked, strict=True):
        every.append(whole_matrix(some, Reader()))
        right.append(np.array([one.candidate.claim.id in relevant for one in some], np.int64))
        first.append(beside_others(every[-1]))
    before = choice(first, right)
    for some, x, same in zip(questions, first, right, strict=True):
        sums = x @ before
        top = np.argsort(-sums, kind="stable")[:LOOKUP_VERIFIED]
        chosen = [some[at] for at in top.tolist()]
        odds = [verdict.same for verdict in verdicts_of(verifier, chosen)]
        nearest = nearness.of(chosen[0].statement, [one.candidate.claim for one in chosen])
        # Two and three weights: with one for each feature French dev posts fell behind.
        verified_.append((np.column_stack([odds, sums[top]]), same[top]))
        near.append((np.column_stack([nearest, odds, sums[top]]), same[top]))
    print(f"look-ups: {len(asked)} queries", flush=True)
    return {
        "rank_cheap": as_data(fit(np.concatenate(every), np.concatenate(right))),
        "look_up": {
            "first": ordering(before),
            "verified": ordering(choice(*zip(*verified_, strict=True))),
            "near": ordering(choice(*zip(*near, strict=True))),
        },
    }


def choice(groups: Sequence[NDArray[np.float64]], right: Sequence[NDArray[np.int64]]) -> NDArray[np.float64]:
    """The weights of a conditional logit (McFadden 1974): which row of its group is right?

    A logistic regression over all rows learns too which queries have an answer at all, and pays for it with the order.
    """
    kept = [(x, same / same.sum()) for x, same in zip(groups, right, strict=True) if same.any()]
    spread = np.concatenate([x for x, _ in kept]).std(0)
    spread = np.where(spread > 1e-6, spread, np.inf)  # what is the same for all tells nothing

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        total, slope = weights @ weights / (2 * RANK_STRENGTH), weights / RANK_STRENGTH
        for x, share in kept:
            odds = x / spread @ weights
            chances = np.exp(odds - odds.max())
            chances /= chances.sum()
            total -= share @ np.log(chances + 1e-12)
            slope = slope - (share - chances) @ (x / spread)
        return total, slope

    return minimize(loss, np.zeros(len(spread)), jac=True, method="L-BFGS-B").x / spread


def ordering(weights: NDArray[np.float64]) -> dict[str, object]:
    """Only differences count: no intercept."""
    return {"intercept": 0.0, "weights": [round(float(w), 5) for w in weights]}


def kept(*names: str) -> dict[str, object]:
    """Parts of model.json as they are."""
    before = json.loads(OUT.read_text())
    return {name: before[name] for name in names}


def cheap_model(articles: Sequence[dict], is_kept: bool) -> dict[str, object]:
    """What is plausible, from articles that the verifier was trained on and from ordinary pages: `cheap` (unless it
    `is_kept`) and the trees, which are written to their file."""
    (rows, missed), (others, _) = article_rows(articles), ordinary_rows(1)
    x, y = np.array([r.features for r in rows]), np.array([r.same for r in rows], np.int64)
    cheap = kept("cheap")["cheap"] if is_kept else as_data(fit(x, y))
    every = [*rows, *others]
    placed = np.concatenate([with_places(rows), with_places(others)])
    same = np.array([r.same for r in every], np.int64)
    weights = np.where(np.arange(len(every)) < len(rows), 1.0, ORDINARY_WEIGHT)
    boosted = HistGradientBoostingClassifier(
        max_iter=TREES, max_depth=DEPTH, max_leaf_nodes=2**DEPTH, learning_rate=RATE, min_samples_leaf=40,
        l2_regularization=5, random_state=1,
    )  # fmt: skip
    groups = [row.group for row in every]
    of_trees = np.zeros(len(every))
    for learn, guess in GroupKFold(3).split(placed, same, groups):
        boosted.fit(placed[learn], same[learn], weights[learn])
        of_trees[guess] = boosted.decision_function(placed[guess])
    linear = Linear(cheap["intercept"], tuple(cheap["weights"]))
    odds = (1 - OF_TREES) * linear.logits(placed[:, : len(FEATURE_NAMES)]) + OF_TREES * of_trees
    floor = floor_for(1 / (1 + np.exp(-odds[: len(rows)])), y, PLAUSIBLE_RECALL)
    print(f"cheap: {len(rows)} pairs, {y.sum()} the same, {missed} missed, floor {floor:.4f}", flush=True)
    TREES_OUT.write_text(
        json.dumps(trees_of(boosted.fit(placed, same, weights)), separators=(",", ":")) + "\n"
    )
    return {"cheap": cheap, "plausible": round(floor, 5)}


def with_places(rows: Sequence[Row]) -> NDArray[np.float64]:
    """The features of each pair, then its place on its page."""
    out = []
    for page in by_page(rows):
        x = np.array([row.features for row in page])
        out.append(np.column_stack([x, on_page([row.asked for row in page], x[:, DENSE])]))
    return np.concatenate(out)


def by_page(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Rows stand page by page."""
    for _, page in groupby(rows, lambda row: row.group):
        yield list(page)


def trees_of(boosted: HistGradientBoostingClassifier) -> dict[str, object]:
    """As `obelism.matches.plausible.Trees` reads them: each tree made complete."""
    splits = 2**DEPTH - 1
    columns, thresholds, leaves = ([] for _ in range(3))
    for (tree,) in boosted._predictors:
        columns.append([0] * splits)
        thresholds.append([0.0] * splits)
        leaves.append([0.0] * (splits + 1))
        waiting = [(0, 0)]
        while waiting:
            place, at = waiting.pop()
            node = tree.nodes[place]
            if at >= splits:
                leaves[-1][at - splits] = round(float(node["value"]), 5)
                continue
            below = (place, place)  # a leaf above the last splits stands for all below it
            if not node["is_leaf"]:
                columns[-1][at], thresholds[-1][at] = int(node["feature_idx"]), float(node["num_threshold"])
                below = (int(node["left"]), int(node["right"]))
            waiting += [(below[0], 2 * at + 1), (below[1], 2 * at + 2)]
    base = round(float(boosted._baseline_prediction.item()), 5)
    return {"columns": columns, "thresholds": thresholds, "leaves": leaves, "intercept": base}


def verified(rows: Sequence[Row], verifier: CrossEncoder) -> NDArray[np.float64]:
    """The columns of `final`: log-odds, features."""
    verdicts = verdicts_of(verifier, [row.asked for row in rows])
    return np.array([[verdict.same, *row.features] for row, verdict in zip(rows, verdicts, strict=True)])


def alone_model(verifier: CrossEncoder) -> dict[str, object]:
    """From the written pairs of topics that the verifier has never seen, and their claims word for word."""
    pairs = [pair for pair in written_pairs() if is_development(pair["topic"])]
    claims = {pair["topic"]: pair for pair in pairs}.values()
    # In the written pairs word overlap speaks against `same`: without these a claim hardly is itself.
    itself = [
        one | {"sentence": one["claim"], "sentence_lang": one["claim_lang"], "same": True} for one in claims
    ]
    pairs += itself * VERBATIM_WEIGHT
    answers = verifier.judge([[Pair(pair["sentence"], pair["claim"])] for pair in pairs])
    reader = Reader()
    x, y, topics = [], [], []
    for pair, (verdict,) in zip(pairs, answers, strict=True):
        claim = Claim("claim", pair["claim"], pair["claim_lang"])
        one, other = default_encoder().encode([pair["sentence"], pair["claim"]])
        asked = Asked(pair["sentence"], "", pair["sentence_lang"], Candidate(claim, 0.0, float(one @ other)))
        x.append([verdict.same, *features_of(asked, reader).vector()])
        y.append(int(pair["same"]))
        topics.append(pair["topic"])
    guessed = cross_val_predict(
        LogisticRegression(C=0.3, max_iter=5000), np.array(x), np.array(y), groups=topics, cv=GroupKFold(5)
    )
    print(f"alone: {len(y)} pairs, accuracy {(guessed == np.array(y)).mean():.3f}", flush=True)
    return as_data(fit(np.array(x), np.array(y), 0.3))


def framing_priors() -> dict[str, list[float]]:
    """How often each rule of framing met each of FRAMINGS, on articles that the verifier has never seen."""
    met = {"all": np.zeros(len(FRAMINGS))}
    for article in read("articles"):
        if not is_development(article["id"]):
            continue
        texts, claims = (
            [article["title"], *article["sentences"]],
            {one["id"]: one for one in article["claims"]},
        )
        for label in article["labels"]:
            at = label["sentence"] + 1
            before = texts[max(1, at - BEFORE) : at]
            claim = claim_of(article, claims[label["claim"]])
            ruling = rule(texts[at], claim, article["language"], [texts[0], *before] if at else [])
            for name in (ruling.rule, "all"):
                met.setdefault(name, np.zeros(len(FRAMINGS)))[FRAMINGS.index(label["framing"])] += 1
    base = met.pop("all")
    smoothed = {name: counts + PRIOR_WEIGHT * base / base.sum() for name, counts in met.items()}
    return {
        name: [round(float(x), 4) for x in counts / counts.sum()] for name, counts in sorted(smoothed.items())
    }


def out_of_group(
    model: LogisticRegression, x: NDArray, y: NDArray, groups: Sequence[str]
) -> NDArray[np.float64]:
    """Each group's probabilities from a model that has not seen it."""
    folds = GroupKFold(min(10, len(set(groups))))
    return cross_val_predict(model, x, y, groups=groups, cv=folds, method="predict_proba")[:, 1]


@dataclass(frozen=True)
class Part:
    """The plausible pairs of some pages, judged."""

    groups: list[str]
    x: NDArray[np.float64]
    """Columns of `final`."""
    y: NDArray[np.int64]
    free: NDArray[np.bool_]
    """Not vetoed."""
    chances: NDArray[np.float64]
    """What `cheap` says."""
    total: int
    """True pairs, those that the candidates missed too."""

    def __add__(self, other: Part) -> Part:
        x, y, free, chances = (
            np.concatenate([getattr(self, name), getattr(other, name)])
            for name in ("x", "y", "free", "chances")
        )
        return Part([*self.groups, *other.groups], x, y, free, chances, self.total + other.total)


def judged(found: tuple[list[Row], int], cheap: Mapping[str, Any], verifier: CrossEncoder) -> Part:
    """Put the pairs to the verifier that the service puts to it."""
    rows, missed = found
    linear = Linear(cheap["cheap"]["intercept"], tuple(cheap["cheap"]["weights"]))
    plausibility = Plausibility(linear, Trees.of(json.loads(TREES_OUT.read_text())))
    floor = log_odds(cheap["plausible"])
    put: list[Row] = []
    chances: list[float] = []
    for page in by_page(rows):
        asked = [row.asked for row in page]
        _, odds = plausibility.of(asked, Reader(), floor)
        places = chosen_pairs(asked, odds, floor, MOST_PAIRS)
        put += [page[at] for at in places]
        chances += (1 / (1 + np.exp(-odds[places]))).tolist()
    part = Part(
        [row.group for row in put],
        verified(put, verifier),
        np.array([row.same for row in put], np.int64),
        np.array([not row.vetoed for row in put]),
        np.array(chances),
        sum(row.same for row in rows) + missed,
    )
    vetoed = part.y[~part.free]
    print(f"{len(part.groups)} put to the verifier, {part.y.sum()} of {part.total} true; ", end="")
    print(f"vetoed {vetoed.sum()} true, {(1 - vetoed).sum()} false", flush=True)
    return part


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep-rank", action="store_true", help="leave the order of look-ups as it is")
    parser.add_argument("--keep-cheap", action="store_true", help="leave what is plausible as it is")
    parser.add_argument(
        "--only-trees", action="store_true", help="fit the trees and the floor anew, and nothing else"
    )
    parser.add_argument(
        "--every", type=int, default=1, help="of the articles and ordinary pages, so many-th only"
    )
    parser.add_argument("--dump", type=Path, help="write the judged pairs to this .npz file")
    chosen = parser.parse_args()
    verifier = CrossEncoder()
    articles = list(read("articles"))
    learnt_from = [a for a in articles if not is_development(a["id"])][::CHEAP_STEP]
    cheap = kept("cheap", "plausible") if chosen.keep_cheap else cheap_model(learnt_from, chosen.only_trees)
    if chosen.only_trees:
        OUT.write_text(json.dumps(json.loads(OUT.read_text()) | cheap, indent=1) + "\n")
        return

    claims = Index.build(claims_of(PAGES), default_encoder())
    folders = [path for path in sorted(PAGES.iterdir()) if path.is_dir()]
    pages, test_pages = (
        rows_of([labelled_page(one) for one in folders if (one.name in DEVELOPMENT_PAGES) == tuned], claims)
        for tuned in (True, False)
    )
    held_out = article_rows([a for a in articles if is_development(a["id"])][:: chosen.every])
    pages, test_pages, held_out, ordinary = (
        judged(found, cheap, verifier) for found in (pages, test_pages, held_out, ordinary_rows(chosen.every))
    )
    # Most pages that people read hold none of the claims: what is right on labelled pages must be silent there.
    known = pages + held_out + ordinary
    if chosen.dump:
        np.savez(
            chosen.dump,
            **{
                f"{name} {field}": getattr(part, field)
                for name, part in (
                    ("articles", held_out),
                    ("pages", pages),
                    ("test", test_pages),
                    ("ordinary", ordinary),
                )
                for field in ("groups", "x", "y", "free", "chances", "total")
            },
        )
    before = out_of_group(LogisticRegression(max_iter=5000), known.x[:, 1:], known.y, known.groups)
    # Strong regularisation: some hundred true pairs stand against 22 coefficients.
    after = out_of_group(LogisticRegression(C=STRENGTH, max_iter=5000), known.x, known.y, known.groups)
    final = fit(known.x, known.y, STRENGTH)
    before, after = (np.where(known.free, scores, 0.0) for scores in (before, after))
    test = np.where(test_pages.free, final.predict_proba(test_pages.x)[:, 1], 0.0)
    curves = {
        "features only": curve(before, known.y, known.total),
        "with the verifier": curve(after, known.y, known.total),
        "development pages": curve(after[: len(pages.y)], pages.y, pages.total),
        "test pages": curve(test, test_pages.y, test_pages.total),
    }
    for name, points in curves.items():
        print(name, *(f"{p['threshold']}:{p['precision']:.2f}/{p['recall']:.2f}" for p in points))
    model = {
        "features": list(FEATURE_NAMES),
        "same": SAME,
        "related": RELATED,
        **cheap,
        "final": as_data(final),
        "alone": alone_model(verifier),
        **(kept("rank_cheap", "look_up") if chosen.keep_rank else look_up_models(verifier)),
        "curves": curves,
    }
    OUT.write_text(json.dumps(model, indent=1) + "\n")
    PRIORS.write_text(json.dumps(framing_priors(), indent=1) + "\n")


if __name__ == "__main__":
    main()
