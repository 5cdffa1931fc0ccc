from __future__ import annotations

import numpy as np
import pytest

from mmchat.retrieval.fusion import fuse_text, ranking, reciprocal_rank_fusion, with_pages, z_scores


def test_z_scores_have_mean_zero_and_deviation_one() -> None:
    scores = z_scores([1.0, 2.0, 6.0])

    assert scores.mean() == pytest.approx(0.0)
    assert scores.std() == pytest.approx(1.0)


def test_scores_that_do_not_differ_say_nothing() -> None:
    assert np.array_equal(z_scores([0.8, 0.8, 0.8]), [0.0, 0.0, 0.0])
    assert z_scores([]).shape == (0,)


def test_the_scale_of_a_score_does_not_matter() -> None:
    dense = {"a": 0.81, "b": 0.80, "c": 0.70}
    words = {"b": 9.0, "c": 1.0}

    once = fuse_text(dense, words, exhausted=True)
    scaled = fuse_text(dense, {id: 100 * score for id, score in words.items()}, exhausted=True)

    assert scaled == pytest.approx(once)


def test_matching_words_lift_a_passage_over_a_slightly_nearer_one() -> None:
    dense = {"near": 0.82, "worded": 0.81, "far": 0.70, "farther": 0.69}

    fused = fuse_text(dense, {"worded": 7.0}, exhausted=True)

    assert ranking(fused)[0] == "worded"


def test_a_segment_outside_a_full_list_counts_as_its_weakest_match() -> None:
    dense = {"a": 0.9, "b": 0.8, "c": 0.7}
    words = {"a": 5.0, "b": 3.0}

    cut_off = fuse_text(dense, words, exhausted=False)

    assert cut_off == pytest.approx(fuse_text(dense, {**words, "c": 3.0}, exhausted=False))
    assert cut_off != pytest.approx(fuse_text(dense, words, exhausted=True))


def test_a_segment_without_a_vector_counts_as_the_least_near() -> None:
    fused = fuse_text({"a": 0.9, "b": 0.7}, {"new": 4.0}, exhausted=True)

    assert fused.keys() == {"a", "b", "new"}
    assert fused["new"] > fused["b"]


def test_ties_are_broken_by_id() -> None:
    assert ranking({"b": 1.0, "a": 1.0, "c": 2.0}) == ["c", "a", "b"]


def test_reciprocal_rank_adds_what_each_list_says() -> None:
    fused = reciprocal_rank_fusion([(["a", "b"], 1.0), (["b"], 1.0)])

    assert fused["a"] == pytest.approx(1 / 61)
    assert fused["b"] == pytest.approx(1 / 62 + 1 / 61)


def test_a_list_that_is_hardly_believed_cannot_push_in() -> None:
    text = [f"t{n}" for n in range(10)]

    fused = reciprocal_rank_fusion([(text, 1.0), (["picture"], 0.5)])

    assert ranking(fused)[-1] == "picture"


def test_a_page_that_is_nearer_than_other_pages_lifts_what_stands_on_it() -> None:
    own = {"on-near": 0.80, "on-far": 0.80, "note": 0.82}

    lifted = with_pages(own, {"on-near": 0.95, "on-far": 0.85, "figure": 0.95})

    assert lifted["figure"] > lifted["on-near"] > lifted["note"] > lifted["on-far"]


def test_that_means_are_nearer_to_everything_brings_nothing_before_what_answers() -> None:
    own = {"one": 0.78, "two": 0.79, "note": 0.82}

    lifted = with_pages(own, {"one": 0.88, "two": 0.89, "scan": 0.89})

    assert max(lifted, key=lambda id: lifted[id]) == "note"


def test_without_a_segment_of_its_own_on_them_pages_tell_nothing() -> None:
    assert with_pages({"note": 0.8}, {"figure": 0.9}) == {"note": 0.8}
