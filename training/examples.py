"""Training examples for the verifier, drawn as the work looks.

Three sources: whole articles labelled sentence by sentence (`articles/*.jsonl`: the unlabelled sentences are
the hard negatives), adversarial pairs (`pairs/*.jsonl`, where low word overlap speaks for `same`), and claims met
word for word. Articles and topics are split by a hash of their name: development topics are never trained on.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from obelism.encoder import default_encoder
from obelism.model import FRAMINGS

HERE = Path(__file__).parent
WRITTEN = HERE.parent.parent / "shared" / "data" / "pairs" / "written.jsonl"
DEVELOPMENT_SHARE = 0.15
# Unlabelled sentences of an article closest to a claim are what the cheap stages let through.
NEGATIVES_PER_CLAIM = 5
FRAMING_IGNORED = -1


@dataclass(frozen=True, slots=True)
class Example:
    """One (statement, claim) pair; `framing` is an index into FRAMINGS, or FRAMING_IGNORED."""

    statement: str
    claim: str
    context: str
    same: bool
    framing: int
    source: str
    weight: float = 1.0


def is_development(name: str) -> bool:
    """Whether an article or topic belongs to the part that is never trained on."""
    return blake2b(name.encode(), digest_size=2).digest()[0] < DEVELOPMENT_SHARE * 256


def read(folder: str) -> Iterator[dict[str, object]]:
    for path in sorted((HERE / folder).glob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def context_of(title: str, sentences: list[str], at: int) -> str:
    """What the verifier sees before sentence `at` (-1: the title): the title and the two sentences before."""
    if at < 0:
        return ""
    return " ".join([title, *sentences[max(0, at - 2) : at]])


def from_articles(development: bool) -> list[Example]:
    """Labelled sentences and the unlabelled ones most like each claim."""
    out: list[Example] = []
    for article in read("articles"):
        if is_development(str(article["id"])) == development:
            out += _from_article(article, None if development else NEGATIVES_PER_CLAIM)
    return out


def _from_article(article: dict, negatives: int | None) -> list[Example]:
    title, sentences = article["title"], article["sentences"]
    labels = {(x["sentence"], x["claim"]): x for x in article["labels"]}
    unsure = {(x["sentence"], x["claim"]) for x in article["unsure"]}
    places = range(-1, len(sentences))
    text = {at: title if at < 0 else sentences[at] for at in places}
    encode = default_encoder().encode
    likeness = encode([text[at] for at in places]) @ encode([c["text"] for c in article["claims"]]).T
    out = []
    for column, claim in enumerate(article["claims"]):
        ranked = sorted(places, key=lambda at: -likeness[at + 1, column])
        others = [at for at in ranked if (at, claim["id"]) not in labels and (at, claim["id"]) not in unsure]
        for at in [p for p in places if (p, claim["id"]) in labels] + others[:negatives]:
            label = labels.get((at, claim["id"]))
            framing = FRAMINGS.index(label["framing"]) if label else FRAMING_IGNORED
            context = context_of(title, sentences, at)
            out.append(
                Example(
                    text[at], claim["text"], context, bool(label), framing, "article", 1.5 if label else 1
                )
            )
    return out


def from_other_articles(chance: random.Random) -> list[Example]:
    """Each sentence beside two claims of other articles: one of the closest, one of the merely near.

    Without these the network, which otherwise sees claims of the sentence's own article only, takes any claim for a
    possible one.
    """
    articles = [article for article in read("articles") if not is_development(str(article["id"]))]
    claims = [(article["id"], claim["text"]) for article in articles for claim in article["claims"]]
    encode = default_encoder().encode
    vectors = encode([text for _, text in claims])
    out = []
    for article in articles:
        ranked = (-(encode(article["sentences"]) @ vectors.T)).argsort(axis=1)
        for at, (sentence, order) in enumerate(zip(article["sentences"], ranked, strict=True)):
            others = [claims[place][1] for place in order[:80] if claims[place][0] != article["id"]]
            context = context_of(article["title"], article["sentences"], at)
            for claim in (chance.choice(others[:6]), chance.choice(others[6:])):
                out.append(Example(sentence, claim, context, False, FRAMING_IGNORED, "other article"))
    return out


def from_pairs(development: bool) -> list[Example]:
    """The adversarial pairs, ours in `pairs/` and the first 1,200 in the shared folder."""
    out = []
    for pair in [*read("pairs"), *map(json.loads, WRITTEN.read_text("utf-8").splitlines())]:
        if is_development(str(pair["topic"])) == development:
            framing = FRAMINGS.index(pair["framing"]) if pair["framing"] else FRAMING_IGNORED
            out.append(Example(pair["sentence"], pair["claim"], "", pair["same"], framing, "pair"))
    return out


def verbatim(examples: list[Example], count: int, chance: random.Random) -> list[Example]:
    """Claims met word for word, and claims beside sentences of other topics."""
    claims = sorted({example.claim for example in examples})
    word_for_word = [
        Example(claim, claim, "", True, 0, "verbatim")
        for claim in chance.sample(claims, min(count, len(claims)))
    ]
    strangers = [
        Example(one.statement, other.claim, one.context, False, FRAMING_IGNORED, "stranger")
        for one, other in zip(
            chance.sample(examples, count * 4), chance.sample(examples, count * 4), strict=True
        )
        if one.claim != other.claim
    ]
    return word_for_word + strangers
