"""What a turn asks of the files that came with it, and in which language to speak of it.

Plain rules over words, in English and French.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mmchat.perception.language import detect_language
from mmchat.types import Ingested, Turn

_MEDIA = (
    "file|picture|image|photo|screenshot|scan|recording|audio|memo|clip|sound|document|pdf|page|note|text|table|sheet"
    "|video|fichier|capture|enregistrement|mémo|extrait|son|texte|tableau|feuille|vidéo"
)
_POINTS_AT = re.compile(
    rf"\b(?:this|that|these|those|the attached|ce|cet|cette|ces)\s+(?:\w+\s+)?(?:{_MEDIA})s?\b"
    r"|^\W*(?:what(?:['’]s| is| does| are)?|qu['’]est-ce que|c['’]est quoi|que dit|que montre)\s+"
    r"(?:this|these|that|it|he|she|they|ceci|cela|ça|c['’]est|il|elle)\b",
    re.IGNORECASE,
)
_THIS = (
    r"(?:(?:this|that|these|those|ce|cet|cette|ces|cette même|le même|la même|the same|the)\s+(?:\w+\s+)?"
    rf"(?:{_MEDIA}|thing|object|chose|objet)s?|this|that|these|those|it|them|here|ceci|cela|ça"
    rf"|celui-ci|celle-ci|ceux-ci"
    r"|celles-ci|celui-là|celle-là)"
)
_TOLD = (
    r"(?:talked about|mentioned|discussed|spoken of|spoken about|described|explained|shown|quoted|said|written|used"
    r"|about|refer(?:red)? to)"
)
_ABOUT = (
    r"(?:about|mention\w*|talk\w*|speaks?|says?|said|discuss\w*|shows?|contain\w*|descri\w+"
    r"|expl\w+|quot\w+|refers?|deals?"
    r"|like|look\w*|match\w*|goes with|belongs?|parl\w+|évoqu\w+|montr\w+|contien\w+|décri\w+|cit\w+|ressembl\w+|sur)"
)
_ASKS_FOR_OTHERS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\bwhere\b.*\b{_THIS}\b.*\b{_TOLD}\b",
        rf"\bwhere (?:do|did|does|have|has|am|are|is) .*\b(?:talk|speak|mention|discuss|say|write|see|describe|explain"
        rf"|refer)\w*\b.*\b{_THIS}",
        rf"^(?:in |on |from )?(?:which|what) (?:other |of my )?(?:{_MEDIA}|meeting|call|email|letter|thing)s? "
        rf"(?:.*\b)?{_ABOUT}\b.*\b{_THIS}",
        rf"^in (?:which|what) (?:{_MEDIA}|meeting|call|email|letter)s? .*\b{_THIS}",
        r"\b(?:find|show|search|look for|get|give|are there|is there|do (?:i|we) have|have (?:i|we)|anything|something"
        rf"|more|others?|another|else)\b.*\b(?:like|similar to|about|mention\w*|related to|same as)\s+{_THIS}",
        r"\b(?:recordings?|pictures?|photos?|images?|notes?|documents?|videos?|files?|anything|something|else|have|got)"
        r" (?:of|on|with|for) (?:this|that|these|those)$",
        r"\b(?:similar|matching|related|other) (?:\w+ )?(?:ones|" + _MEDIA + r")s?\b",
        r"\bmore like (?:this|that|these)\b|^(?:something )?like this\b|^similar\b|\bcomme (?:ça"
        r"|ceci|celle-ci|celui-ci)\b",
        rf"\boù\b.*\b(?:parl|mentionn|évoqu|discut|dit|décri|expliqu|voit)\w*.*\b{_THIS}",
        rf"\bquel(?:le)?s? (?:autres? )?(?:{_MEDIA}|réunion|appel|lettre|chose)s? (?:.*\b)?{_ABOUT}\b.*\b{_THIS}",
        rf"\bdans quel(?:le)?s? (?:{_MEDIA}|réunion|appel|lettre)s? .*\b{_THIS}",
        r"(?:\b(?:trouve|cherche|montre)|(?<!qu['’])\by a-t-il|\b(?:ai-je"
        r"|avons-nous))\b.*\b(?:comme|semblables? à|sur|de"
        r"|à propos de|ressembl\w+ à|liée?s? à|avec)\s+(?:ceci|cela|ça|celle-ci|celui-ci|cette chose|cet objet)",
        rf"\b(?:{_MEDIA})s? (?:semblables?|similaires?|ressemblant\w*|du même genre)\b|^d['’]autres\b.*",
    )
)
_REFERS = re.compile(
    r"\b(?:this|that|these|those|it|they|them|ceci|cela|ça|ce|cet|cette|ces|celui-ci|celle-ci|il|elle)\b", re.IGNORECASE
)
_LEAST_WORDS = 3
_LONGEST_CHARACTERS = 300
"""What is longer was pasted: the patterns look for three words at any distance, and took 10 s on 2,000 characters."""
_SPOKEN = ("en", "fr")


@dataclass(frozen=True, slots=True)
class TurnScope:
    """Where to look, in turn.

    Attributes:
        first: ids of the files to look into first; none when all count alike.
        others: whether the other files may answer when those do not.
        joins: whether what was given belongs to the question asked of the others: it is then part of what is looked
            for, and never the answer.
    """

    first: frozenset[str]
    others: bool
    joins: bool = False


def scope_of(text: str, files: Sequence[Ingested]) -> TurnScope:
    """The files given with a question come first; "this picture" is never another one, "where is it mentioned" is."""
    given = frozenset(file.attachment.id for file in files if file.attachment is not None)
    if not files:
        return TurnScope(given, others=True)
    if given and asks_for_others(text):
        return TurnScope(frozenset(), others=True, joins=True)
    return TurnScope(given, others=not _POINTS_AT.search(text), joins=bool(given and _REFERS.search(text)))


def asks_for_others(text: str) -> bool:
    """Whether the question looks for other files by the one that came with it."""
    core = " ".join(text.split()).strip(" ?!.")
    if len(core) > _LONGEST_CHARACTERS:
        return False
    return any(pattern.search(core) for pattern in _ASKS_FOR_OTHERS)


def naming(text: str, name: str) -> str:
    """The question with the name of what it points at in place of "this thing"; as it is where it points at nothing."""
    return re.sub(rf"\b{_THIS}(?!\w)", lambda _: name, text, count=1, flags=re.IGNORECASE) if name else text


def language_of_answer(text: str, turn: Turn) -> str:
    """The language of the question where we speak it and it is long enough to tell, else that of the page."""
    asked = detect_language(text) if len(text.split()) >= _LEAST_WORDS else ""
    return asked if asked in _SPOKEN else turn.interface_language
