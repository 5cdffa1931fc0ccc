from __future__ import annotations

from mmchat.retrieval.duplicates import MOST_FRAMES_PER_ATTACHMENT, MOST_SOUNDS_PER_ATTACHMENT, without_duplicates
from mmchat.types import Candidate, Modality, SegmentKind
from tests.factories import a_segment, an_attachment


def test_the_same_words_are_shown_once_and_the_best_stays() -> None:
    one, other = an_attachment("a.txt"), an_attachment("b.txt")
    first = Candidate(a_segment(one, 0, "Total  15.51"), one, 2.0)
    again = Candidate(a_segment(other, 0, "total 15.51 "), other, 1.0)
    different = Candidate(a_segment(other, 1, "Total 15.52"), other, 0.5)

    kept = without_duplicates([first, again, different])

    assert kept == [first, different]


def test_pictures_have_no_words_and_are_never_duplicates() -> None:
    attachments = [an_attachment(f"{n}.png", modality=Modality.IMAGE) for n in range(3)]
    pictures = [Candidate(a_segment(a, 0, "", kind=SegmentKind.WHOLE_IMAGE), a, 1.0) for a in attachments]

    assert without_duplicates(pictures) == pictures


def test_one_long_recording_does_not_crowd_out_the_others() -> None:
    long, short = (an_attachment(name, modality=Modality.AUDIO) for name in ("long.wav", "short.wav"))
    windows = [Candidate(a_segment(long, n, "", kind=SegmentKind.SOUND), long, 9.0 - n) for n in range(8)]
    other = Candidate(a_segment(short, 0, "", kind=SegmentKind.SOUND), short, 0.1)

    kept = without_duplicates([*windows, other])

    assert kept == [*windows[:MOST_SOUNDS_PER_ATTACHMENT], other]


def test_one_long_video_does_not_crowd_out_the_photos() -> None:
    film = an_attachment("film.mp4", modality=Modality.VIDEO)
    photo = an_attachment("photo.png", modality=Modality.IMAGE)
    frames = [Candidate(a_segment(film, n, "", kind=SegmentKind.WHOLE_IMAGE), film, 9.0 - n) for n in range(8)]
    other = Candidate(a_segment(photo, 0, "", kind=SegmentKind.WHOLE_IMAGE), photo, 0.1)

    assert without_duplicates([*frames, other]) == [*frames[:MOST_FRAMES_PER_ATTACHMENT], other]


def test_the_same_words_said_in_two_recordings_are_two_to_listen_to() -> None:
    one, other = (an_attachment(name, modality=Modality.AUDIO) for name in ("one.wav", "other.wav"))
    first, same, again = (
        Candidate(a_segment(of, n, "Please try again.", kind=SegmentKind.TRANSCRIPT), of, 1.0)
        for n, of in enumerate((one, other, one))
    )

    assert without_duplicates([first, same, again]) == [first, same]
