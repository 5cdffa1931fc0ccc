"""The vectors of one space -> figures that tell whether it is a space to search in, and a flat map of it.

Nothing here knows what is right: a space can look healthy and find nothing. It can also be seen to be sick: all vectors
in one corner, a few that are near everything, or words and pictures in different halves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmchat.types import Segment, Vectors

NEIGHBOURS = 10
"""k of the k-occurrence: in how many lists of ten nearest a segment stands (Radovanović et al., JMLR 2010)."""
MOST_PAIRS = 2_500
MAP_POINTS = 600
SEED = 20261121

Points = NDArray[np.float64]


def health(segments: Sequence[Segment], vectors: Vectors, queries: Vectors) -> dict[str, Any]:
    """The figures of one space.

    Args:
        segments: as many as rows.
        vectors: float32, shape (n_segments, dim), unit rows.
        queries: vectors of text queries in the same space, shape (n_queries, dim); may be none.

    Returns: numbers rounded for a table; None for what this space cannot tell.
    """
    chosen = _sample(len(segments), MOST_PAIRS)
    rows, kinds = vectors[chosen].astype(np.float64), [segments[i] for i in chosen]
    modalities = [segment.modality.value for segment in kinds]
    languages = [segment.language for segment in kinds]
    near = rows @ rows.T
    return {
        "n": len(segments),
        "mean_distance": _rounded(mean_distance(rows)),
        "hubness": _rounded(hubness(near)),
        "largest_hub": _largest_hub(near),
        "silhouette_modality": _rounded(silhouette(near, modalities)),
        "silhouette_language": _rounded(silhouette(near, [each or "none" for each in languages])),
        "gaps": gaps(rows, modalities, queries),
    }


def mean_distance(rows: Points) -> float | None:
    """Mean cosine distance of two different rows: 0 when all are the same, 1 when they are at right angles."""
    n = len(rows)
    if n < 2:
        return None
    total = float((rows.sum(axis=0) ** 2).sum() - (rows**2).sum())
    return 1 - total / (n * (n - 1))


def hubness(near: Points) -> float | None:
    """Skewness of the k-occurrence: near 0 when everything is found equally often, above about 2 there are hubs."""
    counts = _occurrences(near)
    if counts is None or counts.std() == 0:
        return None
    return float((((counts - counts.mean()) / counts.std()) ** 3).mean())


def silhouette(near: Points, labels: Sequence[str]) -> float | None:
    """Mean silhouette by cosine distance: 1 when labels are islands, 0 when mixed. None without two labels of two."""
    names = sorted(label for label in set(labels) if labels.count(label) > 1)
    if len(names) < 2:
        return None
    distances, of = np.maximum(1 - near, 0.0), np.array(labels)  # rounding takes those of equal rows below 0
    sizes = {name: int((of == name).sum()) for name in names}
    sums = np.stack([distances[:, of == name].sum(axis=1) for name in names], axis=1)
    values = []
    for n, name in enumerate(names):
        mine = sums[of == name]
        inside = mine[:, n] / (sizes[name] - 1)
        others = [mine[:, m] / sizes[other] for m, other in enumerate(names) if m != n]
        outside = np.min(others, axis=0)
        values.append((outside - inside) / np.maximum(np.maximum(inside, outside), 1e-12))
    return float(np.concatenate(values).mean())


def gaps(rows: Points, modalities: Sequence[str], queries: Vectors) -> dict[str, float]:
    """Length between the mean vectors of two modalities, and of text queries and each modality."""
    of = np.array(modalities)
    means = {name: rows[of == name].mean(axis=0) for name in sorted(set(modalities))}
    if len(queries):
        means["queries"] = queries.astype(np.float64).mean(axis=0)
    names = list(means)
    return {
        f"{one} - {other}": round(float(np.linalg.norm(means[one] - means[other])), 3)
        for at, one in enumerate(names)
        for other in names[at + 1 :]
    }


def flat_map(segments: Sequence[Segment], vectors: Vectors, queries: Vectors) -> dict[str, Any]:
    """The first two principal components: a point per segment with its modality, and one per query.

    Returns: ``points`` as [x, y, label], and ``explained``, the share of variance that the two axes hold.
    """
    chosen = _sample(len(segments), MAP_POINTS)
    rows = vectors[chosen].astype(np.float64)
    if len(rows) < 3:
        return {"points": [], "explained": 0.0}
    centre = rows.mean(axis=0)
    _, lengths, axes = np.linalg.svd(rows - centre, full_matrices=False)
    labels = [segments[i].modality.value for i in chosen]
    placed = (rows - centre) @ axes[:2].T
    points = [[round(float(x), 4), round(float(y), 4), label] for (x, y), label in zip(placed, labels, strict=True)]
    asked = (queries[:MAP_POINTS].astype(np.float64) - centre) @ axes[:2].T if len(queries) else np.zeros((0, 2))
    points += [[round(float(x), 4), round(float(y), 4), "query"] for x, y in asked]
    variance = float((lengths**2).sum())
    return {"points": points, "explained": round(float((lengths[:2] ** 2).sum()) / variance, 4) if variance else 0.0}


def _occurrences(near: Points) -> Points | None:
    n = len(near)
    if n <= NEIGHBOURS + 1:
        return None
    others = near.copy()
    np.fill_diagonal(others, -np.inf)
    nearest = np.argpartition(-others, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
    return np.bincount(nearest.ravel(), minlength=n).astype(np.float64)


def _largest_hub(near: Points) -> float | None:
    """The share of all lists that the most frequent segment stands in."""
    counts = _occurrences(near)
    return None if counts is None else round(float(counts.max() / len(counts)), 3)


def _sample(n: int, most: int) -> NDArray[np.int64]:
    """At most so many row numbers, in order; always the same ones."""
    if n <= most:
        return np.arange(n)
    return np.sort(np.random.default_rng(SEED).choice(n, most, replace=False))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
