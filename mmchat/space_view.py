"""The vectors of one space -> its map, and figures of its health, each with whether it is as it should be.

The figures are those of :mod:`mmchat.evaluation.health`; what is judged here is only what so few or so many segments
can tell. It finds no words for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mmchat.evaluation.health import MAP_POINTS, flat_map, health
from mmchat.types import Attachment, Segment, Space, Vectors

FEW = 5
"""Fewer segments of a kind, or in a language, do not tell where that kind or language lies."""
TOO_FEW_FOR_HUBS = 50
"""Among fewer, ten nearest are a fifth of everything."""

# When a figure is worth knowing about. Skewness above 2 is usual for hubs (Radovanović et al., JMLR 2010); the others
# are ours, between what the bundled spaces show on the development data (spread .19 to .68, silhouette .21 by kind and
# .06 by language, gap half of an ordinary distance; 2026-11-21) and a space that would be of no use.
LEAST_SPREAD = 0.08
MOST_SKEW = 2.0
MOST_SILHOUETTE = 0.3
MOST_GAP = 0.7

_SAME = 1e-6


@dataclass(frozen=True, slots=True)
class Reading:
    """One figure of a space, and whether it is as it should be.

    Attributes:
        name: spread, hubs, kinds, gap or languages.
        value: in the figure's own unit.
        detail: of hubs, the share of all lists that the most frequent segment stands in.
        between: of a gap, the two kinds.
    """

    name: str
    value: float
    fine: bool
    detail: float = 0.0
    between: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Point:
    """A segment's place on the flat map of its space."""

    x: float
    y: float
    segment: Segment
    attachment: Attachment


@dataclass(frozen=True, slots=True)
class SpaceView:
    """One space: how it was measured, what that says, and its map.

    Attributes:
        encoder: the name of what makes its vectors.
        roles: what is searched in it.
        total: how many vectors it has.
        measured: how many of them were looked at.
        same: whether those are all alike, so that there is nothing to draw.
        explained: the share of all differences that the map's two axes hold.
    """

    encoder: str
    roles: tuple[str, ...]
    total: int
    measured: int
    readings: tuple[Reading, ...]
    points: tuple[Point, ...]
    explained: float
    same: bool = False


def view(
    space: Space,
    roles: Sequence[str],
    held: tuple[list[Segment], Vectors],
    files: Mapping[str, Attachment],
    total: int,
) -> SpaceView:
    """One space, from the vectors of its segments, or of a sample of them.

    Args:
        space: which.
        roles: what is searched in it.
        held: segments and their vectors, float32, shape (n_segments, dim), unit rows; at least one.
        files: attachments by id; a segment whose file is not among them was deleted a moment ago.
        total: how many vectors there are.
    """
    kept = [n for n, segment in enumerate(held[0]) if segment.attachment_id in files]
    segments, vectors = [held[0][n] for n in kept], held[1][kept]
    figures = health(segments, vectors, vectors[:0]) if kept else {}
    drawn = sorted({int(n) for n in np.linspace(0, len(kept) - 1, min(len(kept), MAP_POINTS))})
    same = len(kept) > 1 and bool(np.ptp(vectors, axis=0).max() < _SAME)
    flat: dict[str, Any] = {"points": [], "explained": 0.0}
    if len(kept) > 2 and not same:
        flat = flat_map([segments[n] for n in drawn], vectors[drawn], vectors[:0])
    return SpaceView(
        encoder=space.encoder,
        roles=tuple(roles),
        total=max(total, len(kept)),
        measured=len(kept),
        readings=tuple(_readings(figures, segments)) if len(kept) > 1 else (),
        points=tuple(
            Point(x, y, segments[n], files[segments[n].attachment_id])
            for n, (x, y, _) in zip(drawn, flat["points"], strict=False)
        ),
        explained=flat["explained"],
        same=same,
    )


def _readings(figures: Mapping[str, Any], segments: Sequence[Segment]) -> Iterable[Reading]:
    """Those figures that so many segments can tell."""
    spread, hubs = max(0.0, figures["mean_distance"]), figures["hubness"]
    yield Reading("spread", spread, spread >= LEAST_SPREAD)
    if not spread:
        return  # what is nearest to what is chance then
    if hubs is not None and len(segments) >= TOO_FEW_FOR_HUBS:
        yield Reading("hubs", hubs, hubs <= MOST_SKEW, detail=figures["largest_hub"])
    kinds = _enough(segment.modality.value for segment in segments)
    apart = figures["silhouette_modality"]
    if len(kinds) > 1 and apart is not None:
        yield Reading("kinds", apart, apart <= MOST_SILHOUETTE)
        gaps = {tuple(name.split(" - ")): length for name, length in figures["gaps"].items()}
        between, widest = max(((pair, g) for pair, g in gaps.items() if kinds.issuperset(pair)), key=lambda p: p[1])
        ordinary = float(np.sqrt(2 * spread))  # unit vectors this cosine distance apart are this far from each other
        if ordinary > _SAME:
            yield Reading("gap", widest / ordinary, widest / ordinary <= MOST_GAP, between=between)
    apart = figures["silhouette_language"]
    if len(_enough(segment.language for segment in segments if segment.language)) > 1 and apart is not None:
        yield Reading("languages", apart, apart <= MOST_SILHOUETTE)


def _enough(labels: Iterable[str]) -> frozenset[str]:
    return frozenset(label for label, count in Counter(labels).items() if count >= FEW)
