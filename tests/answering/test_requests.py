from __future__ import annotations

import pytest

from mmchat.answering.requests import Kind, Request, read_request
from mmchat.types import Modality

CASES = {
    Request(Kind.CONTENT, Modality.IMAGE): [
        "What is in this picture?",
        "what's in the photo",
        "describe this image",
        "tell me what you see in this picture",
        "Que voit-on sur cette image ?",
        "Qu’y a-t-il sur la photo ?",
        "Décris l'image",
    ],
    Request(Kind.CONTENT, None): ["What is this?", "What do you see?", "what animal is this", "C'est quoi ?"],
    Request(Kind.CONTENT, Modality.AUDIO): [
        "What do you hear?",
        "what is this sound?",
        "What can be heard in the recording?",
        "Qu'entend-on ?",
        "quel est ce bruit ?",
    ],
    Request(Kind.FIND, Modality.IMAGE): ["Which picture shows a dog?", "quelle image montre un chien ?"],
    Request(Kind.FIND, Modality.AUDIO): ["find the recording of a thunderstorm"],
    Request(Kind.READ_OUT, Modality.IMAGE): ["What does the screenshot say?", "Que dit la capture d'écran ?"],
    Request(Kind.READ_OUT, Modality.AUDIO): [
        "Summarise the recording",
        "What is said in the meeting?",
        "Résume l'enregistrement",
    ],
    Request(Kind.READ_OUT, Modality.TEXT): ["What is in the file?", "De quoi parle le document ?"],
    Request(Kind.READ_OUT, None): ["What does it say?", "Que dit-il ?"],
    Request(Kind.QUESTION, None): [
        "What is the total?",
        "What does the lease say about pets?",
        "what is a dog",
        "what does set -x do in a shell script?",
        "Qu'est-ce qui restreint les permissions ?",
        "",
    ],
}


@pytest.mark.parametrize(("text", "request_"), [(text, kind) for kind, texts in CASES.items() for text in texts])
def test_the_wording_tells_what_kind_of_reply_is_asked_for(text: str, request_: Request) -> None:
    assert read_request(text) == request_
