from __future__ import annotations

from mmchat.types import Locator, Modality, WordPlace, join_line_boxes
from tests.factories import a_segment, an_attachment


def test_a_quote_from_a_picture_gets_one_box_per_line() -> None:
    image = an_attachment("shot.png", modality=Modality.IMAGE)
    places = (
        WordPlace(0, 5, (0.10, 0.10, 0.20, 0.14)),
        WordPlace(6, 9, (0.22, 0.10, 0.30, 0.14)),
        WordPlace(10, 14, (0.10, 0.20, 0.18, 0.24)),
        WordPlace(15, 19, (0.20, 0.20, 0.28, 0.24)),
    )
    segment = a_segment(image, 0, "total due next week", places=places, locator=Locator(boxes=((0, 0, 1, 1),)))

    quote = segment.locate(6, 14)

    assert quote.boxes == ((0.22, 0.10, 0.30, 0.14), (0.10, 0.20, 0.18, 0.24))


def test_a_quote_from_a_recording_gets_the_seconds_of_its_words() -> None:
    audio = an_attachment("memo.wav", modality=Modality.AUDIO)
    places = (WordPlace(0, 3, start_s=16.5, end_s=16.9), WordPlace(4, 10, start_s=17.0, end_s=17.6))
    segment = a_segment(audio, 0, "six eighty", places=places, locator=Locator(start_s=0.0, end_s=30.0))

    assert segment.locate(4, 10) == Locator(start_s=17.0, end_s=17.6)


def test_a_quote_from_plain_text_gets_its_characters() -> None:
    segment = a_segment(an_attachment(), 3, "some words here", locator=Locator(page=2, char_start=100, char_end=115))

    assert segment.locate(5, 10) == Locator(page=2, char_start=105, char_end=110)


def test_words_of_two_columns_are_not_joined_into_one_line() -> None:
    right_then_left = [(0.6, 0.1, 0.7, 0.14), (0.1, 0.11, 0.2, 0.15)]

    assert len(join_line_boxes(right_then_left)) == 2


def test_a_locator_survives_json() -> None:
    locator = Locator(page=3, boxes=((0.1, 0.2, 0.3, 0.4),), start_s=1.5, end_s=2.0, char_start=4, char_end=9)

    assert Locator.from_json(locator.to_json()) == locator
    assert Locator().to_json() == {}
