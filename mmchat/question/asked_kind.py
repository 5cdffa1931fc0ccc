"""A question's words -> the kind of file it asks for or in, by where the noun stands.

"Which recording", "find pictures", "in my photos" ask so; "which image format" is about images. The noun must be the
head of what a question word, a verb of finding, or a place and a determiner lead to.
"""

from __future__ import annotations

from mmchat.question.file_words import Vocabulary, Word, vocabulary

_MOST_BETWEEN = 2
"""Words that may stand before the noun: "the old lion pictures"."""


def asked_kind(words: list[Word], language: str) -> str:
    """The value of a Modality, ``file`` for files of any kind, or "" where it asks for none."""
    known = vocabulary(language)
    found = ""
    for at in range(len(words)):
        kind, length = known.kind(words, at)
        if kind and (led := _led_to(words, at, known)) and not _modifies(words, at + length, led, known, language):
            if kind != "file":
                return kind
            found = kind
    return found


def _led_to(words: list[Word], at: int, known: Vocabulary) -> str:
    """What leads to the noun: ``question``, ``find``, ``place``, ``subject``, ``start`` or ""."""

    def of(place: int, *classes: str) -> bool:
        return place >= 0 and any(words[place].plain in known.classes[name] for name in classes)

    def finds(place: int) -> bool:
        return of(place, "find")

    open_words = 0
    before = at - 1
    while before >= 0 and open_words < _MOST_BETWEEN and not known.closed(words[before].plain) and not finds(before):
        before, open_words = before - 1, open_words + 1
    if not open_words and of(before, "question"):
        return "question" if not _what_thing(words, at, before, known) else ""
    if of(before, "count") or (of(before, "whose") and of(before - 1, "count")):
        return "question"
    if of(before, "determiner") and of(before - 1, "whose") and of(before - 2, "question"):
        return "question"
    if of(before, "determiner") and of(before - 1, "place"):
        return "place"
    if of(before, "determiner") and of(before - 1, "auxiliary", "say") and of(before - 2, "pronoun", "question"):
        return "subject" if before - 2 <= 1 else ""
    if before == 1 and of(before, "determiner") and not known.closed(words[0].plain):  # transcribe the audio
        return "find"
    if words[max(before, 0)].plain in ("im", "am") and before >= 0:  # a place and a determiner in one
        return "place"
    while of(before, "determiner", "loose") and not finds(before):
        before -= 1
    if finds(before):
        return "find"
    starts = before < 0 and (not open_words or at == len(words) - 1)
    follows = at + 1 == len(words) or of(at + 1, "preposition")
    return "start" if starts and follows else ""


def _what_thing(words: list[Word], at: int, before: int, known: Vocabulary) -> bool:
    """Whether it is "what sound does a fox make": a thing, and none of the files, unless it is asked what I have."""
    if words[before].plain != "what" or at + 1 >= len(words):
        return False
    if words[at + 1].plain not in known.classes["auxiliary"]:
        return False
    return at + 2 >= len(words) or words[at + 2].plain not in ("i", "we", "my", "our")


def _modifies(words: list[Word], after: int, led: str, known: Vocabulary, language: str) -> bool:
    """Whether the noun only says of what kind the next one is. English alone sets them side by side so."""
    if after >= len(words) or known.closed(words[after].plain) or words[after].plain in known.classes["find"]:
        return False
    if known.kind(words, after)[0]:
        return True
    if language not in ("", "en") and led != "question":
        return False
    if words[after].plain in known.classes["say"]:
        return False
    word, following = words[after], words[after + 1] if after + 1 < len(words) else None
    if led != "question" and (word.plain.endswith(("ing", "ed")) or not word.written.islower()):
        return False
    if following is None or following.plain in known.classes["auxiliary"]:
        return True
    if known.kind(words, after + 1)[0]:
        return True
    return led != "question" and following.plain in known.classes["preposition"]
