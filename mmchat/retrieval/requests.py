"""A message -> what kind of thing it asks for, and what it is about once the asking is taken away.

"Find the photo of a red fox" asks for a picture, and is about "a red fox": a space of pictures must see only the
second half, since "photo" and "find" are near many things that nobody asked for. English and French; any other
wording is a plain question.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from mmchat.retrieval import wordings
from mmchat.types import Modality


class Kind(StrEnum):
    """The kinds of request."""

    QUESTION = "question"
    """Anything that a sentence may answer."""
    NAME = "name"
    """A few words that name something, as typed into a search box."""
    FIND = "find"
    """Which picture or recording shows or holds something."""
    CONTENT = "content"
    """What is to be seen in a picture, or heard in a recording."""
    READ_OUT = "read_out"
    """What a file says, from its beginning."""


@dataclass(frozen=True, slots=True)
class Request:
    """The kind of request, the kind of file it names (None: any, or none named), and its subject."""

    kind: Kind
    medium: Modality | None
    about: str


_MEDIA = (
    (Modality.VIDEO, re.compile(rf"\b{wordings.FILMED}\b", re.IGNORECASE)),
    (Modality.IMAGE, re.compile(rf"\b{wordings.SHOWN}\b", re.IGNORECASE)),
    (Modality.AUDIO, re.compile(rf"\b(?:{wordings.HEARD}|{wordings.SPOKEN})\b", re.IGNORECASE)),
    (Modality.TEXT, re.compile(rf"\b{wordings.WRITTEN}\b", re.IGNORECASE)),
)


def read_request(text: str) -> Request:
    """Read the wording.

    A medium that is itself the subject ("which image format does a camera use?") is left alone: the wording must
    ask for the picture or sound, not merely hold the word.
    """
    plain = " ".join(text.split()).strip(" ?!.")
    core = wordings.POLITE.sub("", plain)
    if any(pattern.match(core) for pattern in wordings.READ_OUT):
        return Request(Kind.READ_OUT, _medium(core), plain)
    if any(pattern.match(core) for pattern in wordings.CONTENT_HEARD):
        return Request(Kind.CONTENT, Modality.AUDIO, plain)
    medium = _medium(core)
    if any(pattern.match(core) for pattern in wordings.CONTENT_SHOWN):
        return Request(Kind.CONTENT, medium if medium in (Modality.IMAGE, Modality.VIDEO) else None, plain)
    for pattern in wordings.FIND:
        found = pattern.match(core)
        if found and not wordings.NOT_ABOUT.match(found["about"].strip()):
            return Request(Kind.FIND, _medium(found["medium"]), found["about"].strip(" ,"))
    asks = wordings.QUESTION.search(" ".join(text.split()))
    return Request(Kind.QUESTION if asks or not plain else Kind.NAME, None, plain)


def _medium(text: str) -> Modality | None:
    return next((modality for modality, pattern in _MEDIA if pattern.search(text)), None)
