"""Examples of each kind of request -> the router's weights: ``python -m mmchat.evaluation.router_fit``.

A multinomial logistic regression. What each part brought stands in :mod:`mmchat.evaluation.router`.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mmchat.encoders.e5_small import QUERY, E5SmallEncoder
from mmchat.evaluation.misspelling import misspelt
from mmchat.question.features import hashed_ngrams
from mmchat.question.router import EXAMPLES, WEIGHTS, RouterWeights
from mmchat.settings import load_settings
from mmchat.types import RequestKind, Vectors

NGRAMS_WEIGHT = 0.5
"""How much the n-grams count beside the vector; with .3 and .8 one in fifty held-out questions more is taken wrongly."""
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
        vectors: those of ``examples``, then those of their misspelt copies.
        space: name of the space of the vectors.
        source: sha256 of the file of examples.
    """
    ngrams = np.array([hashed_ngrams(text) for text in [*(e.text for e in examples), *map(misspelt, _texts(examples))]])
    mean = vectors.mean(axis=0)
    kinds = np.array([example.kind.value for example in examples] * 2)
    rows = np.c_[vectors - mean, NGRAMS_WEIGHT * ngrams].astype(np.float32)
    folds = np.tile(_folds(examples), 2)
    temperature = _temperature(rows, kinds, folds)
    model = _regression(rows, kinds)
    weights = model.coef_ / temperature
    dim = vectors.shape[1]
    return RouterWeights(
        kinds=tuple(RequestKind(kind) for kind in model.classes_),
        mean=mean.astype(np.float32),
        vector=weights[:, :dim].astype(np.float32),
        ngrams=(NGRAMS_WEIGHT * weights[:, dim:]).astype(np.float32),
        bias=(model.intercept_ / temperature).astype(np.float32),
        space=space,
        examples=source,
    )


def _texts(examples: Sequence[Example]) -> list[str]:
    return [example.text for example in examples]


def _regression(rows: NDArray[np.float32], kinds: NDArray[np.str_]) -> Any:
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=1 / (RIDGE * len(rows)), max_iter=300, tol=1e-3).fit(csr_matrix(rows), kinds)


def _folds(examples: Sequence[Example]) -> NDArray[np.int64]:
    """Stretches of each list: what stands at the same place in two languages often says the same, and stays together."""
    found = np.zeros(len(examples), dtype=np.int64)
    groups = {(example.kind, example.language) for example in examples}
    for group in groups:
        mine = [at for at, example in enumerate(examples) if (example.kind, example.language) == group]
        found[mine] = np.arange(len(mine)) * FOLDS // len(mine)
    return found


def _temperature(rows: NDArray[np.float32], kinds: NDArray[np.str_], folds: NDArray[np.int64]) -> float:
    """What to divide scores by, so that a probability is how often it is right (arXiv 1706.04599), from unseen folds."""
    scores = np.zeros((len(rows), len(set(kinds))))
    for fold in range(FOLDS):
        model = _regression(rows[folds != fold], kinds[folds != fold])
        scores[folds == fold] = model.decision_function(rows[folds == fold])
    at = np.searchsorted(np.unique(kinds), kinds)
    tried = np.geomspace(0.3, 3.0, 60)
    return float(min(tried, key=lambda temperature: _surprise(scores / temperature, at)))


def _surprise(scores: NDArray[np.float64], at: NDArray[np.int64]) -> float:
    """Mean negative log-likelihood."""
    top = scores.max(axis=1)
    normaliser = top + np.log(np.exp(scores - top[:, None]).sum(axis=1))
    return float((normaliser - scores[np.arange(len(at)), at]).mean())


def main() -> None:
    """Fit on the examples of the package, and write the weights beside them."""
    examples = read_examples(EXAMPLES)
    encoder = E5SmallEncoder.from_settings(load_settings())
    texts = _texts(examples)
    vectors = encoder.encode_texts([*texts, *map(misspelt, texts)], QUERY)
    fit(examples, vectors, encoder.space.name, digest(EXAMPLES)).save(WEIGHTS)
    sys.stderr.write(f"{len(examples)} examples -> {WEIGHTS.stat().st_size / 1000:.0f} kB in {WEIGHTS.name}\n")


if __name__ == "__main__":
    main()
