"""Text -> its words, cut and folded as the full-text index does it (SQLite's unicode61 with accents removed)."""

from __future__ import annotations

import re
import unicodedata


def folded(text: str) -> str:
    """Case and accents taken away: ``Clé`` becomes ``cle``."""
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def pieces(text: str) -> list[str]:
    """Runs of letters and digits, lower case, accents kept."""
    return re.findall(r"[^\W_]+", text.lower())
