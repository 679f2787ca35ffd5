"""Train the verifier: `python training/train.py --out FOLDER` (`make train`).

Two stages. First the base network learns to compare two sentences on public inference sets whose licence allows
it; then it learns our task on our own articles and pairs, and on paraphrases. Checkpoints go to FOLDER after each
stage. With `--from-shipped` the second stage goes on from the network in the package, with `--start` from a checkpoint.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from sklearn.metrics import average_precision_score
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from base import read_base
from examples import FRAMING_IGNORED, Articles, Question, Target, from_pairs, reported, verbatim
from network import PAD, Scores, Verifier, tokenizer
from obelism.verifier import sequence
from shipped import shipped_weights

SHARED = Path(__file__).parent.parent.parent / "shared" / "data" / "nli"
# Sets and how many rows of each; licences: MIT, BSD-2, Apache-2.0, CC BY-SA, ODC-BY, or free use (nli/README.md).
INFERENCE_SETS = {
    "conjnli": 5000, "negation_nli": 3000, "rte3_fr": 1600, "fm2": 2500, "fever_symmetric": 1400,
    "cad_nli": 6000, "breaking_nli": 2500, "gqnli": 600, "wice": 800,
}  # fmt: skip
INFERENCE_LABELS = {"entailment": 0, "supports": 0, "neutral": 1, "nei": 1, "contradiction": 2, "refutes": 2}
# Of the written pairs, of claims word for word, of claims with somebody's "said" around them, and of paraphrases with
# swapped roles, in each epoch of stage two.
PAIRS, VERBATIM, REPORTED, SWAPPED = 1500, 100, 400, 500
# Tokens of one step, padding included.
TOKENS = 2600
IGNORED = -1
# Half precision pays where the processor multiplies in it, and costs where it does not.
HALF = torch.cpu._is_avx512_bf16_supported()
POSITIVE_WEIGHT = 1.5


@dataclass(frozen=True, slots=True)
class Row:
    """Token ids, where the claims lie in them, and three targets a claim; IGNORED where a head has none."""

    ids: list[int]
    spans: list[tuple[int, int]]
    same: list[float]
    framing: list[int]
    inference: list[int]


def inference_rows(read: Tokenizer, chance: random.Random) -> list[Row]:
    """Stage one: paraphrases (test part of PAWS-X; its development part is a benchmark) and inference pairs."""
    pairs: list[tuple[str, str, float, int]] = []
    for one in _lines("pawsx"):
        if one["split"] == "test":
            pairs.append((one["a"], one["b"], float(one["label"] == "paraphrase"), IGNORED))
    for name, count in INFERENCE_SETS.items():
        rows = list(_lines(name))
        chance.shuffle(rows)
        pairs += [
            (x["a"], x["b"], float(IGNORED), INFERENCE_LABELS[x["label"]])
            for x in rows[:count]
            if x["label"] in INFERENCE_LABELS
        ]
    first, second = (read.encode_batch([pair[side] for pair in pairs]) for side in (0, 1))
    return [
        Row(*sequence(a.ids, [], [b.ids]), [same], [IGNORED], [label])
        for a, b, (_, _, same, label) in zip(first, second, pairs, strict=True)
    ]


def _lines(name: str) -> Iterator[dict]:
    path = SHARED / f"{name}.jsonl"
    if not path.exists():
        raise SystemExit(f"training needs {path}: the public inference sets are not part of the project")
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def own_rows(questions: Sequence[Question], read: Tokenizer) -> list[Row]:
    """Stage two: one row a question."""
    texts = list(
        dict.fromkeys(
            t for one in questions for t in (one.statement, one.context, *(x.claim for x in one.targets))
        )
    )
    ids = {text: encoded.ids for text, encoded in zip(texts, read.encode_batch(texts), strict=True)}
    return [
        Row(
            *sequence(
                ids[one.statement],
                ids[one.context] if one.context else [],
                [ids[x.claim] for x in one.targets],
            ),
            [IGNORED if x.same is None else float(x.same) for x in one.targets],
            [x.framing for x in one.targets],
            [IGNORED] * len(one.targets),
        )
        for one in questions
    ]


def epoch(
    articles: Articles, chance: random.Random, stressed: Sequence[str] = (), others: float = 1.0
) -> list[Question]:
    """One epoch of stage two: all articles, and of the rest as much as leaves the articles the larger part.

    Of the files that are `stressed` articles stand in it twice and pairs once, of all else the share `others`.
    """

    def is_stressed(id: str) -> bool:
        return id.split("-")[0] in stressed

    questions = list(articles.epoch(chance, lambda id: 2.0 if is_stressed(id) else others))
    pairs = from_pairs(False, chance, lambda topic: not is_stressed(topic))
    chance.shuffle(pairs)
    swapped = [
        Question(one["a"], "", (Target(one["b"], one["label"] == "paraphrase"),))
        for one in _lines("pawsx")
        if one["split"] == "test"
    ]
    chance.shuffle(swapped)
    chosen = [
        *questions,
        *from_pairs(False, chance, is_stressed),
        *pairs[: round(others * PAIRS)],
        *verbatim(questions + pairs, round(others * VERBATIM), chance),
        *reported(articles, round(others * REPORTED), chance),
        *swapped[: round(others * SWAPPED)],
    ]
    targets = [target for one in chosen for target in one.targets]
    print(
        f"{len(chosen)} questions, {len(targets)} claims, {sum(bool(t.same) for t in targets)} the same",
        flush=True,
    )
    return chosen


def batches(rows: list[Row], chance: random.Random) -> list[list[Row]]:
    """Shuffled batches of rows of like length, so that little is padding."""
    order = rows[:]
    chance.shuffle(order)
    out: list[list[Row]] = []
    for at in range(0, len(order), 400):
        batch: list[Row] = []
        for row in sorted(order[at : at + 400], key=lambda row: len(row.ids)):
            if (len(batch) + 1) * len(row.ids) > TOKENS:
                out.append(batch)
                batch = []
            batch.append(row)
        out.append(batch)
    chance.shuffle(out)
    return out


def asked(model: Verifier, rows: list[Row]) -> Scores:
    """The network's answer to a batch."""
    longest, most = max(len(row.ids) for row in rows), max(len(row.spans) for row in rows)
    ids = torch.tensor([row.ids + [PAD] * (longest - len(row.ids)) for row in rows])
    spans = torch.zeros(len(rows), most, longest)
    for number, row in enumerate(rows):
        for claim, (start, end) in enumerate(row.spans):
            spans[number, claim, start:end] = 1
    with torch.autocast("cpu", torch.bfloat16, enabled=HALF):
        return model(ids, spans)


