"""A picture finds sounds by what was recognised in it, and a sound pictures."""

from __future__ import annotations

import numpy as np
import pytest

from mmchat.encoders import create_encoder
from mmchat.settings import Settings
from mmchat.types import Query


@pytest.mark.model
@pytest.mark.parametrize(
    ("encoder", "perceived", "expected"),
    [
        ("sound-concepts", "Beagle\nChihuahua", {"Dog", "Bark", "Howl", "Growling", "Yip", "Bow-wow", "Whimper (dog)"}),
        ("sound-concepts", "minivan", {"Car", "Motor vehicle (road)", "Vehicle"}),
        ("image-concepts", "Purr\nMeow", {"Egyptian Mau", "Siamese cat", "Persian cat", "a cat having a striped coat"}),
        ("image-concepts", "Neigh, whinny\nClip-clop", {"common sorrel horse"}),
    ],
)
def test_names_of_one_list_mean_their_kin_in_the_other(
    settings: Settings, encoder: str, perceived: str, expected: set[str]
) -> None:
    made = create_encoder(encoder, settings)
    made.load()

    vector = made.encode_query(Query(perceived=perceived))

    names = made._labels.names
    assert names[int(np.argmax(vector[: len(names)]))] in expected


@pytest.mark.model
def test_what_was_typed_and_read_counts_beside_what_was_recognised(settings: Settings) -> None:
    made = create_encoder("sound-concepts", settings)

    recognised = made.encode_query(Query(perceived="Beagle"))
    both = made.encode_query(Query(text="violin", language="en", perceived="Beagle"))
    typed = made.encode_query(Query(text="violin", language="en"))

    assert recognised @ typed < 0.5
    assert both @ typed == pytest.approx(both @ recognised, abs=0.01)
    assert both @ typed > 0.6


@pytest.mark.model
def test_names_of_the_other_list_are_known_and_words_that_name_nothing_are_not(settings: Settings) -> None:
    made = create_encoder("sound-concepts", settings)

    assert made.knows(Query(perceived="Beagle\nChihuahua")) == 1.0
    assert made.knows(Query(perceived="Beagle", text="a violin", language="en")) == 1.0
    assert made.knows(Query(perceived="Beagle\nquarterly figures for the board", language="en")) < 0.5
