"""Write the trained network into the package: `python training/export.py FOLDER/verifier.pt`.

Weights become 8-bit integers: the matrices by onnxruntime's dynamic quantisation (one scale a column), the
word vectors with one scale a row. The tokenizer becomes one JSON file.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from base import read_base
from network import Verifier, tokenizer

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


class Judge(nn.Module):
    """Only what the package needs: ids -> (same, framing)."""

    def __init__(self, verifier: Verifier) -> None:
        super().__init__()
        self.verifier = verifier

    def forward(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        scores = self.verifier(ids)
        return scores.same, scores.framing


def main(checkpoint: str) -> None:
    torch.backends.mha.set_fastpath_enabled(False)
    base = read_base()
    verifier = Verifier(base)
    verifier.load_state_dict(torch.load(checkpoint))
    verifier.eval()
    with torch.no_grad():
        verifier.word = RowQuantised(verifier.word)
    PACKAGE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        full = Path(folder) / "full.onnx"
        example = torch.randint(4, 1000, (2, 24))
        torch.onnx.export(
            Judge(verifier),
            (example,),
            str(full),
            input_names=["ids"],
            output_names=["same", "framing"],
            dynamic_axes={"ids": {0: "pairs", 1: "tokens"}, "same": {0: "pairs"}, "framing": {0: "pairs"}},
            opset_version=17,
            dynamo=False,
        )
        quantize_dynamic(
            str(full),
            str(PACKAGE / "verifier.onnx"),
            weight_type=QuantType.QInt8,
            per_channel=True,
            op_types_to_quantize=["MatMul"],
        )
    tokenizer(base).save(str(PACKAGE / "tokenizer.json"), pretty=False)
    for path in sorted(PACKAGE.iterdir()):
        print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main(sys.argv[1])