def targets_of(rows: list[Row], name: str) -> Tensor:
    most = max(len(row.spans) for row in rows)
    return torch.tensor([getattr(row, name) + [IGNORED] * (most - len(row.spans)) for row in rows])


def loss_of(scores: Scores, rows: list[Row]) -> Tensor:
    """Mean over the claims of what each head should have said."""
    claims = sum(len(row.spans) for row in rows)
    same = targets_of(rows, "same").float()
    weight = torch.where(same > 0, POSITIVE_WEIGHT, 1.0) * (same >= 0)
    total = (
        functional.binary_cross_entropy_with_logits(scores.same.float(), same, weight=weight, reduction="sum")
        / claims
    )
    for logits, name, share in ((scores.framing, "framing", 0.5), (scores.inference, "inference", 1.0)):
        target = targets_of(rows, name)
        if (target >= 0).any():
            each = functional.cross_entropy(
                logits.float().flatten(0, 1), target.flatten(), ignore_index=FRAMING_IGNORED, reduction="sum"
            )
            total = total + share * each / claims
    return total


@torch.no_grad()
def development(model: Verifier, read: Tokenizer, most: int = 40) -> tuple[float, float]:
    """(average precision of `same`, accuracy of framing) on articles that are never trained on."""
    held_out = Articles(development=True)
    held_out.articles = held_out.articles[:most]
    rows = own_rows(list(held_out.whole()), read)
    model.eval()
    odds, same, right = [], [], []
    for batch in batches(rows, random.Random(0)):
        scores = asked(model, batch)
        wanted, framing = targets_of(batch, "same"), targets_of(batch, "framing")
        odds += scores.same.float()[wanted >= 0].tolist()
        same += wanted[wanted >= 0].tolist()
        right += (scores.framing.argmax(-1) == framing)[framing >= 0].tolist()
    return float(average_precision_score(same, odds)), float(np.mean(right))


