"""Text -> its words, cut and folded the same way wherever words are looked up or compared."""

from __future__ import annotations

import re
import unicodedata

_WITHOUT_BLANKS = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_CHARACTERS_A_WORD = 2
_WORD = re.compile(r"[^\W_]+")
_PAST_ACCENTS = 0x1F000  # nothing combines from here on (Unicode 15)
_NO_ACCENTS = {code: None for code in range(_PAST_ACCENTS) if unicodedata.combining(chr(code))}


def folded(text: str) -> str:
    """Case and accents taken away: ``Clé`` becomes ``cle``."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFD", text.casefold()).translate(_NO_ACCENTS)


def word_count(text: str) -> int:
    """How many words; where none are parted by blanks (Chinese, Japanese, Thai), two characters for one."""
    run_on, text = _WITHOUT_BLANKS.subn(" ", text)[::-1]
    return len(text.split()) + run_on // _CHARACTERS_A_WORD


def ends_as_question(text: str) -> bool:
    """Whether it ends in a question mark of any script."""
    return text.rstrip().endswith(("?", "？", "؟"))


def pieces(text: str) -> list[str]:
    """Runs of letters and digits, lower case, accents kept."""
    return _WORD.findall(unicodedata.normalize("NFC", text).lower())
