from __future__ import annotations

import numpy as np
import pytest

from mmchat.encoders.base import Encoder
from mmchat.retrieval.confidence import (
    BEHIND_TEXT,
    LEAST_NAMED,
    MOST_NAMED,
    TEXT_WITHOUT_THE_WORDS,
    alike,
    content_weight,
    text_weight,
)
from mmchat.retrieval.plan import plan_query
from mmchat.types import Hit, Modality, Query, RequestKind, SegmentKind
from tests.factories import a_segment, an_attachment


class Knowing:
    """As much of an encoder as confidence looks at."""

    def __init__(self, kind: SegmentKind, known: float, least_cosine: float = -1.0) -> None:
        self.segment_kinds = frozenset({kind})
        self.least_cosine = least_cosine
        self._known = known

    def knows(self, query: Query) -> float:
        return self._known


def weight(text: str, space: SegmentKind = SegmentKind.WHOLE_IMAGE, known: float = 0.0, **query: object) -> float:
    encoder: Encoder = Knowing(space, known)  # type: ignore[assignment]
    return content_weight(encoder, plan_query(Query(text=text, language="en", **query)))  # type: ignore[arg-type]


def test_a_question_leaves_pictures_behind_the_text_however_well_it_names_things() -> None:
    assert weight("What does the cat command do?", known=1.0) == BEHIND_TEXT


def test_asking_for_pictures_trusts_the_pictures_and_not_the_sounds() -> None:
    picture = {"kind": RequestKind.FIND, "medium": Modality.IMAGE}

    assert weight("dog", known=1.0, **picture) == 1.0
    assert weight("dog", SegmentKind.SOUND, known=1.0, **picture) == BEHIND_TEXT
    assert weight("rain", SegmentKind.SOUND, known=1.0, kind=RequestKind.FIND, medium=Modality.AUDIO) == 1.0


def test_a_recording_about_something_is_left_to_what_is_said_in_it() -> None:
    recording = {"kind": RequestKind.FIND, "medium": Modality.AUDIO}

    assert weight("budget", SegmentKind.SOUND, known=0.0, **recording) == LEAST_NAMED


def test_asking_what_something_is_trusts_both() -> None:
    for space in (SegmentKind.WHOLE_IMAGE, SegmentKind.SOUND):
        assert weight("What is this?", space, kind=RequestKind.OVERVIEW) == 1.0


def test_a_name_is_trusted_as_far_as_it_is_known() -> None:
    assert weight("a red fox", known=0.0) == LEAST_NAMED
    assert weight("a red fox", known=1.0) == pytest.approx(MOST_NAMED)
    assert LEAST_NAMED < weight("a red fox", known=0.5) < MOST_NAMED < 1.0


def test_a_picture_as_query_is_trusted_in_its_own_space_only() -> None:
    pixels = np.zeros((2, 2, 3), dtype=np.uint8)

    assert weight("where is this hotel?", pixels=pixels) == 1.0
    assert weight("where is this hotel?", SegmentKind.SOUND, pixels=pixels) == BEHIND_TEXT


def test_text_yields_only_to_names_that_another_space_knows_and_the_text_lacks() -> None:
    fox = plan_query(Query(text="a red fox", language="en"))
    neither, both, one = (
        a_segment(an_attachment(), 0, text, language="en")
        for text in ("no such words", "red foxes sleep", "a red door")
    )

    assert text_weight(fox, 0.0, [neither]) == 1.0
    assert text_weight(fox, 1.0, [both]) == 1.0
    assert text_weight(fox, 1.0, [neither]) == pytest.approx(TEXT_WITHOUT_THE_WORDS)
    assert TEXT_WITHOUT_THE_WORDS < text_weight(fox, 1.0, [one]) < 1.0
    assert text_weight(plan_query(Query(text="fox", language="en", kind=RequestKind.FIND)), 1.0, []) < 1.0
    assert text_weight(plan_query(Query(text="Is it a fox?", language="en")), 1.0, []) == 1.0


def test_what_is_nothing_like_the_words_is_dropped_unless_nothing_was_named() -> None:
    hits = [Hit("like", 0.6), Hit("unlike", 0.04)]
    concepts: Encoder = Knowing(SegmentKind.WHOLE_IMAGE, 1.0, least_cosine=0.05)  # type: ignore[assignment]
    joint: Encoder = Knowing(SegmentKind.WHOLE_IMAGE, 1.0)  # type: ignore[assignment]
    fox = plan_query(Query(text="a red fox", language="en"))

    assert alike(concepts, fox, hits) == hits[:1]
    assert alike(joint, fox, hits) == hits
    asked = Query(text="What is in this picture?", language="en", kind=RequestKind.OVERVIEW)
    assert alike(concepts, plan_query(asked), hits) == hits
    assert alike(concepts, plan_query(Query(text="a red fox", language="en", modality=Modality.IMAGE)), hits) == hits


def test_a_picture_alone_finds_sounds_as_far_as_they_are_known_and_behind_it_chance_words() -> None:
    pixels = np.zeros((2, 2, 3), dtype=np.uint8)
    cat = plan_query(Query(pixels=pixels, perceived="tabby"))

    assert weight("", SegmentKind.SOUND, known=1.0, pixels=pixels, perceived="tabby") == pytest.approx(MOST_NAMED)
    assert weight("", SegmentKind.SOUND, known=0.0, pixels=pixels, perceived="tabby") == BEHIND_TEXT
    neither, named = (a_segment(an_attachment(), 0, text) for text in ("nothing of it", "the tabby sleeps"))
    assert text_weight(cat, 1.0, [neither]) == TEXT_WITHOUT_THE_WORDS
    assert text_weight(cat, 1.0, [named]) == 1.0
