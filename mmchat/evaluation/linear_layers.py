"""Fit the linear layers over the text space to their examples, and report how they do on examples kept back.

    python -m mmchat.evaluation.linear_layers [NAME ...]

Each layer has a file of examples beside the weights it ships with, and a file of others in ``evaluation/data``, which
decides nothing here. Every example is learnt as it stands and as it is typed in haste: small letters, no accents, no
mark at its end. The strength of regularisation is the one with the least loss over five folds, in which no example is
on both sides; scikit-learn comes with sentence-transformers, and is imported for the fit alone.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mmchat.encoders.e5_small import QUERY, E5SmallEncoder
from mmchat.question.linear import LinearLayer
from mmchat.retrieval.words import folded
from mmchat.settings import Settings
from mmchat.types import Vectors

PACKAGE = Path(__file__).parent.parent
LAYERS = {"answer_types": "question", "sentence_roles": "answering", "asked_roles": "answering"}
"""Name of a layer -> the room it lies in."""
STRENGTHS = (3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
FOLDS = 5

Encode = Callable[[Sequence[str]], Vectors]


@dataclass(frozen=True, slots=True)
class Example:
    """A text, the labels that are right for it (of those kept back some have two), and its language."""

    text: str
    labels: tuple[str, ...]
    language: str


def read(path: Path) -> list[Example]:
    """Examples from JSON: label -> language -> texts. ``a|b`` is the label of a text that may be either."""
    return [
        Example(text, tuple(labels.split("|")), language)
        for labels, languages in json.loads(path.read_text("utf-8")).items()
        for language, texts in languages.items()
        for text in texts
    ]


def in_haste(text: str) -> str:
    """Small letters, no accents, no marks at either end."""
    return folded(text).strip(" ?!.¿¡")


def fit(examples: Sequence[Example], encode: Encode) -> tuple[LinearLayer, float]:
    """The layer, and the share of examples it gets right over the folds."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV, GroupKFold

    texts = [spelling for each in examples for spelling in (each.text, in_haste(each.text))]
    groups = np.repeat(np.arange(len(examples)), 2)
    wanted = np.repeat([each.labels[0] for each in examples], 2)
    model = LogisticRegression(class_weight="balanced", max_iter=3000)
    folds = GroupKFold(FOLDS, shuffle=True, random_state=0)
    scoring = ("neg_log_loss", "accuracy")
    search = GridSearchCV(model, {"C": STRENGTHS}, scoring=scoring, refit="neg_log_loss", cv=folds)
    search.fit(encode(texts), wanted, groups=groups)
    best = search.best_estimator_
    print(f"C = {search.best_params_['C']:g}, loss {-search.best_score_:.3f}")
    return (
        LinearLayer(tuple(best.classes_), best.coef_.astype(np.float32), best.intercept_.astype(np.float32)),
        float(search.cv_results_["mean_test_accuracy"][search.best_index_]),
    )


def report(layer: LinearLayer, examples: Sequence[Example], encode: Encode) -> None:
    """Print how many are right, by language, by confidence and by label, and every one that is wrong."""
    shares = layer.probabilities(encode([each.text for each in examples]))
    told = [layer.labels[i] for i in shares.argmax(axis=1)]
    right = np.array([guess in each.labels for guess, each in zip(told, examples, strict=True)])
    loss = -np.mean([np.log(sum(row[layer.labels.index(x)] for x in e.labels)) for row, e in zip(shares, examples)])
    print(f"kept back: {right.mean():.3f} of {len(examples)} right, loss {loss:.3f}")
    by_language: defaultdict[str, list[bool]] = defaultdict(list)
    for each, is_right in zip(examples, right, strict=True):
        by_language[each.language].append(bool(is_right))
    print("  ".join(f"{language} {np.mean(all):.3f} of {len(all)}" for language, all in by_language.items()))
    for low, high in ((0, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 0.9), (0.9, 1.01)):
        here = (shares.max(axis=1) >= low) & (shares.max(axis=1) < high)
        if here.any():
            said = shares.max(axis=1)[here].mean()
            print(f"  said {said:.2f}: right {right[here].mean():.2f} of {here.sum()}")
    confusion = Counter(
        (guess if guess in each.labels else each.labels[0], guess) for each, guess in zip(examples, told, strict=True)
    )
    print(f"{'is, told':<10}" + "".join(f"{label[:8]:>9}" for label in layer.labels))
    for label in layer.labels:
        print(f"{label:<10}" + "".join(f"{confusion[label, other] or '.':>9}" for other in layer.labels))
    for each, guess, row in zip(examples, told, shares, strict=True):
        if guess not in each.labels:
            print(f"  {each.language} {'|'.join(each.labels)} told {guess} {row.max():.2f}: {each.text}")


def main(names: Sequence[str]) -> None:
    """Fit, write and report the layers named, or all."""
    encoder = E5SmallEncoder.from_settings(Settings())
    known: dict[str, np.ndarray] = {}

    def encode(texts: Sequence[str]) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if text not in known]
        known.update(zip(new, encoder.encode_texts(new, QUERY) if new else [], strict=True))
        return np.stack([known[text] for text in texts])

    for name in names or LAYERS:
        path = PACKAGE / LAYERS[name] / f"{name}.json"
        started = time.perf_counter()
        layer, accuracy = fit(read(path), encode)
        layer.write(path.with_suffix(".npz"))
        print(f"{name}: {accuracy:.3f} right over {FOLDS} folds, {time.perf_counter() - started:.0f} s")
        report(layer, read(PACKAGE / "evaluation" / "data" / f"kept_{name}.json"), encode)


if __name__ == "__main__":
    main(sys.argv[1:])
