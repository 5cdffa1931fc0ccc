from __future__ import annotations

from mmchat.answering.concepts import of_one_video
from mmchat.types import Attachment, Candidate, Concept, Evidence, Locator, Modality, SegmentKind
from tests.factories import a_segment, an_attachment

ZOO = an_attachment("zoo.webm", modality=Modality.VIDEO, media_type="video/webm", duration_s=60.0)


def frame(number: int, label: str, probability: float, attachment: Attachment = ZOO) -> Evidence:
    """Later numbers lie earlier in the video."""
    segment = a_segment(
        attachment,
        100 - number,
        "",
        kind=SegmentKind.WHOLE_IMAGE,
        concepts=(Concept(label, probability),),
        locator=Locator(start_s=float(60 - number)),
    )
    return Evidence(number, Candidate(segment, attachment, 1.0))


def test_what_a_video_shows_is_told_by_its_surest_frames_in_playing_order() -> None:
    other = an_attachment("photo.png", modality=Modality.IMAGE)
    pieces = [
        frame(1, "gazelle", 0.07),
        frame(2, "penguin", 0.57),
        frame(3, "elephant", 0.8),
        frame(4, "car", 0.9, other),
    ]

    assert [piece.number for piece in of_one_video(pieces)] == [3, 2]


def test_of_guesses_only_the_best_is_told() -> None:
    assert [piece.number for piece in of_one_video([frame(1, "gazelle", 0.07), frame(2, "mop", 0.09)])] == [2]


def test_a_photo_is_told_alone() -> None:
    photo = an_attachment("photo.png", modality=Modality.IMAGE)

    assert [piece.number for piece in of_one_video([frame(1, "car", 0.9, photo), frame(2, "mop", 0.9)])] == [1]
