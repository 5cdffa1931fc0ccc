from __future__ import annotations

import pytest

from mmchat.retrieval.requests import Kind, read_request
from mmchat.types import Modality

FOUND = [
    ("Find the photo of a red fox", Modality.IMAGE, "a red fox"),
    ("which picture shows a dog?", Modality.IMAGE, "a dog"),
    ("Which of my pictures shows a boat?", Modality.IMAGE, "a boat"),
    ("fox pictures", Modality.IMAGE, "fox"),
    ("is there a photo with a boat?", Modality.IMAGE, "a boat"),
    ("Please show me the screenshot with the error", Modality.IMAGE, "the error"),
    ("do I have a recording of a dog barking?", Modality.AUDIO, "a dog barking"),
    ("the sound of rain", Modality.AUDIO, "rain"),
    ("in which recording do we hear rain?", Modality.AUDIO, "rain"),
    ("quelle image montre un chien ?", Modality.IMAGE, "un chien"),
    ("trouve la photo d'un renard", Modality.IMAGE, "un renard"),
    ("montre-moi les photos de chats", Modality.IMAGE, "chats"),
    ("Y a-t-il une photo avec un bateau ?", Modality.IMAGE, "un bateau"),
    ("bruit de moteur", Modality.AUDIO, "moteur"),
    ("Find the video of a penguin", Modality.VIDEO, "a penguin"),
    ("which screen recording shows the error?", Modality.VIDEO, "the error"),
    ("trouve la vidéo d'un pingouin", Modality.VIDEO, "un pingouin"),
]
OTHERS = {
    (Kind.CONTENT, Modality.IMAGE): [
        "What is in this picture?",
        "what's in the photo",
        "describe this image",
        "tell me what you see in this picture",
        "Que voit-on sur cette image ?",
        "Qu’y a-t-il sur la photo ?",
        "Décris l'image",
    ],
    (Kind.CONTENT, Modality.VIDEO): ["What can you see in the video?", "Que voit-on dans la vidéo ?"],
    (Kind.READ_OUT, Modality.VIDEO): ["What is said in the video?", "Résume la vidéo"],
    (Kind.CONTENT, None): ["What is this?", "What do you see?", "what animal is this", "C'est quoi ?"],
    (Kind.CONTENT, Modality.AUDIO): [
        "What do you hear?",
        "what is this sound?",
        "What can be heard in the recording?",
        "Qu'entend-on ?",
        "quel est ce bruit ?",
    ],
    (Kind.READ_OUT, Modality.IMAGE): ["What does the screenshot say?", "Que dit la capture d'écran ?"],
    (Kind.READ_OUT, Modality.AUDIO): [
        "Summarise the recording",
        "What is said in the meeting?",
        "Résume l'enregistrement",
    ],
    (Kind.READ_OUT, Modality.TEXT): ["What is in the file?", "De quoi parle le document ?"],
    (Kind.READ_OUT, None): ["What does it say?", "Que dit-il ?"],
    (Kind.QUESTION, None): [
        "Which image format does the digital camera use?",
        "what image sizes are there",
        "How do I mount a disk image?",
        "What does the lease say about pets?",
        "what is a dog",
        "what does set -x do in a shell script?",
        "Qu'est-ce qui restreint les permissions ?",
        "The deposit is refundable?",
        "",
    ],
    (Kind.NAME, None): ["a red fox", "invoice March 2026", "un renard", "notice period"],
}


@pytest.mark.parametrize(("text", "medium", "about"), FOUND)
def test_a_request_for_a_picture_or_sound_is_parted_from_its_subject(text: str, medium: Modality, about: str) -> None:
    request = read_request(text)

    assert request.kind is Kind.FIND
    assert request.medium is medium
    assert request.about == about


@pytest.mark.parametrize(
    ("text", "kind", "medium"), [(text, *expected) for expected, texts in OTHERS.items() for text in texts]
)
def test_the_wording_tells_what_kind_of_request_it_is(text: str, kind: Kind, medium: Modality | None) -> None:
    request = read_request(text)

    assert (request.kind, request.medium) == (kind, medium)
