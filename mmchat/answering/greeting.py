"""Whether a message only greets, thanks or takes leave, in English and French; anything more is a request."""

from __future__ import annotations

import re
from enum import StrEnum

_HELLO = r"(?:hello|hi|hey|good (?:morning|afternoon|evening|day)|bonjour|bonsoir|salut|coucou|all[oô])"
_THANKS = (
    r"(?:thanks?(?: you)?|thx|cheers|merci|many thanks|(?:je )?(?:te|vous) remercie)"
    r"(?: (?:so much|very much|a lot|again|beaucoup|bien|encore|infiniment|mille fois))?"
)
_BYE = r"(?:good ?bye|bye(?: bye)?|see you|au revoir|à bientôt|bonne (?:journée|soirée))"
_TO = r"(?:there|all|everyone|mmchat|tous|à tous|tout le monde|to you|à toi|à vous)"


class Courtesy(StrEnum):
    """What such a message does; the last of them, when it does several."""

    HELLO = "hello"
    THANKS = "thanks"
    BYE = "bye"


_COURTESIES = (
    (Courtesy.HELLO, re.compile(rf"\W*{_HELLO}(?: {_TO})?\W*", re.IGNORECASE)),
    (Courtesy.THANKS, re.compile(rf"\W*(?:{_HELLO}\W+)?{_THANKS}(?: {_TO})?\W*", re.IGNORECASE)),
    (Courtesy.BYE, re.compile(rf"\W*(?:{_THANKS}\W+)?{_BYE}(?: {_TO})?\W*", re.IGNORECASE)),
)
LONGEST_CHARACTERS = 80


def courtesy(text: str) -> Courtesy | None:
    """Which courtesy the message is when nothing else stands in it."""
    plain = " ".join(text.split())
    if len(plain) > LONGEST_CHARACTERS:
        return None
    return next((kind for kind, pattern in _COURTESIES if pattern.fullmatch(plain)), None)
