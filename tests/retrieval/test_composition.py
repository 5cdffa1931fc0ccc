"""Words and a picture together, in one space."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from mmchat.encoders.base import Encoder
from mmchat.retrieval.composition import composed
from mmchat.stores.memory import MemoryStore
from mmchat.types import Query, SegmentInput, SegmentKind, Space, Vector, Vectors

MINE = "a" * 32
PIXELS = np.zeros((2, 2, 3), dtype=np.uint8)


class TwoAxes(Encoder):
    """Pictures lie on the first axis, words on the second; it counts what it is asked."""

    space = Space("two", "1", 2)
    segment_kinds = frozenset({SegmentKind.WHOLE_IMAGE})
    known = 1.0

    def __init__(self) -> None:
        self.asked: list[str] = []

    def load(self) -> None:
        """Nothing to load."""

    def accepts(self, query: Query) -> bool:
        return query.pixels is not None or bool(query.words)

    def knows(self, query: Query) -> float:
        return self.known

    def _encode_query(self, query: Query) -> Vector:
        self.asked.append("picture" if query.pixels is not None else query.words)
        return np.array([1, 0] if query.pixels is not None else [0, 1], dtype=np.float32)

    def _encode_batch(self, inputs: Sequence[SegmentInput]) -> Vectors:
        raise NotImplementedError


def angle(vector: Vector) -> float:
    """The share of the words: 0 for the picture alone, 1 for the words alone."""
    return float(vector[1] / (vector[0] + vector[1]))


@pytest.mark.parametrize(("weight", "share"), [(0.0, 0.0), (0.25, 0.25), (0.7, 0.7), (1.0, 1.0)])
def test_words_count_by_their_weight(weight: float, share: float) -> None:
    both = composed(TwoAxes(), Query(text="at night", pixels=PIXELS), MemoryStore(), MINE, weight)

    assert angle(both) == pytest.approx(share)
    assert np.linalg.norm(both) == pytest.approx(1)


def test_words_that_the_space_has_no_names_for_leave_the_picture_as_it_is() -> None:
    encoder = TwoAxes()
    encoder.known = 0.0

    assert angle(composed(encoder, Query(text="xyzzy", pixels=PIXELS), MemoryStore(), MINE, 0.7)) == 0


def test_a_file_of_the_library_is_not_perceived_again() -> None:
    encoder, store = TwoAxes(), MemoryStore()
    store.upsert(MINE, encoder.space, ["s1"], np.array([[0.6, 0.8]], dtype=np.float32))

    alone = composed(encoder, Query(pixels=PIXELS, like=("s1", "gone")), store, MINE, 0.7)

    assert alone == pytest.approx([0.6, 0.8])
    assert encoder.asked == []


def test_what_was_read_in_the_picture_is_in_its_vector_already() -> None:
    encoder = TwoAxes()

    composed(encoder, Query(text="fox", perceived="a sign", pixels=PIXELS), MemoryStore(), MINE, 0.5)

    assert encoder.asked == ["picture", "fox"]


class WordsAlone(TwoAxes):
    """Takes no picture; what was recognised in one lies on the first axis, what was typed on the second."""

    segment_kinds = frozenset({SegmentKind.SOUND})

    def accepts(self, query: Query) -> bool:
        return bool(query.words)

    def _encode_query(self, query: Query) -> Vector:
        self.asked.append(query.words)
        return np.array([bool(query.perceived), bool(query.text)], dtype=np.float32)


def test_where_the_space_takes_no_picture_what_was_recognised_stands_in_its_place() -> None:
    query = Query(text="at night", perceived="tabby", pixels=PIXELS)

    both = composed(WordsAlone(), query, MemoryStore(), MINE, 0.7)

    assert angle(both) == pytest.approx(0.7)
    assert angle(composed(WordsAlone(), Query(perceived="tabby", pixels=PIXELS), MemoryStore(), MINE, 0.7)) == 0
    assert angle(composed(WordsAlone(), Query(text="at night"), MemoryStore(), MINE, 0.7)) == 1
