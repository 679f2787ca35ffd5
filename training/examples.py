"""Training questions for the verifier, drawn as the work looks.

Three sources: whole articles labelled sentence by sentence (`articles/*.jsonl`: the unlabelled sentences are the hard
negatives, and the claims of an article each other's rivals), adversarial pairs (`pairs/*.jsonl`, where low word overlap
speaks for `same`), and claims met word for word, bare or with somebody's "said" around them. Articles and topics are
split by a hash of their name: development topics are never trained on.
"""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from obelism.encoder import default_encoder
from obelism.model import FRAMINGS
from obelism.pipeline import BEFORE
from obelism.verifier import BETWEEN_WORDINGS

HERE = Path(__file__).parent
WRITTEN = HERE.parent.parent / "shared" / "data" / "pairs" / "written.jsonl"
DEVELOPMENT_SHARE = 0.15
MOST_CLAIMS = 7
FRAMING_IGNORED = -1
# Share of the unlabelled sentences that an epoch takes, of those nearer to the claims and of the others.
NEAR_KEPT, FAR_KEPT = 0.55, 0.2
# Share of the sentences that stand without what is before them: the service reads a sentence by itself first. Of those
# that are labelled and far from their claims fewer, as they may say nothing by themselves.
ALONE, ALONE_FAR = 0.45, 0.1
# Share of the sentences near to their claims that stand in another article, as a page mentions a claim in passing.
ELSEWHERE = 0.1
# Share of the claims that stand in both of their wordings, as the service reads those that have two.
BOTH_WORDINGS = 0.4
# Claims of other articles nearer than this to one of the article's own may be the same claim.
TWIN = 0.5


@dataclass(frozen=True, slots=True)
class Target:
    """A claim beside a statement: whether it is the same (None: not to be learnt from), and an index into FRAMINGS."""

    claim: str
    same: bool | None
    framing: int = FRAMING_IGNORED


@dataclass(frozen=True, slots=True)
class Question:
    """A statement, what stands before it, and the claims it is to be told from."""

    statement: str
    context: str
    targets: tuple[Target, ...]


def is_development(name: str) -> bool:
    """Whether an article or topic belongs to the part that is never trained on."""
    return blake2b(name.encode(), digest_size=2).digest()[0] < DEVELOPMENT_SHARE * 256


