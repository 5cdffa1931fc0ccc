"""Which kind of thing a request asks for, and what is left of it once the asking is taken away.

"Find the photo of a red fox" asks for a picture, and is about "a red fox". A space of pictures or sounds must only
see the second half: "photo" and "find" are near many things that nobody asked for. English and French; any
other wording passes through unchanged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mmchat.types import Modality

_PICTURE = (
    r"(?:pictures?|photos?|photographs?|images?|pics?|snapshots?|screenshots?|screen ?shots?|drawings?|illustrations?"
    r"|photographies?|captures?(?: d['’ ]écran)?|dessins?)"
)
_SOUND = (
    r"(?:sounds?|noises?|recordings?|audio(?: clips?| files?)?|clips?|voice (?:memos?|notes?)"
    r"|sons?|bruits?|enregistrements?|mémos? vocal|mémos? vocaux)"
)
_MEDIUM = rf"(?P<medium>{_PICTURE}|{_SOUND})"
_ASK = (
    r"(?:(?:please|can you|could you|i want|i need|i am looking for|i'm looking for"
    r"|peux-tu|pouvez-vous|je cherche|je veux|je voudrais)\s+)?"
    r"(?:(?:find|show|search(?: for)?|look for|get|give|bring up|display|open|fetch|where(?: is| are|['’]s)"
    r"|trouver?|trouvez|cherche[rz]?|recherche[rz]?|montre[rz]?|affiche[rz]?|donne[rz]?|où (?:est|sont))"
    r"(?:[\s-](?:me|us|moi|nous))?\s+)?"
)
_FEW = (
    r"(?:(?:all|any|the|a|an|my|some|every|of|one|these|those"
    r"|toutes?|tous|les?|la|des?|du|une?|mes|mon|ma|ces|cette|quelques)\s+)*"
)
_LINK = (
    r"(?:\s+(?:of|with|showing|that shows?|that shows? me|containing|that contains?|where (?:there is|i see|you see)"
    r"|in which(?: there is)?|du|des|avec|montrant|contenant|où (?:il y a|on voit|l['’]on voit)"
    r"|qui montre(?:nt)?|qui contien(?:t|nent)|de)\s+|\s+d['’])"
)
_SHOWS = (
    r"(?:shows?|contains?|has|have|displays?|depicts?|looks? like|sounds? like|is of|is|are"
    r"|montre(?:nt)?|contien(?:t|nent)|représente(?:nt)?|ressemble(?:nt)? à|a|ont|est)"
)
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"^{_ASK}{_FEW}{_MEDIUM}{_LINK}(?P<about>.+)$",
        rf"^(?:in |on |dans |sur )?(?:which|what|quel(?:le)?s?) (?:of (?:my|the|these) |de mes )?{_MEDIUM} {_SHOWS}"
        r" (?P<about>.+)$",
        rf"^(?:is|are) there {_FEW}{_MEDIUM}{_LINK}(?P<about>.+)$",
        rf"^do (?:i|we|you) have {_FEW}{_MEDIUM}{_LINK}(?P<about>.+)$",
        rf"^(?:y a-t-il|est-ce qu['’]il y a|ai-je|as-tu|avons-nous) {_FEW}{_MEDIUM}{_LINK}(?P<about>.+)$",
        rf"^(?:in |on |dans |sur )?(?:which|what|quel(?:le)?s?) {_MEDIUM} (?:can|do|peut|est-ce)[\w-]*"
        r" (?:i|you|we|on|qu['’]on) (?:see|hear|voit?r?|entend(?:re)?) (?P<about>.+)$",
        rf"^(?P<about>(?:\S+\s+){{0,2}}(?!(?:the|this|that|these|those|a|an|my|your|in|of)\s)\S+\s+){_MEDIUM}$",
    )
)
_IS_PICTURE = re.compile(rf"^{_PICTURE}$", re.IGNORECASE)
_NOT_ABOUT = re.compile(
    r"^(?:(?:what|which|whose|who|how|why|when|where|is|are|does|do|this|that|these|those|the|my|in|on|of|about|it"
    r"|quel(?:le)?s?|que|qui|quoi|ce|cet|cette|ces|le|la|les|ma|mon|dans|sur|de|du|des|est|sont)\W*)+$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Intent:
    """What kind of file is asked for, if the wording says so, and what the request is about."""

    wants: Modality | None
    about: str


def read_intent(text: str) -> Intent:
    """Split a request into the kind of thing wanted and its subject.

    A medium that is itself the subject ("which image format does a camera use?") is left alone: the wording must
    ask for the picture or sound, not merely hold the word.
    """
    plain = " ".join(text.split()).rstrip(" ?!.")
    for pattern in _PATTERNS:
        found = pattern.match(plain)
        if found is None or _NOT_ABOUT.match(found["about"].strip()):
            continue
        wants = Modality.IMAGE if _IS_PICTURE.match(found["medium"]) else Modality.AUDIO
        return Intent(wants, found["about"].strip(" ,"))
    return Intent(None, plain)
