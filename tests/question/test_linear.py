from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mmchat.question.linear import LinearLayer

LAYER = LinearLayer(
    ("left", "right"), np.array([[1, 0], [0, 1]], dtype=np.float32), np.array([0, 0.5], dtype=np.float32)
)


def test_probabilities_are_the_softmax_of_the_logits_row_by_row() -> None:
    vectors = np.array([[1, 0], [0, 1000]], dtype=np.float32)

    shares = LAYER.probabilities(vectors)

    assert shares[0, 0] == pytest.approx(np.e / (np.e + np.exp(0.5)))
    assert shares.sum(axis=1) == pytest.approx([1, 1])
    assert shares[1, 1] == pytest.approx(1)  # large logits do not overflow


def test_a_layer_survives_being_written(tmp_path: Path) -> None:
    LAYER.write(tmp_path / "layer.npz")

    again = LinearLayer.read(tmp_path / "layer.npz")

    assert again.labels == LAYER.labels
    assert (again.weights == LAYER.weights).all() and (again.bias == LAYER.bias).all()
