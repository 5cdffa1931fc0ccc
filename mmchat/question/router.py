"""A question -> the kinds of request it may be, most likely first: a linear layer over its vector and its n-grams.

The vector is that of multilingual-e5-small, which the text space usually needs anyway. The weights lie beside this
file; ``python -m mmchat.evaluation.router_fit`` makes them from ``examples.json``. It knows no file and no answer.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmchat.encoders.e5_small import QUERY, E5SmallEncoder
from mmchat.errors import StoreMismatch
from mmchat.question.features import hashed_ngrams
from mmchat.settings import Settings
from mmchat.types import RequestKind, Space, Vector

EXAMPLES = Path(__file__).with_name("examples.json")
WEIGHTS = Path(__file__).with_name("router.npz")


@dataclass(frozen=True, slots=True)
class Likely:
    """A kind of request with its probability, 0..1; those of one question add up to 1."""

    kind: RequestKind
    probability: float


@dataclass(frozen=True, slots=True)
class RouterWeights:
    """What is fitted, and what it was fitted on.

    Attributes:
        kinds: the order of the rows.
        mean: float32, shape (dim,): the mean vector of the examples, which all texts share and which tells nothing.
        vector: float32, shape (n_kinds, dim).
        ngrams: float32, shape (n_kinds, n_buckets).
        bias: float32, shape (n_kinds,).
        space: name of the space of the vectors.
        examples: sha256 of the file of examples, in hex.
    """

    kinds: tuple[RequestKind, ...]
    mean: NDArray[np.float32]
    vector: NDArray[np.float32]
    ngrams: NDArray[np.float32]
    bias: NDArray[np.float32]
    space: str
    examples: str

    def probabilities(self, vector: Vector, ngrams: Vector) -> NDArray[np.float32]:
        """Of each kind: float32, shape (n_kinds,)."""
        scores = self.vector @ (vector - self.mean) + self.ngrams @ ngrams + self.bias
        odds = np.exp(scores - scores.max())
        return np.asarray(odds / odds.sum(), dtype=np.float32)

    def save(self, path: Path) -> None:
        """Write them at half precision, which moves no probability by more than .01."""
        arrays: dict[str, Any] = {
            name: getattr(self, name).astype(np.float16) for name in ("mean", "vector", "ngrams", "bias")
        }
        np.savez_compressed(path, kinds=list(self.kinds), space=self.space, examples=self.examples, **arrays)

    @classmethod
    def load(cls, path: Path) -> RouterWeights:
        """The inverse of :meth:`save`."""
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name].astype(np.float32) for name in ("mean", "vector", "ngrams", "bias")}
            kinds = tuple(RequestKind(str(kind)) for kind in stored["kinds"])
            return cls(kinds=kinds, space=str(stored["space"]), examples=str(stored["examples"]), **arrays)


class Router:
    """Tells kinds of request apart. Nothing is loaded before the first question; any thread may ask."""

    def __init__(self, encode: Callable[[str], Vector], space: Space) -> None:
        """``encode`` gives a text's unit vector in ``space``, which must be the one the weights were fitted in."""
        self._encode = encode
        self._space = space

    @classmethod
    def from_settings(cls, settings: Settings) -> Router:
        """Over the bundled encoder, whichever one the library's texts have."""
        encoder = E5SmallEncoder.from_settings(settings)
        return cls(lambda text: encoder.encode_texts([text], QUERY)[0], encoder.space)

    def route(self, text: str, *, vector: Vector | None = None, attached: int = 0) -> tuple[Likely, ...]:
        """Every kind, the most probable first.

        Args:
            text: the question as typed.
            vector: its vector as a query of multilingual-e5-small, where the caller has it: unit length, shape (384,).
            attached: how many files came with it. It counts where there are no words: a file alone asks what it is.

        Raises:
            StoreMismatch: when the weights were fitted in another space.
        """
        weights = fitted_weights()
        if self._space.name != weights.space:
            raise StoreMismatch(
                f"The router was fitted on vectors of {weights.space}; these are of {self._space.name}. "
                "Fit it anew with python -m mmchat.evaluation.router_fit."
            )
        if not text.strip():
            meant = RequestKind.OVERVIEW if attached else RequestKind.TALK
            return tuple(sorted((Likely(kind, float(kind is meant)) for kind in weights.kinds), key=_least_likely_last))
        known = self._encode(text) if vector is None else vector
        shares = weights.probabilities(known, hashed_ngrams(text))
        likely = (Likely(kind, float(share)) for kind, share in zip(weights.kinds, shares, strict=True))
        return tuple(sorted(likely, key=_least_likely_last))


_loading = threading.Lock()


def fitted_weights() -> RouterWeights:
    """Those that came with the package, read once."""
    with _loading:
        return _shipped()


@cache
def _shipped() -> RouterWeights:
    return RouterWeights.load(WEIGHTS)


def _least_likely_last(likely: Likely) -> float:
    return -likely.probability
