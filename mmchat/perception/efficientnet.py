"""EfficientNet-Lite: a checkpoint file -> the same network as an ONNX model in memory, read without torch.

The published weights are in torch's file format from before 1.6: a pickle of names and shapes, followed by the
raw numbers. Reading it here, with an unpickler that knows four harmless names, costs a tenth of a second, runs no
code from the file, and spares the 250 MB that importing torch keeps resident. It knows no labels and no pictures.
"""

from __future__ import annotations

import pickle
import struct
from collections import OrderedDict
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mmchat.errors import ModelUnavailable

Weights = dict[str, NDArray[Any]]

_MAGIC = 0x1950A86A20F9469CFC6C  # first pickle of every file torch.save wrote before torch 1.6
_STORAGES: dict[str, np.dtype[Any]] = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}
_STAGE_STRIDES = (1, 2, 2, 2, 1, 2, 1)  # EfficientNet, arXiv 1905.11946, table 1; Lite keeps them
_BATCH_NORM_EPSILON = 1e-3  # of the TensorFlow original; torch's own default would be 1e-5


class _Stored(NamedTuple):
    """A tensor as the pickle describes it: which storage, where in it, its shape and its steps in elements."""

    storage: str
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


class _CheckpointUnpickler(pickle.Unpickler):
    """Knows the four names a checkpoint of plain tensors holds, and refuses every other."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file)
        self.storages: dict[str, np.dtype[Any]] = {}

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return lambda storage, offset, shape, strides, *rest: _Stored(storage, offset, shape, strides)
        if module == "torch" and name in _STORAGES:
            return name
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a file of weights")

    def persistent_load(self, reference: Any) -> str:
        _, kind, key = reference[:3]
        self.storages[key] = _STORAGES[kind]
        return str(key)


def read_checkpoint(path: Path) -> Weights:
    """The named arrays of a torch checkpoint in the format before 1.6; every array owns its memory.

    Raises:
        ModelUnavailable: the file is not such a checkpoint.
    """
    try:
        with path.open("rb") as file:
            if pickle.load(file) != _MAGIC:  # noqa: S301 - a lone integer, and the file's sha256 was checked
                raise ModelUnavailable(f"{path.name} is not a torch checkpoint. Reinstall the package it came with.")
            for _ in range(2):  # protocol version, machine description
                _CheckpointUnpickler(file).load()
            reader = _CheckpointUnpickler(file)
            tensors: dict[str, _Stored] = reader.load()
            keys = _CheckpointUnpickler(file).load()
            data = {}
            for key in keys:
                (count,) = struct.unpack("<q", file.read(8))
                kind = reader.storages[key]
                data[key] = np.frombuffer(file.read(count * kind.itemsize), dtype=kind)
            return {name: _gather(data[at.storage], at) for name, at in tensors.items()}
    except (pickle.UnpicklingError, struct.error, EOFError, KeyError, TypeError, ValueError) as error:
        raise ModelUnavailable(f"{path.name} cannot be read as weights: {error}. Reinstall its package.") from error


def _gather(storage: NDArray[Any], at: _Stored) -> NDArray[Any]:
    """A copy of one tensor; kernels that came from TensorFlow are stored transposed, so the strides matter."""
    strides = [step * storage.itemsize for step in at.strides]
    return np.ndarray(at.shape, storage.dtype, storage, at.offset * storage.itemsize, strides).copy()


class _Graph:
    """Nodes and constants of an ONNX graph that grows at its end."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.end = "picture"

    def constant(self, name: str, value: NDArray[Any]) -> str:
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, operator: str, *more: str, **attributes: Any) -> None:
        """Apply an operator to the graph's end and constants or earlier values in ``more``."""
        from onnx import helper

        output = f"value_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, [self.end, *more], [output], **attributes))
        self.end = output

    def convolution(self, layer: str, norm: str, *, stride: int = 1, relu6: bool = True) -> None:
        """A convolution with its batch normalisation folded in, padded as TensorFlow pads."""
        kernel = self.weights[f"{layer}.weight"]
        scale = self.weights[f"{norm}.weight"] / np.sqrt(self.weights[f"{norm}.running_var"] + _BATCH_NORM_EPSILON)
        shift = self.weights[f"{norm}.bias"] - self.weights[f"{norm}.running_mean"] * scale
        groups = kernel.shape[0] if "_depthwise" in layer else 1
        self.add(
            "Conv",
            self.constant(f"{layer}.weight", kernel * scale[:, None, None, None]),
            self.constant(f"{layer}.bias", shift),
            auto_pad="SAME_UPPER",
            strides=[stride, stride],
            group=groups,
        )
        if relu6:
            self.add("Clip", "zero", "six")


def to_onnx(weights: Weights) -> bytes:
    """The network of these weights as a serialised ONNX model.

    Input ``picture``: float32, shape (n, 3, side, side). Output ``probabilities``: float32, shape (n, 1000), rows
    sum to 1. Widths and depths are read from the weights, so one function serves every size of EfficientNet-Lite.
    """
    from onnx import TensorProto, helper

    graph = _Graph(weights)
    graph.constant("zero", np.zeros((), np.float32))
    graph.constant("six", np.full((), 6, np.float32))
    graph.convolution("_conv_stem", "_bn0", stride=2)
    blocks = 1 + max(int(name.split(".")[1]) for name in weights if name.startswith("_blocks."))
    stage, channels_before = -1, int(weights["_conv_stem.weight"].shape[0])
    for number in range(blocks):
        block = f"_blocks.{number}"
        channels = int(weights[f"{block}._project_conv.weight"].shape[0])
        first_of_stage = channels != channels_before  # every stage of EfficientNet has a width of its own
        stage += first_of_stage
        entry = graph.end
        if f"{block}._expand_conv.weight" in weights:
            graph.convolution(f"{block}._expand_conv", f"{block}._bn0")
        stride = _STAGE_STRIDES[stage] if first_of_stage else 1
        graph.convolution(f"{block}._depthwise_conv", f"{block}._bn1", stride=stride)
        graph.convolution(f"{block}._project_conv", f"{block}._bn2", relu6=False)
        if not first_of_stage:
            graph.add("Add", entry)
        channels_before = channels
    graph.convolution("_conv_head", "_bn1")
    graph.add("GlobalAveragePool")
    graph.add("Flatten")
    graph.add(
        "Gemm",
        graph.constant("_fc.weight", weights["_fc.weight"]),
        graph.constant("_fc.bias", weights["_fc.bias"]),
        transB=1,
    )
    graph.add("Softmax", axis=1)
    classes = int(weights["_fc.weight"].shape[0])
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "efficientnet-lite",
            [helper.make_tensor_value_info("picture", TensorProto.FLOAT, ["n", 3, "height", "width"])],
            [helper.make_tensor_value_info(graph.end, TensorProto.FLOAT, ["n", classes])],
            graph.constants,
        ),
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=8,
    )
    serialised: bytes = model.SerializeToString()
    return serialised
