"""The text space, put to the words of tables: what a question asks to be done, and how near a word is to a header.

Two things are made of fixed words and kept in ``table_vectors.npz`` for the bundled text encoder: a linear layer from a
question's vector to what it asks to be done (ridge regression on ``operation_examples.json``), and the vectors of
everyday words, which nearness is measured against. Any other encoder has both made at first use.
"""

from __future__ import annotations

import json
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mmchat.perception.stems import stem
from mmchat.perception.words import folded, pieces
from mmchat.retrieval.stop_words import stop_words
from mmchat.tools.table_periods import LANGUAGES, WORDS
from mmchat.types import Vector, Vectors

Embed = Callable[[Sequence[str]], Vectors]
_HERE = Path(__file__).parent
KEPT_FILE = _HERE / "table_vectors.npz"
EXAMPLES: dict[str, dict[str, list[str]]] = json.loads((_HERE / "operation_examples.json").read_text("utf-8"))
"""What is asked -> language -> questions; braces hold what may be any other word."""
ASKED = tuple(EXAMPLES)
GAP = "…"
_RIDGE = 0.3
_SHARPNESS = 10.0
"""The layer's outputs, near 0 and 1, as logits. In ten folds over the 412 examples, the likeliest was right for .87
where question and form were both looked at, .81 by the question alone (2026-11-28)."""
_NEIGHBOURS = 10
_KEPT_TEXTS = 4096
_CHECKED = ("how much", "Groceries")


@dataclass(frozen=True)
class Fixed:
    """What is made of fixed words by one encoder.

    Attributes:
        centre: the mean of the examples, float32, shape (dim,).
        weights: float32, shape (dim, len(ASKED)).
        prior: the share of each among the examples, float32, shape (len(ASKED),).
        background: vectors of everyday words, float32, shape (n_words, dim), rows unit length.
    """

    centre: NDArray[np.float32]
    weights: NDArray[np.float32]
    prior: NDArray[np.float32]
    background: NDArray[np.float32]


class Meaning:
    """Vectors of short texts, kept, and what follows from them."""

    def __init__(self, embed: Embed) -> None:
        self._embed = embed
        self._kept: OrderedDict[str, Vector] = OrderedDict()
        self._lock = threading.Lock()
        self._fixed = _fixed_for(embed)

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, in the order given: float32, shape (len(texts), dim)."""
        with self._lock:
            known = {text: self._kept[text] for text in texts if text in self._kept}
        new = list(dict.fromkeys(text for text in texts if text not in known))
        if new:
            known |= dict(zip(new, self._embed(new), strict=True))
        with self._lock:
            for text in dict.fromkeys(texts):
                self._kept[text] = known[text]
                self._kept.move_to_end(text)
            while len(self._kept) > _KEPT_TEXTS:
                self._kept.popitem(last=False)
        return np.stack([known[text] for text in texts])

    def asked(self, question: str, form: str) -> dict[str, float]:
        """What a question asks to be done -> its probability.

        Args:
            question: the question in full.
            form: with :data:`GAP` for the words that say what it is about.
        """
        fixed = self._fixed
        out = (self.vectors([question, form]).mean(axis=0) - fixed.centre) @ fixed.weights + fixed.prior
        shares = np.exp(_SHARPNESS * (out - out.max()))
        return dict(zip(ASKED, (shares / shares.sum()).tolist(), strict=True))

    def nearness(self, phrases: Sequence[str], texts: Sequence[str]) -> NDArray[np.float32]:
        """How near in meaning, cross-domain similarity local scaling (arXiv 1710.04087) against everyday words.

        Returns: float32, shape (len(phrases), len(texts)); about 0 for unrelated words, above .05 for related ones.
        """
        left, right = self.vectors(phrases), self.vectors(texts)
        scaled = 2 * left @ right.T - self._usual(left)[:, None] - self._usual(right)[None, :]
        return np.asarray(scaled, dtype=np.float32)

    def _usual(self, vectors: Vectors) -> NDArray[np.float32]:
        near = np.sort(vectors @ self._fixed.background.T, axis=1)[:, -_NEIGHBOURS:]
        return np.asarray(near.mean(axis=1), dtype=np.float32)


@lru_cache(maxsize=2)
def meaning_of(embed: Embed) -> Meaning:
    """The one for an encoder; what it has embedded is kept between questions."""
    return Meaning(embed)


@cache
def frame_words(language: str) -> frozenset[str]:
    """Folded words and stems that say how something is asked and not what: those of the examples outside braces."""
    used = [language] if language in LANGUAGES else LANGUAGES
    found = {folded(word) for word in stop_words(language)}
    found.update(folded(word) for name in used for word in WORDS["function_words"].get(name, ()))
    for examples in EXAMPLES.values():
        for each in (text for name in used for text in examples[name]):
            words = pieces(re.sub(r"\{[^}]*\}", " ", each))
            found.update(form for word in words for form in (folded(word), stem(word, language)))
    return frozenset(found)


def fit(embed: Embed) -> Fixed:
    """Make what is made of fixed words, by embedding some 1,000 short texts."""
    texts, which = [], []
    for number, examples in enumerate(EXAMPLES.values()):
        for each in (text for some in examples.values() for text in some):
            texts += [re.sub(r"[{}]", "", each), re.sub(r"\{[^}]*\}", GAP, each)]
            which += [number, number]
    vectors = embed(texts)
    background = embed([word for words in WORDS["background"].values() for word in words])
    goal = np.eye(len(ASKED), dtype=np.float32)[which]
    centre, prior = vectors.mean(axis=0), goal.mean(axis=0)
    centred = vectors - centre
    dual = np.linalg.solve(centred @ centred.T + _RIDGE * np.eye(len(texts), dtype=np.float32), goal - prior)
    return Fixed(centre, np.asarray(centred.T @ dual, dtype=np.float32), prior, background)


def keep(embed: Embed) -> None:
    """Write :data:`KEPT_FILE` anew, after the examples or the encoder have changed."""
    fixed, check = fit(embed), embed(_CHECKED)
    half = {name: value.astype(np.float16) for name, value in vars(fixed).items()}
    np.savez_compressed(KEPT_FILE, **half, check=check.astype(np.float16))


def _fixed_for(embed: Embed) -> Fixed:
    """What was kept, where it was made by an encoder that gives these very vectors; else made now."""
    if KEPT_FILE.is_file():
        with np.load(KEPT_FILE, allow_pickle=False) as kept:
            parts = {name: kept[name].astype(np.float32) for name in kept.files}
        check, now = parts.pop("check"), embed(_CHECKED)
        if check.shape == now.shape and np.allclose(check, now, atol=5e-3) and len(parts["prior"]) == len(ASKED):
            return Fixed(**parts)
    return fit(embed)
