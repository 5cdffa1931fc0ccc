"""Words -> their stems, the same wherever words are compared: in the full text, in translations, in overlaps.

Snowball stems (https://snowballstem.org) by language; case and accents are taken away from what is left, so that
``clés`` and ``cle`` agree. A language without a Snowball stemmer, or an unknown one, is stemmed as English is, which
leaves words in other alphabets as they are. Both sides of a comparison must be stemmed as one language.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib import import_module
from typing import Any

from mmchat.perception.words import folded, pieces

REVISION = "snowball-3.1"
"""Changes whenever a word may get another stem than before, so that what is stored of stems is made anew."""

_ALGORITHMS = {
    "ar": "arabic",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "eo": "esperanto",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "ne": "nepali",
    "nl": "dutch",
    "no": "norwegian",
    "nb": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "st": "sesotho",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}
_FALLBACK = "english"
_FRENCH_PLURAL = re.compile(r"(?<=er|it)s$|(?<=[ou])s$|(?<=ion)s$")
"""Snowball keeps this ``s``, and takes ``loyer`` and ``loyers``, ``photo`` and ``photos`` for two words: of 959 pairs
in a handbook, 37 disagreed, and 17 do without it, all of them English words in French text."""
_LEAST = 3
_REMEMBERED = 200_000


def stem(word: str, language: str) -> str:
    """The word's stem, folded. What holds a digit, such as a code, is folded and otherwise left alone."""
    return _stemmed(word.lower(), algorithm(language))


def stems(text: str, language: str) -> list[str]:
    """The stems of a text's words as they follow one another."""
    name = algorithm(language)
    return [_stemmed(word, name) for word in pieces(text)]


def algorithm(language: str) -> str:
    """The name of the stemmer for an ISO 639-1 code."""
    return _ALGORITHMS.get(language, _FALLBACK)


@lru_cache(maxsize=_REMEMBERED)
def _stemmed(word: str, name: str) -> str:
    if not word.isalpha():
        return folded(word)
    # A stemmer holds the word it works on: one for each call, so that threads cannot meet.
    stemmer = _stemmer(name)()
    if name != "french":
        return folded(stemmer.stemWord(word))
    plain = folded(stemmer.stemWord(_FRENCH_PLURAL.sub("", word)))
    # Of "réparée" nothing of the ending is left, of "reparee", as it stands in capitals, an "e".
    return plain.removesuffix("e") if len(plain) > _LEAST else plain


@cache
def _stemmer(name: str) -> Any:
    # By module: ``snowballstemmer.stemmer`` takes another package where it is installed, of another version.
    return getattr(import_module(f"snowballstemmer.{name}_stemmer"), f"{name.title()}Stemmer")
