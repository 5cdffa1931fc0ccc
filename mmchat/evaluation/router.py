"""Questions of known kind -> how often the router takes them so: accuracy, the confusion table, how honest it is.

What each part brought on the 252 held-out questions (2026-11-28), right at once and among the first two, and right at
once when the question is misspelt; one question more or less is .004:

    the vector alone                       .837   .956   .635
    with the n-grams                       .865   .960   .667
    with misspelt copies of the examples   .881   .960   .710
    with examples of one topic each kind   .889   .960   .738

In the last, the same topics, people and files stand in examples of every kind, so that bees say nothing about it.
Whitened vectors took .837 right at best where plain ones, with fewer examples, took .865.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mmchat.evaluation.router_fit import Example, read_examples
from mmchat.question.router import Likely, Router
from mmchat.settings import Settings
from mmchat.types import RequestKind

HELD_OUT = Path(__file__).parent / "data" / "router_held_out.json"
"""Questions that were written before anything was fitted; what is fitted how was chosen by them."""
LAST = Path(__file__).parent / "data" / "router_last.json"
"""Questions that nothing was chosen by."""
BORDERS = (0.0, 0.5, 0.7, 0.9, 1.0)
"""Of the stretches of probability in which the reliability is told."""


def measure(settings: Settings, path: Path = HELD_OUT) -> dict[str, Any]:
    """Route every question of ``path`` (a JSON file: kind, language, texts) and count."""
    examples = read_examples(path)
    router = Router.from_settings(settings)
    return {"examples": path.name, **figures(examples, [router.route(example.text) for example in examples])}


def figures(examples: Sequence[Example], routed: Sequence[tuple[Likely, ...]]) -> dict[str, Any]:
    """Shares 0..1; the confusion table by kind meant, then kind taken; the misses with what was meant and taken."""
    right = np.array([likely[0].kind is example.kind for example, likely in zip(examples, routed, strict=True)])
    second = np.array([likely[1].kind is example.kind for example, likely in zip(examples, routed, strict=True)])
    languages = np.array([example.language for example in examples])
    confusion = {str(meant): dict.fromkeys(map(str, RequestKind), 0) for meant in RequestKind}
    for example, likely in zip(examples, routed, strict=True):
        confusion[example.kind][likely[0].kind] += 1
    return {
        "questions": len(examples),
        "accuracy": _share(right),
        "top_2": _share(right | second),
        "languages": {str(name): _share(right[languages == name]) for name in dict.fromkeys(languages.tolist())},
        "confusion": confusion,
        "reliability": _reliability(np.array([likely[0].probability for likely in routed]), right),
        "misses": [
            {"text": example.text, "meant": str(example.kind), "taken": [str(each.kind) for each in likely[:2]]}
            for example, likely in zip(examples, routed, strict=True)
            if likely[0].kind is not example.kind
        ],
    }


def _reliability(said: np.ndarray[Any, Any], right: np.ndarray[Any, Any]) -> list[dict[str, Any]]:
    found = []
    for low, high in zip(BORDERS, BORDERS[1:], strict=False):
        inside = (said > low) & (said <= high)
        if inside.any():
            mean = round(float(said[inside].mean()), 3)
            found.append(
                {"above": low, "to": high, "n": int(inside.sum()), "said": mean, "right": _share(right[inside])}
            )
    return found


def _share(values: np.ndarray[Any, Any]) -> float:
    return round(float(values.mean()), 3)


def table(document: dict[str, Any]) -> str:
    """For people: the figures and the confusion table, meant by row and taken by column."""
    kinds = list(document["confusion"])
    languages = ", ".join(f"{name} {share:.3f}" for name, share in document["languages"].items())
    lines = [
        f"{document['questions']} questions of {document['examples']}: right {document['accuracy']:.3f}, "
        f"among the first two {document['top_2']:.3f} ({languages})",
        "",
        f"{'meant, taken':<14}" + "".join(f"{kind:>10}" for kind in kinds),
        *(
            f"{meant:<14}" + "".join(f"{n or '.':>10}" for n in row.values())
            for meant, row in document["confusion"].items()
        ),
        "",
        *(
            f"said {each['said']:.2f} (over {each['above']:.1f} to {each['to']:.1f}), right {each['right']:.2f}, "
            f"{each['n']} questions"
            for each in document["reliability"]
        ),
        "",
        *(
            f"{each['meant']} taken for {each['taken'][0]}, then {each['taken'][1]}: {each['text']}"
            for each in document["misses"]
        ),
    ]
    return "\n".join(lines) + "\n"
