"""Whether a message only greets or thanks, in English and French; anything more is a request."""

from __future__ import annotations

import re

_HELLO = r"(?:hello|hi|hey|good (?:morning|afternoon|evening|day)|bonjour|bonsoir|salut|coucou|all[oô])"
_THANKS = (
    r"(?:thanks?(?: you)?|thx|cheers|merci|many thanks|(?:je )?(?:te|vous) remercie)"
    r"(?: (?:so much|very much|a lot|again|beaucoup|bien|encore|infiniment|mille fois))?"
)
_BYE = r"(?:good ?bye|bye(?: bye)?|see you|au revoir|à bientôt|bonne (?:journée|soirée))"
_TO = r"(?:there|all|everyone|mmchat|tous|à tous|tout le monde|to you|à toi|à vous)"
_GREETING = re.compile(
    rf"\W*{_HELLO}(?: {_TO})?\W*|\W*(?:{_HELLO}\W+)?{_THANKS}(?: {_TO})?\W*|\W*(?:{_THANKS}\W+)?{_BYE}(?: {_TO})?\W*",
    re.IGNORECASE,
)


def is_greeting(text: str) -> bool:
    """Whether nothing but a greeting or thanks stands in it."""
    return bool(_GREETING.fullmatch(" ".join(text.split())))
