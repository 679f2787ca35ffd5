"""The network that ships, back as weights to train on from: integer matrices become floats again.

The names of most weights survive the export; the matrices are recognised by their order in the graph, which is that
of the layers (attention in, attention out, feed-forward in, feed-forward out) and then of the heads.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor

MODEL = Path(__file__).parent.parent / "server" / "obelism" / "verifier_model" / "verifier.onnx"
MATRICES = ("self_attn.in_proj_weight", "self_attn.out_proj.weight", "linear1.weight", "linear2.weight")
HEADS = ("same.weight", "framing.weight")


def shipped_weights(path: Path = MODEL) -> dict[str, Tensor]:
    """State of `network.Verifier`: names to float32 tensors, without the heads that are used while training only."""
    graph = onnx.load(str(path)).graph
    held = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    state = {
        name.removeprefix("verifier.").replace(".most.", "."): value
        for name, value in held.items()
        if name.startswith("verifier.") and name not in ("verifier.word.rows", "verifier.word.scale")
    }
    state["word.weight"] = held["verifier.word.rows"].astype(np.float32) * held["verifier.word.scale"]
    matrices = [_matrix(node, held) for node in graph.node if node.op_type == "MatMulInteger"]
    loud = [
        held[node.input[1]].T for node in graph.node if node.op_type == "MatMul" and node.input[1] in held
    ]
    layers = sum(name.endswith(".norm1.weight") for name in state)
    names = [f"layers.{layer}.{kind}" for layer in range(layers) for kind in MATRICES] + list(HEADS)
    state |= dict(zip(names, matrices, strict=True))
    for layer, apart in enumerate(loud):
        name = f"layers.{layer}.linear2.weight"
        state[name] = np.concatenate([state[name], apart], 1)
    return {name: torch.from_numpy(np.array(value, np.float32)) for name, value in state.items()}


def _matrix(node: onnx.NodeProto, held: dict[str, NDArray]) -> NDArray[np.float32]:
    """(outputs, inputs), as torch keeps it."""
    name = node.input[1]
    zero, scale = (held[name.replace("_quantized", part)] for part in ("_zero_point", "_scale"))
    return ((held[name].astype(np.float32) - zero) * scale).T
