"""What a turn asks about: which files first, whether any others will do, and in which language to speak of it.

Plain rules over words, in English and French.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mmchat.perception.language import detect_language
from mmchat.types import Ingested, LibraryEntry, Turn

_MEDIA = (
    "file|picture|image|photo|screenshot|scan|recording|audio|memo|clip|sound|document|pdf|page|note|text|table|sheet"
    "|fichier|capture|enregistrement|mémo|extrait|son|texte|tableau|feuille"
)
_POINTS_AT = re.compile(
    rf"\b(?:this|that|these|those|the attached|ce|cet|cette|ces)\s+(?:\w+\s+)?(?:{_MEDIA})s?\b"
    r"|^\W*(?:what(?:['’]s| is| does| are)?|qu['’]est-ce que|c['’]est quoi|que dit|que montre)\s+"
    r"(?:this|these|that|it|he|she|they|ceci|cela|ça|c['’]est|il|elle)\b",
    re.IGNORECASE,
)
_LEAST_WORDS = 3
_SPOKEN = ("en", "fr")


@dataclass(frozen=True, slots=True)
class TurnScope:
    """Where to look, in turn.

    Attributes:
        first: ids of the files to look into first; none when all count alike.
        others: whether the other files may answer when those do not.
    """

    first: frozenset[str]
    others: bool


def scope_of(text: str, files: Sequence[Ingested], entries: Sequence[LibraryEntry]) -> TurnScope:
    """The files given with the question come first, else those it names; "this picture" is never another one."""
    given = frozenset(file.attachment.id for file in files if file.attachment is not None)
    if files:
        return TurnScope(given, others=not _POINTS_AT.search(text))
    return TurnScope(_named(text, entries), others=True)


def language_of_answer(text: str, turn: Turn) -> str:
    """The language of the question where we speak it and it is long enough to tell, else that of the page."""
    asked = detect_language(text) if len(text.split()) >= _LEAST_WORDS else ""
    return asked if asked in _SPOKEN else turn.interface_language


def _named(text: str, entries: Sequence[LibraryEntry]) -> frozenset[str]:
    """The files whose name stands in the question, as in "What is shown in china.jpg?"."""
    asked = text.casefold()
    names = ((e.attachment.id, e.attachment.name.casefold()) for e in entries)
    return frozenset(id for id, name in names if len(name) > 4 and "." in name and name in asked)
