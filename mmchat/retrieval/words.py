"""Text -> its words, cut and folded as the full-text index does it (SQLite's unicode61 with accents removed)."""

from __future__ import annotations

import re
import unicodedata

_PAST_ACCENTS = 0x1F000  # nothing combines from here on (Unicode 15)
_NO_ACCENTS = {code: None for code in range(_PAST_ACCENTS) if unicodedata.combining(chr(code))}


def folded(text: str) -> str:
    """Case and accents taken away: ``Clé`` becomes ``cle``."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFD", text.casefold()).translate(_NO_ACCENTS)


def pieces(text: str) -> list[str]:
    """Runs of letters and digits, lower case, accents kept."""
    return re.findall(r"[^\W_]+", text.lower())
