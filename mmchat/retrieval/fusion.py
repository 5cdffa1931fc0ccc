"""Scores of several indexes -> one order. Raw scores of two spaces are never compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

FULL_TEXT_WEIGHT = 1.0
"""z(dense) + z(BM25). A first prototype, with longer passages, found half of it better than reciprocal rank: nDCG@10
.954 in English and .792 in French, against .921 and .779. On the 2,202 passages that our segmenter cuts, from .5 to 1
questions go from .876 to .907 in English and .804 to .815 in French, headings .864 to .886 and .832 to .858; .8 and 1.3
lie within .01 of 1 (development data, 2026-11-21). By stems, over 894 questions and headings in the two languages and
across them, the mean of ten settings is .813 at .7, .827 at 1, .830 at 1.3 and .829 at 1.6 (2026-11-28)."""

PAGE_WEIGHT = 0.5
"""nDCG@10 of pages asked for by a figure and a text on them .698 in English and .368 in French, against .420 and .308
without; .3 and .7 lie within .01. Text alone beside them keeps its place: .647 and .579, against .640 and .570. The
vectors of pages of text alone do not count: they cost French questions .02 (all from benchmarks/page_vectors.py,
2026-11-21)."""

RANK_OFFSET = 60
"""k of reciprocal rank fusion, from Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and
individual Rank Learning Methods", SIGIR 2009."""


def z_scores(values: Sequence[float]) -> NDArray[np.float64]:
    """Values less their mean, in standard deviations; all zero when they do not differ. Shape (len(values),)."""
    array = np.asarray(values, dtype=np.float64)
    deviation = float(array.std()) if array.size else 0.0
    if deviation < 1e-12:
        return np.zeros_like(array)
    scaled: NDArray[np.float64] = (array - array.mean()) / deviation
    return scaled


def fuse_text(dense: Mapping[str, float], full_text: Mapping[str, float], *, exhausted: bool) -> dict[str, float]:
    """z(dense) + z(BM25) over the union of both lists.

    Args:
        dense: cosine by segment id, for every segment of the union that has a vector; one that has none (its
            vector is still being made) counts as the least near.
        full_text: BM25 by segment id, for those that matched within the list's length.
        exhausted: whether the full-text list holds every match. A segment outside it then matched no word and counts
            0; otherwise it may have matched weakly, and counts as the weakest match seen. (Counting 0 in both
            cases lost .04 of reciprocal rank on our French questions.)
    """
    ids = sorted(dense.keys() | full_text.keys())
    least_near = min(dense.values(), default=0.0)
    least_match = 0.0 if exhausted else min(full_text.values(), default=0.0)
    near = z_scores([dense.get(id, least_near) for id in ids])
    match = z_scores([full_text.get(id, least_match) for id in ids])
    return dict(zip(ids, (near + FULL_TEXT_WEIGHT * match).tolist(), strict=True))


def with_pages(dense: Mapping[str, float], on_pages: Mapping[str, float]) -> dict[str, float]:
    """Each segment's nearness, half its own and half that of the page it stands on; both are cosines of one space.

    A mean of vectors is nearer to everything than each of them, so pages are first brought down to what their segments
    have in the median. What has no vector of its own there, as a figure in a space of words, is as near as its page.
    """
    own = [dense[id] for id in on_pages if id in dense]
    if not own:
        return dict(dense)
    nearer = float(np.median([on_pages[id] for id in on_pages if id in dense]) - np.median(own))
    out = dict(dense)
    for id, near in on_pages.items():
        page = near - nearer
        out[id] = (1 - PAGE_WEIGHT) * dense[id] + PAGE_WEIGHT * page if id in dense else page
    return out


def ranking(scores: Mapping[str, float]) -> list[str]:
    """Ids by score, best first, ties by id."""
    return sorted(scores, key=lambda id: (-scores[id], id))


def reciprocal_rank_fusion(lists: Sequence[tuple[Sequence[str], float]]) -> dict[str, float]:
    """Sum over the lists of weight / (60 + rank), rank from 1.

    Args:
        lists: pairs of ids, best first, and the weight of that list (0..1): how far its index can be believed
            for this query.
    """
    scores: dict[str, float] = {}
    for ids, weight in lists:
        for rank, id in enumerate(ids, start=1):
            scores[id] = scores.get(id, 0.0) + weight / (RANK_OFFSET + rank)
    return scores