def fit(
    model: Verifier,
    rows: Callable[[], list[Row]],
    epochs: int,
    rates: tuple[float, float],
    chance: random.Random,
    seconds: float,
) -> None:
    """AdamW; the rate warms up, then goes from the first of `rates` to the second in `epochs` or in `seconds`."""
    heads = [
        p for name, p in model.named_parameters() if name.split(".")[0] in ("same", "framing", "inference")
    ]
    known = {id(p) for p in heads}
    body = [p for p in model.parameters() if p.requires_grad and id(p) not in known]
    groups = [{"params": body, "factor": 1.0}, {"params": heads, "factor": 6.0}]
    optimizer = torch.optim.AdamW(groups, lr=rates[0], weight_decay=0.01, fused=True)
    started, running, steps = time.time(), 0.0, 0
    model.train()
    for number in range(epochs):
        plan = batches(rows(), chance)
        for step, batch in enumerate(plan):
            done = max((number + step / len(plan)) / epochs, (time.time() - started) / seconds)
            if done >= 1:
                return
            for group in optimizer.param_groups:
                rate = rates[0] + (rates[1] - rates[0]) * done
                group["lr"] = rate * group["factor"] * min(1.0, (steps + 1) / 60)
            loss = loss_of(asked(model, batch), batch)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
            steps += 1
            running = 0.98 * running + 0.02 * loss.item()
            if steps % 50 == 0:
                mean = running / (1 - 0.98**steps)
                place = f"epoch {number + 1}, step {step + 1}/{len(plan)}"
                print(f"{place} loss {mean:.3f} {time.time() - started:.0f} s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="go on with stage two from this checkpoint")
    parser.add_argument("--from-shipped", action="store_true", help="go on from the network in the package")
    parser.add_argument("--seconds", type=float, default=7200, help="at most, for each stage")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument(
        "--rates", type=float, nargs=2, default=(6e-5, 0.0), help="of stage two: first and last"
    )
    parser.add_argument(
        "--frozen", type=int, default=0, help="lowest layers that stage two leaves as they are"
    )
    parser.add_argument(
        "--share",
        type=float,
        default=1.0,
        help="of the new weights in what is saved, the rest being those that stage two began with "
        "(WiSE-FT, Wortsman 2022): a short run forgets a little of what it is not shown",
    )
    parser.add_argument(
        "--stressed",
        nargs="*",
        default=(),
        help="files that count for more in an epoch, by their first letters",
    )
    parser.add_argument("--others", type=float, default=1.0, help="share of all else that stands in an epoch")
    chosen = parser.parse_args()
    torch.manual_seed(1)
    torch.backends.mha.set_fastpath_enabled(False)
    chance = random.Random(time.time() if chosen.start else 1)
    base = read_base()
    read = tokenizer(base)
    model = Verifier(base)
    chosen.out.mkdir(parents=True, exist_ok=True)
    if chosen.start:
        model.load_state_dict(torch.load(chosen.start))
    elif chosen.from_shipped:
        known = model.state_dict()
        shipped = {k: v for k, v in shipped_weights().items() if v.shape == known[k].shape}
        print("starts anew:", *sorted(known.keys() - shipped.keys()), flush=True)
        model.load_state_dict(known | shipped)
    else:
        fit(model, lambda: inference_rows(read, chance), 1, (6e-5, 0.0), chance, chosen.seconds)
        torch.save(model.state_dict(), chosen.out / "inference.pt")
    model.word.weight.requires_grad_(False)  # 14 million numbers that so few articles cannot teach anything
    for layer in model.layers[: chosen.frozen]:
        layer.requires_grad_(False)
    began = {name: value.clone() for name, value in model.state_dict().items()}
    articles = Articles(development=False)
    fit(
        model,
        lambda: own_rows(epoch(articles, chance, chosen.stressed, chosen.others), read),
        chosen.epochs,
        tuple(chosen.rates),
        chance,
        chosen.seconds,
    )
    model.load_state_dict(
        {name: began[name].lerp(value, chosen.share) for name, value in model.state_dict().items()}
    )
    torch.save(model.state_dict(), chosen.out / "verifier.pt")
    print("development articles: average precision {:.3f}, framing {:.3f}".format(*development(model, read)))


if __name__ == "__main__":
    main()
