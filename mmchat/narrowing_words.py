"""What is said of a search that was kept to a part of the library, in English and French."""

from __future__ import annotations

from collections.abc import Sequence

from mmchat.types import NarrowedBy, Narrowing

_KINDS = {
    "en": {"image": "pictures", "audio": "recordings", "video": "videos", "text": "documents and notes"},
    "fr": {"image": "images", "audio": "enregistrements", "video": "vidéos", "text": "documents et notes"},
}
_NOT_THERE = {
    "en": "Your library has nothing for {what}, so that was left out.",
    "fr": "Rien dans votre bibliothèque pour {what} : ce critère a été laissé de côté.",
}
_NOT_ANSWERED = {
    "en": "Nothing found for {what} answers this; everything was searched.",
    "fr": "Rien de ce qui a été trouvé pour {what} ne répond ; tout a été parcouru.",
}
_NONE_TO_SEARCH = {
    "en": "Your library has nothing for {what}, and the search is kept to that. Take it away to search everything.",
    "fr": "Rien dans votre bibliothèque pour {what}, et la recherche s’y limite. Retirez-le pour tout parcourir.",
}


def shown(narrowing: Narrowing, language: str) -> str:
    """One narrowing, as a person reads it."""
    if narrowing.by is NarrowedBy.MODALITY:
        return _KINDS.get(language, _KINDS["en"]).get(narrowing.value, narrowing.value)
    return narrowing.label or narrowing.value


def not_there(given_up: Sequence[Narrowing], language: str) -> str:
    """No file is so: the search goes on without."""
    return _NOT_THERE.get(language, _NOT_THERE["en"]).format(what=_joined(given_up, language))


def none_to_search(by_hand: Sequence[Narrowing], language: str) -> str:
    """No file is what the person chose, which is never given up."""
    return _NONE_TO_SEARCH.get(language, _NONE_TO_SEARCH["en"]).format(what=_joined(by_hand, language))


def not_answered(given_up: Sequence[Narrowing], language: str) -> str:
    """There are such files, but none of them answers."""
    return _NOT_ANSWERED.get(language, _NOT_ANSWERED["en"]).format(what=_joined(given_up, language))


def _joined(narrowings: Sequence[Narrowing], language: str) -> str:
    return ", ".join(
        dict.fromkeys(
            f"“{shown(n, language)}”" if language != "fr" else f"« {shown(n, language)} »" for n in narrowings
        )
    )
