from __future__ import annotations

import pytest

from mmchat.retrieval.intent import read_intent
from mmchat.types import Modality


@pytest.mark.parametrize(
    ("text", "wants", "about"),
    [
        ("Find the photo of a red fox", Modality.IMAGE, "a red fox"),
        ("which picture shows a dog?", Modality.IMAGE, "a dog"),
        ("Which of my pictures shows a boat?", Modality.IMAGE, "a boat"),
        ("fox pictures", Modality.IMAGE, "fox"),
        ("is there a photo with a boat?", Modality.IMAGE, "a boat"),
        ("show me the screenshot with the error", Modality.IMAGE, "the error"),
        ("do I have a recording of a dog barking?", Modality.AUDIO, "a dog barking"),
        ("the sound of rain", Modality.AUDIO, "rain"),
        ("in which recording do we hear rain?", Modality.AUDIO, "rain"),
        ("quelle image montre un chien ?", Modality.IMAGE, "un chien"),
        ("trouve la photo d'un renard", Modality.IMAGE, "un renard"),
        ("montre-moi les photos de chats", Modality.IMAGE, "chats"),
        ("Y a-t-il une photo avec un bateau ?", Modality.IMAGE, "un bateau"),
        ("bruit de moteur", Modality.AUDIO, "moteur"),
    ],
)
def test_a_request_for_a_picture_or_sound_is_parted_from_its_subject(text: str, wants: Modality, about: str) -> None:
    intent = read_intent(text)

    assert intent.wants is wants
    assert intent.about == about


@pytest.mark.parametrize(
    "text",
    [
        "Which image format does the digital camera use",
        "what image sizes are there",
        "What does the screenshot say",
        "what is in this picture",
        "Summarise the recording",
        "How do I mount a disk image",
        "a red fox",
        "",
    ],
)
def test_a_medium_that_is_itself_the_subject_is_left_alone(text: str) -> None:
    intent = read_intent(text)

    assert intent.wants is None
    assert intent.about == text
