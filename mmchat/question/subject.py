"""A question -> what it is about, without the words that only ask: "find the photo with the tower" -> "tower".

Spaces of pictures and sounds, and the search for files, must see the subject alone, since "photo" and "find" are near
many things that nobody asked for. Closed classes of words and the nouns for kinds of file are taken away, in four
languages; what is left is never changed.
"""

from __future__ import annotations

from mmchat.perception.stems import stem
from mmchat.question.file_words import cut, vocabulary
from mmchat.types import Modality

_LONGEST_CHARACTERS = 300
"""What is longer was pasted, and is its own subject."""


def subject(text: str, language: str) -> str:
    """The words that name something, in their order; "" where none does."""
    if len(text) > _LONGEST_CHARACTERS:
        return text
    known = vocabulary(language)
    words = cut(text, language)
    dropped: set[int] = set()
    asks = {stem(word, language) for word in known.classes["asks"] | known.classes["find"]}
    bare = {stem(word, language) for word in known.classes["bare"]}
    for at, word in enumerate(words):
        kind, length = known.kind(words, at)
        if kind in set(Modality) or word.stem in bare:
            dropped |= set(range(at, at + max(1, length)))
        says = known.classes["told_stems"] | known.classes["added"]
        if known.closed(word.plain) or word.stem in asks or word.stem in says:
            dropped.add(at)
    return " ".join(word.written for at, word in enumerate(words) if at not in dropped)
