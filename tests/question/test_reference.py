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


def find(words: str) -> list[str]:
    """A search that knows what each file is about."""
    about = {
        LETTER: "bank banque bank banco", CAFE: "receipt cafe ticket", GARAGE: "car voiture auto coche",
    }  # fmt: skip
    return [id for id, said in about.items() if set(words.lower().split()) & set(said.split())]


def pointed(text: str, language: str = "en", **shown: tuple[str, ...]) -> References:
    return references(text, Shown(**shown), ENTRIES, language=language, find=find)


# set, language, question, at hand, the files pointed at, whether it is about these only
CASES = [
    ("dev", "en", "what is this?", {"given": (CAFE,)}, [CAFE], True),
    ("dev", "en", "what does this error mean", {"given": (TOWER,)}, [TOWER], True),
    ("dev", "en", "compare these two", {"given": (HILL, BRIGHT)}, [HILL, BRIGHT], True),
    ("dev", "en", "how much did we pay?", {"given": (CAFE,)}, [CAFE], False),
    ("dev", "en", "and the second one?", {"cited": (HILL, BRIGHT)}, [BRIGHT], True),
    ("dev", "en", "open the last one", {"cited": (HILL, BRIGHT, INVOICE)}, [INVOICE], True),
    ("dev", "en", "what about the other one?", {"cited": (HILL, BRIGHT)}, [BRIGHT], True),
    ("dev", "en", "what is the first valve called?", {"cited": (HILL, BRIGHT)}, [], False),
    ("dev", "en", "who is in the photo?", {"cited": (MEETING, TOWER)}, [TOWER], True),
    ("dev", "en", "how long is the video?", {}, [VIDEO], True),
    ("dev", "en", "when is it due?", {"cited": (INVOICE,)}, [INVOICE], True),
    ("dev", "en", "what does the bank's letter say?", {}, [LETTER], False),
    ("dev", "en", "summarise the letter from the bank", {}, [LETTER], False),
    ("dev", "en", "show me the Brightroof quote", {"cited": (HILL,)}, [BRIGHT], True),
    ("dev", "en", "which recording mentions this?", {"given": (CAFE,)}, [CAFE], False),
    ("dev", "en", "find photos like this", {"given": (TOWER,)}, [TOWER], False),
    ("dev", "en", "what did we do this week?", {"cited": (MEETING,)}, [], False),
    ("dev", "fr", "qu'est-ce que c'est ?", {"given": (TOWER,)}, [TOWER], True),
    ("dev", "fr", "et le deuxième ?", {"cited": (HILL, BRIGHT)}, [BRIGHT], True),
    ("dev", "fr", "que dit la lettre de la banque ?", {}, [LETTER], False),
    ("dev", "de", "was ist das?", {"given": (TOWER,)}, [TOWER], True),
    ("dev", "es", "¿qué es esto?", {"given": (TOWER,)}, [TOWER], True),
    ("kept", "en", "summarize it", {"given": (MEETING,)}, [MEETING], True),
    ("kept", "en", "is that the total of both?", {"cited": (HILL, BRIGHT)}, [HILL, BRIGHT], True),
    ("kept", "en", "describe this picture", {"given": (TOWER,), "cited": (MEETING,)}, [TOWER], True),
    ("kept", "en", "what is said in the recording", {"cited": (CAFE,), "earlier": (MEETING,)}, [MEETING], False),
    ("kept", "en", "who wrote the third document?", {"cited": (HILL, BRIGHT, LETTER)}, [LETTER], True),
    ("kept", "en", "where is this mentioned?", {"given": (CAFE,)}, [CAFE], False),
    ("kept", "en", "when does the shop open?", {"cited": (MEETING,)}, [], False),
    ("kept", "en", "what is the wifi password there?", {"cited": (CAFE,)}, [CAFE], True),
    ("kept", "en", "what do they charge?", {"cited": (HILL,)}, [HILL], True),
    ("kept", "en", "how much is on the receipt?", {}, [CAFE], False),
    ("kept", "en", "are there other photos of this?", {"given": (TOWER,)}, [TOWER], False),
    ("kept", "fr", "décris cette photo", {"given": (TOWER,)}, [TOWER], True),
    ("kept", "fr", "quand doit-elle être payée ?", {"cited": (INVOICE,)}, [INVOICE], True),
    ("kept", "fr", "quel enregistrement en parle comme ça ?", {"given": (CAFE,)}, [CAFE], False),
    ("kept", "fr", "ouvre la dernière", {"cited": (CAFE, TOWER)}, [TOWER], True),
    ("kept", "fr", "combien dure la vidéo ?", {}, [VIDEO], True),
    ("kept", "de", "und die zweite?", {"cited": (HILL, BRIGHT)}, [BRIGHT], True),
    ("kept", "de", "was zeigt dieses Bild?", {"given": (TOWER,)}, [TOWER], True),
    ("kept", "de", "wie lang ist das Video?", {"cited": (VIDEO,)}, [VIDEO], True),
    ("kept", "es", "¿y la segunda?", {"cited": (HILL, BRIGHT)}, [BRIGHT], True),
    ("kept", "es", "resume este documento", {"given": (LETTER,)}, [LETTER], True),
    ("kept", "es", "¿qué dice la carta del banco?", {}, [LETTER], False),
]


@pytest.mark.parametrize(
    ("language", "text", "shown", "files", "only"), [c[1:] for c in CASES], ids=[c[2] for c in CASES]
)
def test_words_point_at_the_files_at_hand(
    language: str, text: str, shown: dict[str, tuple[str, ...]], files: list[str], only: bool
) -> None:
    found = pointed(text, language, **shown)

    assert (sorted(each.id for each in found.files), found.only) == (sorted(files), only)
