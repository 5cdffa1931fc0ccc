"""One space's map and figures, from none and one vector to islands."""

from __future__ import annotations

import numpy as np
import pytest

from mmchat.evaluation.health import MAP_POINTS
from mmchat.space_view import SpaceView, view
from mmchat.types import Attachment, Modality, Space, Vectors
from tests.factories import a_segment, an_attachment

NOTE = an_attachment("note.txt")
MEMO = an_attachment("memo.wav", modality=Modality.AUDIO)
HERE = {file.id: file for file in (NOTE, MEMO)}


def seen(
    vectors: Vectors, *, of: tuple[Attachment, ...] = (NOTE,), languages: tuple[str, ...] = ("en",), total: int = 0
) -> SpaceView:
    """The view of so many segments, each in turn of another of the files and languages."""
    segments = [
        a_segment(of[n % len(of)], n, f"words {n}", language=languages[n % len(languages)]) for n in range(len(vectors))
    ]
    unit = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return view(Space("hashing", "1", vectors.shape[1]), ("text",), (segments, unit), HERE, total)


def scattered(n: int, dim: int = 24) -> Vectors:
    return np.random.default_rng(7).normal(size=(n, dim)).astype(np.float32)


def verdicts(space: SpaceView) -> dict[str, bool]:
    return {reading.name: reading.fine for reading in space.readings}


@pytest.mark.parametrize(("n", "points", "figures"), [(1, 0, set()), (2, 0, {"spread"}), (3, 3, {"spread"})])
def test_few_vectors_are_no_trouble_and_claim_no_more_than_they_tell(n: int, points: int, figures: set[str]) -> None:
    space = seen(scattered(n))

    assert (space.measured, len(space.points)) == (n, points)
    assert verdicts(space).keys() == figures


def test_segments_whose_files_were_just_deleted_are_left_out() -> None:
    gone = an_attachment("gone.txt")

    space = seen(scattered(4), of=(gone,))

    assert (space.measured, space.points, space.readings) == (0, (), ())


def test_vectors_that_are_all_the_same_make_no_map_and_are_called_hard_to_tell_apart() -> None:
    space = seen(np.ones((20, 8), np.float32), of=(NOTE, MEMO))

    assert space.same
    assert space.points == ()
    assert verdicts(space)["spread"] is False


@pytest.mark.parametrize("n", [12, 60, 400])
def test_of_vectors_that_are_all_the_same_no_more_is_told_than_that(n: int) -> None:
    space = seen(np.repeat(scattered(1), n, axis=0), of=(NOTE, MEMO), languages=("en", "en", "fr", "fr"))

    assert [(reading.name, str(reading.value)) for reading in space.readings] == [("spread", "0.0")]


def test_where_all_that_is_drawn_is_the_same_the_map_explains_nothing() -> None:
    vectors = np.repeat(scattered(1), 2_000, axis=0)
    vectors[1] = scattered(2)[1]

    space = seen(vectors)

    assert (space.same, space.explained, len(space.points)) == (False, 0.0, MAP_POINTS)


def test_a_point_stands_for_its_own_segment() -> None:
    vectors = np.zeros((6, 8), np.float32)
    vectors[:, 0], vectors[:3, 1], vectors[3:, 1] = 1, 1, -1
    vectors[:, 2:] = scattered(6, 6) * 0.01

    space = seen(vectors)

    sides = {point.segment.text: point.x > 0 for point in space.points}
    assert len({sides[f"words {n}"] for n in range(3)}) == 1
    assert sides["words 0"] != sides["words 5"]
    assert all(point.attachment == NOTE for point in space.points)


def test_kinds_of_file_that_lie_apart_are_told_and_mixed_ones_are_fine() -> None:
    mixed, apart = scattered(40), scattered(40) * 0.2
    apart[:, 0] += np.where(np.arange(40) % 2, 1, -1)  # every other segment is of the recording

    assert verdicts(seen(mixed, of=(NOTE, MEMO))) == {"spread": True, "kinds": True, "gap": True}
    assert verdicts(seen(apart, of=(NOTE, MEMO))) == {"spread": True, "kinds": False, "gap": False}


def test_languages_that_lie_apart_are_told() -> None:
    apart = scattered(40) * 0.2
    apart[:, 0] += np.where(np.arange(40) % 2, 1, -1)

    assert verdicts(seen(apart, languages=("en", "fr")))["languages"] is False
    assert "languages" not in verdicts(seen(apart, languages=("en", "")))


def test_a_segment_that_is_near_to_everything_is_told() -> None:
    hub = np.eye(120, dtype=np.float32) + 0.02 * scattered(120, 120)  # all at right angles but the first
    hub[0] = hub.sum(axis=0)
    even = scattered(120, 3)

    crowded = next(r for r in seen(hub).readings if r.name == "hubs")
    assert not crowded.fine
    assert crowded.detail > 0.9
    assert verdicts(seen(even))["hubs"]


def test_of_many_segments_some_are_drawn_and_all_are_counted() -> None:
    space = seen(scattered(700), total=5_000)

    assert (space.total, space.measured, len(space.points)) == (5_000, 700, 600)
    assert len({point.segment.id for point in space.points}) == 600
