from __future__ import annotations

import pytest

from mmchat.answering.receipt import first_evidence, receipt
from mmchat.types import Concept, Ingested, Locator, Modality, Segment, SegmentKind, TextDelta
from tests.factories import a_segment, an_attachment


@pytest.mark.parametrize(
    ("probability", "language", "said"),
    [
        (0.62, "en", "It looks like: red fox (62%) [1]"),
        (0.05, "en", "It was not recognised with certainty. Guesses: red fox (5%) [1]"),
        (0.62, "fr", "Cela ressemble à : RENARD (62%) [1]"),
    ],
)
def test_a_picture_is_received_with_its_name_in_the_answers_language_and_a_guess_as_a_guess(
    probability: float, language: str, said: str
) -> None:
    attachment = an_attachment("fox.png", modality=Modality.IMAGE)
    concepts = (Concept("red fox", probability), Concept("mop", 0.01))
    segment = a_segment(attachment, 0, "", kind=SegmentKind.WHOLE_IMAGE, concepts=concepts, locator=Locator())
    file = Ingested("fox.png", "fox.png", "indexed", attachment, 1, "", 0.1)
    evidence = first_evidence([file], {attachment.id: [segment]})

    events = receipt(
        [file], evidence, language, lambda label, _: {"red fox": "RENARD"}[label] if language == "fr" else label
    )

    assert said in "".join(event.text for event in events if isinstance(event, TextDelta))


def test_a_sound_in_any_kind_of_file_is_named_from_the_list_of_sounds() -> None:
    attachment = an_attachment("walk.mp4", modality=Modality.VIDEO)
    sound = a_segment(attachment, 0, "", kind=SegmentKind.SOUND, concepts=(Concept("Bark", 0.7),), locator=Locator())
    whole = a_segment(attachment, 1, "", kind=SegmentKind.WHOLE_IMAGE, concepts=(Concept("pug", 0.25),),
                      locator=Locator())  # fmt: skip
    file = Ingested("walk.mp4", "walk.mp4", "indexed", attachment, 1, "", 0.1)

    def told(segment: Segment) -> str:
        evidence = first_evidence([file], {attachment.id: [segment]})
        events = receipt([file], evidence, "en", lambda label, list_of: f"{list_of} {label}")
        return "".join(event.text for event in events if isinstance(event, TextDelta))

    assert "It sounds like: audio Bark (70%)" in told(sound)
    assert "It looks like: image pug (25%)" in told(whole)
