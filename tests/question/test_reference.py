from __future__ import annotations

import pytest

from mmchat.question.reference import References, Shown, references
from mmchat.types import Attachment, JobState, LibraryEntry, Modality

KINDS = {
    "cafe.jpg": "image", "tower.jpg": "image", "meeting.mp3": "audio", "garage.ogg": "audio", "howto.mp4": "video",
    "Quote Hill.pdf": "text", "Quote Brightroof.pdf": "text", "Invoice 31.pdf": "text", "Courrier.pdf": "text",
}  # fmt: skip
ENTRIES = [LibraryEntry(Attachment(n, n, n, "x", Modality(kind), 1), JobState.INDEXED, 1) for n, kind in KINDS.items()]
CAFE, TOWER, MEETING, GARAGE, HILL, BRIGHT = (
    "cafe.jpg", "tower.jpg", "meeting.mp3", "garage.ogg", "Quote Hill.pdf", "Quote Brightroof.pdf"
)  # fmt: skip
LETTER, VIDEO, INVOICE = "Courrier.pdf", "howto.mp4", "Invoice 31.pdf"


def pointed(text: str, language: str = "en", **shown: tuple[str, ...]) -> References:
    return references(text, Shown(**shown), ENTRIES, language=language)


# set, language, question, at hand, the files pointed at
CASES = [
    ("dev", "en", "what is this?", {"given": (CAFE,)}, [CAFE]),
    ("dev", "en", "what does this error mean", {"given": (TOWER,)}, [TOWER]),
    ("dev", "en", "compare these two", {"given": (HILL, BRIGHT)}, [HILL, BRIGHT]),
    ("dev", "en", "how much did we pay?", {"given": (CAFE,)}, [CAFE]),
    ("dev", "en", "and the second one?", {"cited": (HILL, BRIGHT)}, [BRIGHT]),
    ("dev", "en", "open the last one", {"cited": (HILL, BRIGHT, INVOICE)}, [INVOICE]),
    ("dev", "en", "what about the other one?", {"cited": (HILL, BRIGHT)}, [BRIGHT]),
    ("dev", "en", "what is the first valve called?", {"cited": (HILL, BRIGHT)}, []),
    ("dev", "en", "who is in the photo?", {"cited": (MEETING, TOWER)}, [TOWER]),
    ("dev", "en", "how long is the video?", {}, [VIDEO]),
    ("dev", "en", "when is it due?", {"cited": (INVOICE,)}, [INVOICE]),
    ("dev", "en", "what does the bank's letter say?", {}, []),
    ("dev", "en", "summarise the letter from the bank", {}, []),
    ("dev", "en", "show me the Brightroof quote", {"cited": (HILL,)}, [BRIGHT]),
    ("dev", "en", "which recording mentions this?", {"given": (CAFE,)}, [CAFE]),
    ("dev", "en", "find photos like this", {"given": (TOWER,)}, [TOWER]),
    ("dev", "en", "what did we do this week?", {"cited": (MEETING,)}, []),
    ("dev", "fr", "qu'est-ce que c'est ?", {"given": (TOWER,)}, [TOWER]),
    ("dev", "fr", "et le deuxième ?", {"cited": (HILL, BRIGHT)}, [BRIGHT]),
    ("dev", "fr", "que dit la lettre de la banque ?", {}, []),
    ("dev", "de", "was ist das?", {"given": (TOWER,)}, [TOWER]),
    ("dev", "es", "¿qué es esto?", {"given": (TOWER,)}, [TOWER]),
    ("kept", "en", "summarize it", {"given": (MEETING,)}, [MEETING]),
    ("kept", "en", "is that the total of both?", {"cited": (HILL, BRIGHT)}, [HILL, BRIGHT]),
    ("kept", "en", "describe this picture", {"given": (TOWER,), "cited": (MEETING,)}, [TOWER]),
    ("kept", "en", "what is said in the recording", {"cited": (CAFE,), "earlier": (MEETING,)}, [MEETING]),
    ("kept", "en", "who wrote the third document?", {"cited": (HILL, BRIGHT, LETTER)}, [LETTER]),
    ("kept", "en", "where is this mentioned?", {"given": (CAFE,)}, [CAFE]),
    ("kept", "en", "when does the shop open?", {"cited": (MEETING,)}, []),
    ("kept", "en", "what is the wifi password there?", {"cited": (CAFE,)}, [CAFE]),
    ("kept", "en", "what do they charge?", {"cited": (HILL,)}, [HILL]),
    ("kept", "en", "how much is on the receipt?", {}, []),
    ("kept", "en", "are there other photos of this?", {"given": (TOWER,)}, [TOWER]),
    ("kept", "fr", "décris cette photo", {"given": (TOWER,)}, [TOWER]),
    ("kept", "fr", "quand doit-elle être payée ?", {"cited": (INVOICE,)}, [INVOICE]),
    ("kept", "fr", "quel enregistrement en parle comme ça ?", {"given": (CAFE,)}, [CAFE]),
    ("kept", "fr", "ouvre la dernière", {"cited": (CAFE, TOWER)}, [TOWER]),
    ("kept", "fr", "combien dure la vidéo ?", {}, [VIDEO]),
    ("kept", "de", "und die zweite?", {"cited": (HILL, BRIGHT)}, [BRIGHT]),
    ("kept", "de", "was zeigt dieses Bild?", {"given": (TOWER,)}, [TOWER]),
    ("kept", "de", "wie lang ist das Video?", {"cited": (VIDEO,)}, [VIDEO]),
    ("kept", "es", "¿y la segunda?", {"cited": (HILL, BRIGHT)}, [BRIGHT]),
    ("kept", "es", "resume este documento", {"given": (LETTER,)}, [LETTER]),
    ("kept", "es", "¿qué dice la carta del banco?", {}, []),
]


@pytest.mark.parametrize(("language", "text", "shown", "files"), [c[1:] for c in CASES], ids=[c[2] for c in CASES])
def test_words_point_at_the_files_at_hand(
    language: str, text: str, shown: dict[str, tuple[str, ...]], files: list[str]
) -> None:
    found = pointed(text, language, **shown)

    assert sorted(each.id for each in found.files) == sorted(files)
