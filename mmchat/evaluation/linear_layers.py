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
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from mmchat.encoders.e5_small import QUERY, E5SmallEncoder
from mmchat.perception.words import folded
from mmchat.question.linear import LinearLayer
from mmchat.settings import Settings
from mmchat.types import Vectors

PACKAGE = Path(__file__).parent.parent
LAYERS = {"answer_types": "question", "sentence_roles": "answering", "asked_roles": "answering"}
"""Name of a layer -> the room it lies in."""
STRENGTHS = (50.0, 100.0, 200.0, 400.0)
FOLDS = 5

Encode = Callable[[Sequence[str]], Vectors]


@dataclass(frozen=True, slots=True)
class Example:
    """A text, the label that is right for it, and its language."""

    text: str
    label: str
    language: str


def read(path: Path) -> list[Example]:
    """Examples from JSON: label -> language -> texts."""
    return [
        Example(text, label, language)
        for label, languages in json.loads(path.read_text("utf-8")).items()
        for language, texts in languages.items()
        for text in texts
    ]


def in_haste(text: str) -> str:
    """Small letters, no accents, no marks at either end."""
    return folded(text).strip(" ?!.¿¡")


def fit(examples: Sequence[Example], encode: Encode) -> tuple[LinearLayer, str]:
    """The layer, and a line on how it was chosen."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV, GroupKFold

    texts = [spelling for each in examples for spelling in (each.text, in_haste(each.text))]
    search = GridSearchCV(
        LogisticRegression(class_weight="balanced", max_iter=3000),
        {"C": STRENGTHS},
        scoring=("neg_log_loss", "accuracy"),
        refit="neg_log_loss",
        cv=GroupKFold(FOLDS, shuffle=True, random_state=0),
    )
    wanted, groups = (np.repeat(each, 2) for each in ([e.label for e in examples], np.arange(len(examples))))
    search.fit(encode(texts), wanted, groups=groups)
    best, accuracy = search.best_estimator_, search.cv_results_["mean_test_accuracy"][search.best_index_]
    return (
        LinearLayer(tuple(best.classes_), best.coef_.astype(np.float32), best.intercept_.astype(np.float32)),
        f"{len(examples)} examples, C {search.best_params_['C']:g}: {accuracy:.3f} right and loss "
        f"{-search.best_score_:.3f} over {FOLDS} folds",
    )


def report(layer: LinearLayer, examples: Sequence[Example], encode: Encode) -> Iterator[str]:
    """Lines on how many are right, by language, by confidence and by label, and on every one that is wrong."""
    shares = layer.probabilities(encode([each.text for each in examples]))
    said, told = shares.max(axis=1), [layer.labels[i] for i in shares.argmax(axis=1)]
    right = np.array([each.label == guess for each, guess in zip(examples, told, strict=True)])
    loss = -np.mean([np.log(row[layer.labels.index(e.label)]) for e, row in zip(examples, shares, strict=True)])
    yield f"kept back: {right.mean():.3f} of {len(examples)} right, loss {loss:.3f}"
    languages = np.array([each.language for each in examples])
    for language in dict.fromkeys(languages):
        yield f"  {language} {right[languages == language].mean():.3f} of {(languages == language).sum()}"
    for low, high in pairwise((0, 0.4, 0.6, 0.8, 0.9, 1.01)):
        if (here := (said >= low) & (said < high)).any():
            yield f"  said {said[here].mean():.2f}: right {right[here].mean():.2f} of {here.sum()}"
    confusion = Counter((each.label, guess) for each, guess in zip(examples, told, strict=True))
    yield f"{'is, told':<10}" + "".join(f"{label[:8]:>9}" for label in layer.labels)
    for label in layer.labels:
        yield f"{label:<10}" + "".join(f"{confusion[label, other] or '.':>9}" for other in layer.labels)
    for each, guess, sure in zip(examples, told, said, strict=True):
        if each.label != guess:
            yield f"  {each.language} {each.label}, told {guess} ({sure:.2f}): {each.text}"


def main(names: Sequence[str]) -> None:
    """Fit, write and report the layers named, or all."""
    encoder = E5SmallEncoder.from_settings(Settings())

    def encode(texts: Sequence[str]) -> Vectors:
        return encoder.encode_texts(texts, QUERY)

    for name in names or LAYERS:
        path = PACKAGE / LAYERS[name] / f"{name}.json"
        layer, chosen = fit(read(path), encode)
        layer.write(path.with_suffix(".npz"))
        kept = read(PACKAGE / "evaluation" / "data" / f"kept_{name}.json")
        sys.stdout.write("\n".join([f"{name}: {chosen}", *report(layer, kept, encode), ""]) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
