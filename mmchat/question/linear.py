"""Vectors of the text space -> probabilities of a few labels: one fitted linear layer and a softmax, in numpy.

How a layer is fitted, and how well it does, is the business of ``python -m mmchat.evaluation.linear_layers``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mmchat.types import Vectors


@dataclass(frozen=True, slots=True)
class LinearLayer:
    """Multinomial logistic regression.

    Attributes:
        labels: what is told apart.
        weights: float32, shape (n_labels, dim).
        bias: float32, shape (n_labels,).
    """

    labels: tuple[str, ...]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    @classmethod
    def read(cls, path: Path) -> Self:
        """The layer written to an ``.npz`` file."""
        with np.load(path) as stored:
            weights, bias = stored["weights"].astype(np.float32), stored["bias"].astype(np.float32)
            return cls(tuple(map(str, stored["labels"])), weights, bias)

    def write(self, path: Path) -> None:
        """Write it in half precision: 8 kB for ten labels of 384 numbers."""
        np.savez_compressed(path, labels=np.array(self.labels), weights=self.weights.astype(np.float16), bias=self.bias)

    def probabilities(self, vectors: Vectors) -> NDArray[np.float32]:
        """float32, shape (n, n_labels), each row adding up to 1, for vectors of shape (n, dim)."""
        logits = vectors @ self.weights.T + self.bias
        logits -= logits.max(axis=1, keepdims=True)
        exponents = np.exp(logits)
        shares: NDArray[np.float32] = exponents / exponents.sum(axis=1, keepdims=True)
        return shares
