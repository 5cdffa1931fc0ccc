"""Text -> its words, cut and folded the same way wherever words are looked up or compared."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")
_PAST_ACCENTS = 0x1F000  # nothing combines from here on (Unicode 15)
_NO_ACCENTS = {code: None for code in range(_PAST_ACCENTS) if unicodedata.combining(chr(code))}


def folded(text: str) -> str:
    """Case and accents taken away: ``Clé`` becomes ``cle``."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFD", text.casefold()).translate(_NO_ACCENTS)


def pieces(text: str) -> list[str]:
    """Runs of letters and digits, lower case, accents kept."""
    return _WORD.findall(unicodedata.normalize("NFC", text).lower())
