"""Train the verifier: `python training/train.py --out FOLDER` (`make train`).

Two stages. First the base network learns to compare two sentences on public inference sets whose licence allows
it; then it learns our task on our own articles and pairs. Checkpoints go to FOLDER after each stage.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from base import read_base
from examples import FRAMING_IGNORED, Example, from_articles, from_other_articles, from_pairs, verbatim
from network import PAD, Scores, Verifier, sequence, tokenizer

SHARED = Path(__file__).parent.parent.parent / "shared" / "data" / "nli"
# Sets and how many rows of each; licences: MIT, BSD-2, Apache-2.0, CC BY-SA, ODC-BY, or free use (nli/README.md).
INFERENCE_SETS = {
    "conjnli": 5000, "negation_nli": 3000, "rte3_fr": 1600, "fm2": 2500, "fever_symmetric": 1400,
    "cad_nli": 6000, "breaking_nli": 2500, "gqnli": 600, "wice": 800,
}  # fmt: skip
INFERENCE_LABELS = {"entailment": 0, "supports": 0, "neutral": 1, "nei": 1, "contradiction": 2, "refutes": 2}
# Of the written pairs, of the claims of other articles, and of claims word for word, in each epoch of stage two.
PAIRS, OTHERS, VERBATIM = 2600, 2000, 150
IGNORED = -1


@dataclass(frozen=True, slots=True)
class Row:
    """Token ids and the three targets; IGNORED where a head has none."""

    ids: list[int]
    same: float
    framing: int
    inference: int
    weight: float = 1.0


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
        Row(sequence(a.ids, b.ids, []), same, IGNORED, label)
        for a, b, (_, _, same, label) in zip(first, second, pairs, strict=True)
    ]


def _lines(name: str) -> Iterator[dict]:
    path = SHARED / f"{name}.jsonl"
    if not path.exists():
        raise SystemExit(f"training needs {path}: the public inference sets are not part of the project")
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def own_rows(examples: list[Example], read: Tokenizer) -> list[Row]:
    """Stage two."""
    parts = [
        [encoded.ids for encoded in read.encode_batch([getattr(one, name) for one in examples])]
        for name in ("statement", "claim", "context")
    ]
    return [
        Row(sequence(a, b, c if one.context else []), float(one.same), one.framing, IGNORED, one.weight)
        for a, b, c, one in zip(*parts, examples, strict=True)
    ]


def task(chance: random.Random) -> list[Example]:
    """One epoch of stage two: all articles, and of the rest as much as leaves the articles the larger part."""
    articles, pairs = from_articles(development=False), from_pairs(development=False)
    others = from_other_articles(chance)
    for some in (pairs, others):
        chance.shuffle(some)
    chosen = articles + pairs[:PAIRS] + others[:OTHERS] + verbatim(articles + pairs, VERBATIM, chance)
    print(f"{len(chosen)} examples of our own, {sum(one.same for one in chosen)} the same", flush=True)
    return chosen


def batches(rows: list[Row], size: int, chance: random.Random) -> list[list[Row]]:
    """Shuffled batches of rows of like length, so that little is padding."""
    order = rows[:]
    chance.shuffle(order)
    out: list[list[Row]] = []
    for at in range(0, len(order), size * 40):
        near = sorted(order[at : at + size * 40], key=lambda row: len(row.ids))
        out += [near[k : k + size] for k in range(0, len(near), size)]
    chance.shuffle(out)
    return out


def padded(rows: list[Row]) -> Tensor:
    longest = max(len(row.ids) for row in rows)
    return torch.tensor([row.ids + [PAD] * (longest - len(row.ids)) for row in rows])


def loss_of(scores: Scores, rows: list[Row]) -> Tensor:
    """Mean over the rows of what each head should have said."""
    same = torch.tensor([row.same for row in rows])
    weight = torch.tensor([row.weight for row in rows])
    total = torch.zeros(())
    if (asked := same >= 0).any():
        each = functional.binary_cross_entropy_with_logits(
            scores.same.float()[asked], same[asked], weight=weight[asked], reduction="sum"
        )
        total = total + each / len(rows)
    for logits, name, share in ((scores.framing, "framing", 0.5), (scores.inference, "inference", 1.0)):
        target = torch.tensor([getattr(row, name) for row in rows])
        if (target >= 0).any():
            each = functional.cross_entropy(
                logits.float(), target, ignore_index=FRAMING_IGNORED, reduction="sum"
            )
            total = total + share * each / len(rows)
    return total


def fit(
    model: Verifier,
    rows: Callable[[], list[Row]],
    epochs: int,
    rate: float,
    size: int,
    chance: random.Random,
    seconds: float,
) -> None:
    """AdamW with a linear warm-up and decay; ends after `epochs`, or after `seconds` with the rate at zero."""
    heads = [
        p for name, p in model.named_parameters() if name.split(".")[0] in ("same", "framing", "inference")
    ]
    known = {id(p) for p in heads}
    body = [p for p in model.parameters() if p.requires_grad and id(p) not in known]
    groups = [{"params": body, "factor": 1.0}, {"params": heads, "factor": 6.0}]
    optimizer = torch.optim.AdamW(groups, lr=rate, weight_decay=0.01)
    plan = [batch for _ in range(epochs) for batch in batches(rows(), size, chance)]
    started, running = time.time(), 0.0
    model.train()
    for step, batch in enumerate(plan):
        done = max(step / len(plan), (time.time() - started) / seconds)
        if done >= 1:
            break
        for group in optimizer.param_groups:
            group["lr"] = rate * group["factor"] * min(1.0, (step + 1) / 60) * (1 - done)
        with torch.autocast("cpu", torch.bfloat16):
            scores = model(padded(batch))
        loss = loss_of(scores, batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        running = 0.98 * running + 0.02 * loss.item()
        if step % 50 == 49:
            mean = running / (1 - 0.98 ** (step + 1))
            print(f"step {step + 1}/{len(plan)} loss {mean:.3f} {time.time() - started:.0f} s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--after-inference", type=Path, help="start from this checkpoint of stage one")
    parser.add_argument("--seconds", type=float, default=7200, help="at most, for each stage")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--rate", type=float, default=5e-5)
    asked = parser.parse_args()
    torch.manual_seed(1)
    torch.backends.mha.set_fastpath_enabled(False)
    chance = random.Random(1)
    base = read_base()
    read = tokenizer(base)
    model = Verifier(base)
    asked.out.mkdir(parents=True, exist_ok=True)
    if asked.after_inference:
        model.load_state_dict(torch.load(asked.after_inference))
    else:
        fit(model, lambda: inference_rows(read, chance), 1, 6e-5, 24, chance, asked.seconds)
        torch.save(model.state_dict(), asked.out / "inference.pt")
    model.word.weight.requires_grad_(False)  # 14 million numbers that 15,000 examples cannot teach anything
    fit(model, lambda: own_rows(task(chance), read), asked.epochs, asked.rate, 16, chance, asked.seconds)
    torch.save(model.state_dict(), asked.out / "verifier.pt")


if __name__ == "__main__":
    main()
