"""Write the trained network into the package: `python training/export.py FOLDER/verifier.pt`.

Weights become 8-bit integers: the matrices by onnxruntime's dynamic quantisation (one scale a column), the word vectors
with one scale a row. The tokenizer becomes one JSON file.

The integers are unsigned, so that a verdict is the same on every machine: a processor without VNNI adds two products
of signed and unsigned bytes in 16 bits, which overflow (docs/decisions/0011).

What goes into the last matrix of each layer has outliers that one scale for all activations would drown. The LOUD
channels that carry them are known beforehand, and stay floats.
"""

from __future__ import annotations

import logging
import random
import sys
import tempfile
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from torch import Tensor, nn

from base import read_base
from examples import from_pairs
from network import Verifier, tokenizer
from train import asked, batches, own_rows

# Channels of each layer that stay floats, of 1,536; and pairs that tell which.
LOUD, HEARD = 64, 400
PACKAGE = Path(__file__).parent.parent / "server" / "obelism" / "verifier_model"


class RowQuantised(nn.Module):
    """An embedding in 8 bits with one scale a row."""

    def __init__(self, full: nn.Embedding) -> None:
        super().__init__()
        scale = full.weight.abs().amax(1, keepdim=True) / 127
        self.register_buffer("rows", torch.round(full.weight / scale).to(torch.int8))
        self.register_buffer("scale", scale)

    def forward(self, ids: Tensor) -> Tensor:
        return self.rows[ids].float() * self.scale[ids]


class Apart(nn.Module):
    """A matrix in two: for most of the channels that go in, and for the last LOUD of them, which stay floats."""

    def __init__(self, whole: nn.Linear) -> None:
        super().__init__()
        self.quiet = whole.in_features - LOUD
        self.most = nn.Linear(self.quiet, whole.out_features)
        self.loud = nn.Linear(LOUD, whole.out_features, bias=False)
        self.most.weight.data, self.loud.weight.data = whole.weight.split([self.quiet, LOUD], 1)
        self.most.bias.data = whole.bias

    def forward(self, x: Tensor) -> Tensor:
        return self.most(x[..., : self.quiet]) + self.loud(x[..., self.quiet :])


def set_apart(verifier: Verifier, read: Tokenizer) -> None:
    """Put the channels between the two matrices of each layer in the order of their outliers, the loudest last and
    apart; the network's answers stay what they are."""
    loudest: dict[nn.Module, Tensor] = {}

    def listen(module: nn.Module, given: tuple[Tensor]) -> None:
        here = given[0].float().abs().flatten(0, -2).amax(0)
        loudest[module] = torch.maximum(loudest.get(module, here), here)

    hooks = [layer.linear2.register_forward_pre_hook(listen) for layer in verifier.layers]
    chance = random.Random(0)
    for batch in batches(own_rows(chance.sample(from_pairs(development=False), HEARD), read), chance):
        asked(verifier, batch)
    for hook in hooks:
        hook.remove()
    for layer in verifier.layers:
        order = loudest[layer.linear2].argsort()
        layer.linear1.weight.data = layer.linear1.weight[order]
        layer.linear1.bias.data = layer.linear1.bias[order]
        layer.linear2.weight.data = layer.linear2.weight[:, order]
        layer.linear2 = Apart(layer.linear2)


class Judge(nn.Module):
    """Only what the package needs: ids, spans -> (same, framing)."""

    def __init__(self, verifier: Verifier) -> None:
        super().__init__()
        self.verifier = verifier

    def forward(self, ids: Tensor, spans: Tensor) -> tuple[Tensor, Tensor]:
        scores = self.verifier(ids, spans)
        return scores.same, scores.framing


@torch.no_grad()
def main(checkpoint: str) -> None:
    logging.disable(logging.INFO)  # the quantiser tells of each node
    torch.backends.mha.set_fastpath_enabled(False)
    base = read_base()
    read = tokenizer(base)
    verifier = Verifier(base)
    verifier.load_state_dict(torch.load(checkpoint))
    verifier.eval()
    set_apart(verifier, read)
    verifier.word = RowQuantised(verifier.word)
    PACKAGE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        full = Path(folder) / "full.onnx"
        example = torch.randint(4, 1000, (2, 24)), torch.ones(2, 3, 24)
        torch.onnx.export(
            Judge(verifier),
            example,
            str(full),
            input_names=["ids", "spans"],
            output_names=["same", "framing"],
            dynamic_axes={
                "ids": {0: "questions", 1: "tokens"},
                "spans": {0: "questions", 1: "claims", 2: "tokens"},
                "same": {0: "questions", 1: "claims"},
                "framing": {0: "questions", 1: "claims"},
            },
            opset_version=17,
            dynamo=False,
        )
        matrices = [node.name for node in onnx.load(str(full)).graph.node if node.op_type == "MatMul"]
        quantize_dynamic(
            str(full),
            str(PACKAGE / "verifier.onnx"),
            weight_type=QuantType.QUInt8,
            per_channel=True,
            op_types_to_quantize=["MatMul"],
            nodes_to_quantize=[name for name in matrices if "loud" not in name],
        )
    read.save(str(PACKAGE / "tokenizer.json"), pretty=False)
    for path in sorted(PACKAGE.iterdir()):
        print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main(sys.argv[1])
