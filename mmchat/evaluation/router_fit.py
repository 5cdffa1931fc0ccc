"""Examples of each kind of request -> the router's weights: ``python -m mmchat.evaluation.router_fit``.

A multinomial logistic regression. What each part brought stands in :mod:`mmchat.evaluation.router`.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mmchat.encoders.e5_small import QUERY, E5SmallEncoder
from mmchat.evaluation.misspelling import misspelt
from mmchat.question.features import hashed_ngrams
from mmchat.question.router import EXAMPLES, WEIGHTS, RouterWeights
from mmchat.settings import load_settings
from mmchat.types import RequestKind, Vectors

NGRAMS_WEIGHT = 0.5
"""How much the n-grams count beside the vector; with .3 or .8, one in fifty held-out questions more was misread."""
RIDGE = 2e-5
"""Penalty on the squared weights per example, halved."""
FOLDS = 5


class Example(NamedTuple):
    """A question of known kind. ``language`` is an ISO 639-1 code; ``text`` is as a person types it."""

    kind: RequestKind
    language: str
    text: str


def read_examples(path: Path) -> list[Example]:
    """Those of a JSON file: kind, then language, then the texts."""
    stored = json.loads(path.read_text("utf-8"))
    return [
        Example(RequestKind(kind), language, text)
        for kind, languages in stored.items()
        for language, texts in languages.items()
        for text in texts
    ]


def digest(path: Path) -> str:
    """sha256 of the file, in hex, with the line ends of any system taken as one."""
    return hashlib.sha256(path.read_text("utf-8").encode()).hexdigest()


def fit(examples: Sequence[Example], vectors: Vectors, space: str, source: str) -> RouterWeights:
    """The weights.

    Args:
        examples: questions of every kind.
        vectors: float32, shape (2 * len(examples), dim): those of ``examples``, then those of their misspelt copies.
        space: name of the space of the vectors.
        source: sha256 of the file of examples.
    """
    texts = [example.text for example in examples]
    ngrams = np.array([hashed_ngrams(text) for text in [*texts, *map(misspelt, texts)]])
    mean = vectors.mean(axis=0)
    rows = np.c_[vectors - mean, NGRAMS_WEIGHT * ngrams].astype(np.float32)
    kinds = tuple(RequestKind)
    meant = np.array([kinds.index(example.kind) for example in examples] * 2)
    weights, bias = _regression(rows, meant)
    cooled = 1 / _temperature(rows, meant, np.tile(_folds(examples), 2))
    dim = vectors.shape[1]
    return RouterWeights(
        kinds=kinds,
        mean=mean,
        vector=cooled * weights[:dim].T,
        ngrams=cooled * NGRAMS_WEIGHT * weights[dim:].T,
        bias=cooled * bias,
        space=space,
        examples=source,
    )


def _regression(rows: NDArray[np.float32], meant: NDArray[np.int64]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Weights, shape (n_features, n_kinds), and bias, shape (n_kinds,), that make the kinds meant most likely."""
    from scipy.optimize import minimize

    n_rows, n_kinds = len(rows), int(meant.max()) + 1
    design = np.c_[rows, np.ones((n_rows, 1), dtype=np.float32)]
    wanted = np.eye(n_kinds, dtype=np.float32)[meant]
    ridge = np.full((design.shape[1], 1), RIDGE)
    ridge[-1] = 0.0  # how frequent a kind is costs nothing

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat.reshape(-1, n_kinds)
        scores = design @ weights.astype(np.float32)
        slope = design.T @ ((_softmax(scores) - wanted) / n_rows) + ridge * weights
        return _surprise(scores, meant) + 0.5 * float((ridge * weights**2).sum()), slope.ravel()

    found = minimize(loss, np.zeros(design.shape[1] * n_kinds), jac=True, method="L-BFGS-B").x
    weights = found.reshape(-1, n_kinds).astype(np.float32)
    return weights[:-1], weights[-1]


def _folds(examples: Sequence[Example]) -> NDArray[np.int64]:
    """Stretches of each list: what stands at one place in two languages often says the same, and stays together."""
    found = np.zeros(len(examples), dtype=np.int64)
    for group in {(example.kind, example.language) for example in examples}:
        mine = [at for at, example in enumerate(examples) if (example.kind, example.language) == group]
        found[mine] = np.arange(len(mine)) * FOLDS // len(mine)
    return found


def _temperature(rows: NDArray[np.float32], meant: NDArray[np.int64], folds: NDArray[np.int64]) -> float:
    """What to divide scores by for probabilities that are honest on unseen folds (arXiv 1706.04599)."""
    scores = np.zeros((len(rows), int(meant.max()) + 1), dtype=np.float32)
    for fold in range(FOLDS):
        weights, bias = _regression(rows[folds != fold], meant[folds != fold])
        scores[folds == fold] = rows[folds == fold] @ weights + bias
    return float(min(np.geomspace(0.3, 3.0, 60), key=lambda temperature: _surprise(scores / temperature, meant)))


def _softmax(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True), dtype=np.float32)


def _surprise(scores: NDArray[np.float32], meant: NDArray[np.int64]) -> float:
    """Mean negative log-likelihood."""
    top = scores.max(axis=1)
    normaliser = top + np.log(np.exp(scores - top[:, None]).sum(axis=1))
    return float((normaliser - scores[np.arange(len(meant)), meant]).mean(dtype=np.float64))


def main() -> None:
    """Fit on the examples of the package, and write the weights beside them."""
    examples = read_examples(EXAMPLES)
    encoder = E5SmallEncoder.from_settings(load_settings())
    texts = [example.text for example in examples]
    vectors = encoder.encode_texts([*texts, *map(misspelt, texts)], QUERY)
    fit(examples, vectors, encoder.space.name, digest(EXAMPLES)).save(WEIGHTS)
    sys.stderr.write(f"{len(examples)} examples -> {WEIGHTS.stat().st_size / 1000:.0f} kB in {WEIGHTS.name}\n")


if __name__ == "__main__":
    main()
