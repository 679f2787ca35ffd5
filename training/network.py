"""The verifier's network: the base encoder with a pruned vocabulary and three heads.

Input: one statement with what stands before it and all the claims that it might be (`obelism.verifier.sequence`), so
that the claims are weighed against one another. The heads read each claim's own tokens.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers
from torch import Tensor, nn
from torch.nn import functional

from base import Base

HERE = Path(__file__).parent
PAD, UNK = 1, 3


class Scores(NamedTuple):
    """For (questions, claims of a question): a logit, the logits of FRAMINGS, and those of entailment, neutral and
    contradiction, which are used while training only."""

    same: Tensor
    framing: Tensor
    inference: Tensor


def kept_pieces() -> list[int]:
    """Ids of the base vocabulary that the verifier keeps: English and French."""
    return [int(line) for line in (HERE / "vocabulary.txt").read_text().split()]


def tokenizer(base: Base) -> Tokenizer:
    """The base's unigram tokenizer over the kept pieces; a word whose piece is gone falls apart into smaller ones."""
    made = Tokenizer(models.Unigram([base.pieces[i] for i in kept_pieces()], unk_id=UNK))
    made.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " ")])
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    return made


class Verifier(nn.Module):
    def __init__(self, base: Base) -> None:
        super().__init__()
        kept = kept_pieces()
        self.word = nn.Embedding(len(kept), base.hidden)
        self.position = nn.Embedding(base.positions, base.hidden)
        self.norm = nn.LayerNorm(base.hidden, base.epsilon)
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(
                # No dropout: a third of a step's time on two cores, and few passes are made.
                base.hidden,
                base.heads,
                base.feed_forward,
                0.0,
                "gelu",
                base.epsilon,
                batch_first=True,
            )
            for _ in range(base.layers)
        )
        width = 3 * base.hidden
        self.dropout = nn.Dropout(0.1)
        self.same, self.framing, self.inference = (nn.Linear(width, n) for n in (1, 4, 3))
        self._load(base, kept)

    @torch.no_grad()
    def _load(self, base: Base, kept: list[int]) -> None:
        def copy(target: Tensor, *names: str) -> None:
            target.copy_(torch.from_numpy(np.concatenate([base.tensors[n] for n in names])))

        self.word.weight.copy_(torch.from_numpy(base.tensors["emb.word"][kept]))
        self.position.weight.copy_(
            torch.from_numpy(base.tensors["emb.pos"] + base.tensors["emb.type"][: base.hidden])
        )
        copy(self.norm.weight, "emb.ln.w")
        copy(self.norm.bias, "emb.ln.b")
        for i, layer in enumerate(self.layers):
            at = f"l{i}."
            copy(layer.self_attn.in_proj_weight, at + "q.w", at + "k.w", at + "v.w")
            copy(layer.self_attn.in_proj_bias, at + "q.b", at + "k.b", at + "v.b")
            for target, name in (
                (layer.self_attn.out_proj, "ao"),
                (layer.linear1, "fi"),
                (layer.linear2, "fo"),
                (layer.norm1, "aln"),
                (layer.norm2, "oln"),
            ):
                copy(target.weight, f"{at}{name}.w")
                copy(target.bias, f"{at}{name}.b")

    def forward(self, ids: Tensor, spans: Tensor) -> Scores:
        """`ids`: (questions, tokens); `spans`: (questions, claims, tokens), 1 on the tokens of each claim, and all 0
        where a question has fewer claims than others."""
        padding = ids == PAD
        x = self.norm(self.word(ids) + self.position.weight[: ids.shape[1]])
        # Written out for export: the layer's own attention fixes the batch size when it is traced.
        hidden = torch.zeros_like(padding, dtype=x.dtype).masked_fill(padding, float("-inf"))[:, None, None]
        for layer in self.layers:
            x = layer.norm1(x + layer.dropout1(_attention(layer.self_attn, x, hidden)))
            x = layer.norm2(
                x + layer.dropout2(layer.linear2(layer.dropout(layer.activation(layer.linear1(x)))))
            )
        # Each claim as the first of its tokens and their mean, beside the first token of the whole question.
        spans = spans.to(x.dtype)
        mean = (spans @ x) / spans.sum(-1, keepdim=True).clamp(min=1)
        first = spans.argmax(-1)
        head = torch.gather(x, 1, first.unsqueeze(-1).expand(-1, -1, x.shape[-1]))
        start = x[:, :1].expand(-1, spans.shape[1], -1)
        pooled = self.dropout(torch.cat([start, head, mean], dim=-1))
        return Scores(self.same(pooled).squeeze(-1), self.framing(pooled), self.inference(pooled))


def _attention(module: nn.MultiheadAttention, x: Tensor, hidden: Tensor) -> Tensor:
    """Self-attention with the weights of `module`; `hidden` is added to the scores (-inf on padding)."""
    pairs, tokens, width = x.shape
    size = width // module.num_heads
    joint = functional.linear(x, module.in_proj_weight, module.in_proj_bias)
    joint = joint.view(pairs, tokens, 3, module.num_heads, size).permute(2, 0, 3, 1, 4)
    # Takes an eighth less of a step's time in floats, and twice as much in half precision; the export knows only what
    # is written out.
    if module.training and joint.dtype == torch.float32:
        met = functional.scaled_dot_product_attention(joint[0], joint[1], joint[2], hidden)
    else:
        met = (joint[0] @ joint[1].transpose(-1, -2) / size**0.5 + hidden).softmax(-1) @ joint[2]
    return module.out_proj(met.transpose(1, 2).reshape(pairs, tokens, width))
