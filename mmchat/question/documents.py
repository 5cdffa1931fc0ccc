"""What a document is called -> what stands in one: nobody writes "receipt" on a receipt.

A search for "the receipt" looks for what receipts say, in the multilingual space. The names are few and closed; what a
document looks like is a line of its usual words, not a rule.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

from mmchat.perception.stems import stems

_LANGUAGES = ("en", "fr", "de", "es")


def looks_of(subject: str) -> str:
    """The usual words of the documents that the subject names, or "" where it names none."""
    found = [
        looks
        for names, looks in _documents()
        if any(names[language] & set(stems(subject, language)) for language in _LANGUAGES)
    ]
    return ", ".join(found[:2])


@cache
def _documents() -> list[tuple[dict[str, frozenset[str]], str]]:
    table = json.loads(files("mmchat.question").joinpath("data/documents.json").read_text("utf-8"))
    return [
        ({language: frozenset(stems(each["names"], language)) for language in _LANGUAGES}, each["looks"])
        for each in table.values()
    ]