def read(folder: str) -> Iterator[dict]:
    for path in sorted((HERE / folder).glob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def written_pairs() -> list[dict]:
    """The adversarial pairs, ours in `pairs/` and the first 1,200 in the shared folder."""
    return [*read("pairs"), *map(json.loads, WRITTEN.read_text("utf-8").splitlines())]


def context_of(title: str, sentences: list[str], at: int) -> str:
    """What the verifier sees before sentence `at` (-1: the title): the title and the sentences before."""
    if at < 0:
        return ""
    return " ".join([title, *sentences[max(0, at - BEFORE) : at]])


class Articles:
    """The labelled articles of one part, encoded once."""

    def __init__(self, development: bool) -> None:
        self.articles = [one for one in read("articles") if is_development(one["id"]) == development]
        encode = default_encoder().encode
        self._claims = [
            (number, claim) for number, one in enumerate(self.articles) for claim in one["claims"]
        ]
        vectors = encode([claim["text"] for _, claim in self._claims])
        owner = np.array([number for number, _ in self._claims])
        self._likeness: list[NDArray] = []
        self._strangers: list[NDArray] = []
        for number, one in enumerate(self.articles):
            own = vectors[owner == number]
            near = encode([one["title"], *one["sentences"]]) @ vectors.T
            self._likeness.append(near[:, owner == number])
            twins = (own @ vectors.T).max(0) > TWIN
            self._strangers.append(
                np.where(twins | (owner == number), -1.0, near).argsort(1)[:, ::-1][:, :30]
            )

    def whole(self) -> Iterator[Question]:
        """Every sentence of every article beside all the claims of its article."""
        for article in self.articles:
            for at in range(-1, len(article["sentences"])):
                yield _question(
                    article, at, article["claims"], context_of(article["title"], article["sentences"], at)
                )

    def epoch(
        self, chance: random.Random, times: Callable[[str], float] = lambda _id: 1.0
    ) -> Iterator[Question]:
        """All labelled sentences and some of the others, each beside some claims of its article and of others; an
        article so many `times`, by its id."""
        for number, article in enumerate(self.articles):
            for _ in range(int(times(article["id"]) + chance.random())):
                yield from self._drawn(number, chance)

    def _drawn(self, number: int, chance: random.Random) -> Iterator[Question]:
        article, likeness = self.articles[number], self._likeness[number]
        middle = float(np.median(likeness.max(1)))
        labelled = defaultdict(set)
        for label in article["labels"]:
            labelled[label["sentence"]].add(label["claim"])
        for at in range(-1, len(article["sentences"])):
            near = likeness[at + 1]
            kept = NEAR_KEPT if near.max() >= middle else FAR_KEPT
            if at not in labelled and chance.random() > kept:
                continue
            order = sorted(
                range(len(article["claims"])),
                key=lambda k: (
                    article["claims"][k]["id"] not in labelled[at],
                    -near[k] + chance.gauss(0, 0.1),
                ),
            )
            count = max(len(labelled[at]), chance.randint(1, MOST_CLAIMS))
            chosen = [article["claims"][k] for k in order[:count]]
            is_far = near.max() < middle
            claims = self._with_others(chosen, number, at, labelled[at], chance)
            context = self._context(article, at, is_far, is_far and at in labelled, chance)
            yield _question(article, at, claims, context, chance)

    def _with_others(
        self, chosen: list[dict], number: int, at: int, labelled: set[str], chance: random.Random
    ) -> list[dict]:
        """And a claim or two of other articles; now and then the same claim a second time, from another publisher."""
        for _ in range(chance.choice((0, 0, 1, 1, 2))):
            stranger = self._claims[chance.choice(self._strangers[number][at + 1].tolist())][1]
            chosen.append(stranger | {"id": "stranger"})
        twins = [one for one in chosen if one["id"] in labelled and "translation" in one]
        if twins and chance.random() < 0.15:
            twin = chance.choice(twins)
            chosen.append(twin | {"text": twin["translation"], "translation": twin["text"]})
        chance.shuffle(chosen)
        return chosen[: MOST_CLAIMS + 1]

    def _context(self, article: dict, at: int, is_far: bool, needs_it: bool, chance: random.Random) -> str:
        drawn = chance.random()
        if drawn < (ALONE_FAR if needs_it else ALONE):
            return ""
        if drawn > 1 - ELSEWHERE and at >= 0 and not is_far:
            article = chance.choice(self.articles)
            at = chance.randrange(len(article["sentences"]))
        return context_of(article["title"], article["sentences"], at)


def _question(
    article: dict, at: int, claims: Sequence[dict], context: str, chance: random.Random | None = None
) -> Question:
    labels = {x["claim"]: FRAMINGS.index(x["framing"]) for x in article["labels"] if x["sentence"] == at}
    unsure = {x["claim"] for x in article["unsure"] if x["sentence"] == at} - set(labels)
    return Question(
        article["title"] if at < 0 else article["sentences"][at],
        context,
        tuple(
            Target(
                _wording(claim, chance),
                None if claim["id"] in unsure else claim["id"] in labels,
                labels.get(claim["id"], FRAMING_IGNORED),
            )
            for claim in claims
        ),
    )


def _wording(claim: dict, chance: random.Random | None) -> str:
    """A claim in either of its languages, or in both."""
    if not chance or "translation" not in claim:
        return claim["text"]
    both = [claim["text"], claim["translation"]]
    chance.shuffle(both)
    return BETWEEN_WORDINGS.join(both) if chance.random() < BOTH_WORDINGS else both[0]


def from_pairs(
    development: bool, chance: random.Random | None = None, kept: Callable[[str], bool] = lambda _topic: True
) -> list[Question]:
    """The adversarial pairs of the topics that are `kept`, each claim alone, or (with `chance`) now and then beside a
    claim of another topic."""
    pairs = [
        pair
        for pair in written_pairs()
        if is_development(str(pair["topic"])) == development and kept(str(pair["topic"]))
    ]
    claims = sorted({(pair["topic"], pair["claim"]) for pair in pairs})
    out = []
    for pair in pairs:
        framing = FRAMINGS.index(pair["framing"]) if pair["framing"] else FRAMING_IGNORED
        targets = [Target(pair["claim"], pair["same"], framing)]
        if chance and chance.random() < 0.3:
            topic, claim = chance.choice(claims)
            if topic != pair["topic"]:
                targets.insert(chance.randint(0, 1), Target(claim, False))
        out.append(Question(pair["sentence"], "", tuple(targets)))
    return out


# What news puts around a claim without changing its words, by language: with the claim as a sentence or as a clause.
REPORTS = {
    "en": {
        "asserted": ("{Claim}.", "{Claim}, and that is only the beginning.", "As is now established, {claim}."),
        "attributed": (
            "According to {who}, {claim}.", "{Claim}, according to {who}.", "On Tuesday {who} said that {claim}.",
            "“{Claim},” {who} told reporters.", "In a report published on Friday, {who} alleges that {claim}.",
            "Since Monday, posts shared thousands of times have claimed that {claim}.",
        ),
        "denied": (
            "On Tuesday {who} denied that {claim}.", "There is no evidence that {claim}.",
            "Contrary to what {who} says, it is not true that {claim}.", "The claim that {claim} is false, {who} said.",
            "“It is a lie that {claim},” {who} told reporters.", "No, {claim}? That is false.",
        ),
        "questioned": (
            "Is it true that {claim}?", "It is not known whether {claim}.",
            "Whether {claim} is something that {who} would not say.",
        ),
    },
    "fr": {
        "asserted": ("{Claim}.", "{Claim}, et l’affaire ne fait que commencer.", "C’est désormais établi : {claim}."),
        "attributed": (
            "Selon {who}, {claim}.", "{Claim}, selon {who}.", "Mardi, {who} a affirmé que {claim}.",
            "« {Claim} », a déclaré {who} à la presse.", "D’après une enquête citée par {who}, {claim}.",
            "Depuis lundi, des messages très partagés assurent que {claim}.",
        ),
        "denied": (
            "Mardi, {who} a démenti que {claim}.", "Rien ne prouve que {claim}.", "Non, {claim} ? C’est faux.",
            "Contrairement à ce que dit {who}, il est faux que {claim}.",
            "L’affirmation selon laquelle {claim} est fausse, a répondu {who}.",
            "« C’est un mensonge de dire que {claim} », a déclaré {who}.",
        ),
        "questioned": (
            "Est-il vrai que {claim} ?", "On ignore si {claim}.", "Reste à savoir si {claim}, a dit {who}.",
        ),
    },
}  # fmt: skip
SPEAKERS = {
    "en": ("the ministry", "a spokesman for the company", "the Daily Courier", "her lawyer", "the mayor",
           "Reuters", "an official who asked not to be named", "the prosecutor", "a former adviser", "the union"),
    "fr": ("le ministère", "un porte-parole de l’entreprise", "le quotidien régional", "son avocate", "le maire",
           "l’AFP", "un responsable qui a requis l’anonymat", "le parquet", "un ancien conseiller", "le syndicat"),
}  # fmt: skip
# First words that are small within a sentence.
SMALL = {
    "The", "A", "An", "In", "On", "At", "After", "Before", "Since", "By", "During", "Some", "No", "More", "Most",
    "All", "Every", "Many", "It", "He", "She", "They", "There", "Le", "La", "Les", "L’", "Un", "Une", "Des", "En",
    "Au", "Aux", "À", "Dans", "Depuis", "Après", "Avant", "Il", "Elle", "Ils", "Elles", "Ce", "Cette", "Ces", "Tous",
    "Plus", "Aucun",
}  # fmt: skip
# "que il", "si ils", as the French templates leave them.
ELISION = re.compile(r"\b(qu(?=e [aeiouyéèêàâîôûAEIOUÉÈÊ])|s(?=i ils? ))[ei] ")


def reported(articles: Articles, count: int, chance: random.Random) -> list[Question]:
    """Claims in their own words with somebody's "said" around them, beside the others of their article."""
    out = []
    for article in chance.choices(articles.articles, k=count):
        told = chance.choice(article["claims"])
        language = told["language"]
        text = told["text"].rstrip(". ")
        first = text.replace("L’", "L’ ").split(" ")[0]
        framing = chance.choice(FRAMINGS)
        sentence = chance.choice(REPORTS[language][framing]).format(
            Claim=text,
            claim=text[0].lower() + text[1:] if first in SMALL else text,
            who=chance.choice(SPEAKERS[language]),
        )
        sentence = ELISION.sub("\\1’", sentence)
        others = chance.sample(article["claims"], min(len(article["claims"]), chance.randint(2, MOST_CLAIMS)))
        claims = [told, *(one for one in others if one["id"] != told["id"])]
        chance.shuffle(claims)
        at = chance.randrange(len(article["sentences"]))
        out.append(
            Question(
                sentence[0].upper() + sentence[1:],
                context_of(article["title"], article["sentences"], at) if chance.random() < 0.4 else "",
                tuple(
                    Target(_wording(one, chance), True, FRAMINGS.index(framing))
                    if one["id"] == told["id"]
                    else Target(_wording(one, chance), False)
                    for one in claims
                ),
            )
        )
    return out


def verbatim(questions: Sequence[Question], count: int, chance: random.Random) -> list[Question]:
    """Claims met word for word, beside claims of elsewhere; and sentences beside strangers only."""
    claims = sorted({target.claim for one in questions for target in one.targets})
    out = []
    for claim in chance.sample(claims, min(count, len(claims))):
        targets = [
            Target(claim, True, 0),
            *(Target(other, False) for other in chance.sample(claims, 2) if other != claim),
        ]
        chance.shuffle(targets)
        out.append(Question(claim, "", tuple(targets)))
    for one in chance.sample(list(questions), min(count, len(questions))):
        own = {target.claim for target in one.targets}
        others = [other for other in chance.sample(claims, 3) if other not in own]
        out.append(Question(one.statement, one.context, tuple(Target(other, False) for other in others)))
    return [one for one in out if one.targets]
