"""A question and its candidates -> what a judge is shown of them: fenced words, and pictures as pictures.

Everything from a file is data. It stands between marks, and since no ``<`` of its own survives, nothing in it can end
its mark and speak as somebody else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from mmchat.llms.base import ImagePart, Part
from mmchat.llms.pictures import picture_of
from mmchat.perception.words import folded, pieces
from mmchat.retrieval.stop_words import ENGLISH, FRENCH
from mmchat.types import Candidate, Query, SegmentKind

EXCERPT_WORDS = 120
"""Half a passage: the rest of a longer one is rarely what decides, and 20 candidates share one call."""
_STEP_WORDS = 20
_LONGEST_WORD = 24  # what is written without spaces counts in pieces of this many characters
_WORD = re.compile(rf"\S{{1,{_LONGEST_WORD}}}")
_OPENS = str.maketrans({"<": "‹", "＜": "‹", "﹤": "‹", "\0": " "})
_STOP_WORDS = frozenset(folded(word) for word in ENGLISH | FRENCH)
_KINDS = {
    SegmentKind.PASSAGE: "text",
    SegmentKind.TEXT_REGION: "words read in a picture",
    SegmentKind.WHOLE_IMAGE: "picture",
    SegmentKind.TRANSCRIPT: "spoken words",
    SegmentKind.SOUND: "sound",
    SegmentKind.ROW: "row of a table",
}


def data(text: str) -> str:
    """Text that can open and close no mark, and that every protocol can carry."""
    return text.encode("utf-8", "replace").decode("utf-8").translate(_OPENS)


def attribute(text: str) -> str:
    """The same on one line, for use inside quotation marks."""
    return " ".join(data(text).replace('"', "'").split())


def question_parts(query: Query, picture: ImagePart | None) -> list[Part]:
    """The question, as it was asked and in full, and what came with it."""
    parts: list[Part] = [f"<question>\n{data(query.text)}\n</question>"] if query.text else []
    if query.rewritten and query.rewritten != query.text:
        parts.append(f"The question, in full:\n<question>\n{data(query.rewritten)}\n</question>")
    if picture is not None:
        parts += ["This picture came with the question:", picture]
    if query.perceived:
        about = "This was read, recognised or heard in the file that came with the question"
        parts.append(f"{about}:\n<question>\n{data(excerpt(query.perceived, frozenset()))}\n</question>")
    return parts


def words_asked(query: Query) -> frozenset[str]:
    """The folded words that say what the question is about."""
    return frozenset(pieces(folded(f"{query.words}\n{query.rewritten}"))) - _STOP_WORDS


def excerpt(text: str, about: frozenset[str], most_words: int = EXCERPT_WORDS) -> str:
    """The stretch of at most ``most_words`` words with the most words of ``about``; else the beginning."""
    words = list(_WORD.finditer(text))
    if len(words) <= most_words:
        return text.strip()
    here = [about.intersection(pieces(folded(word[0]))) for word in words]
    starts = range(0, len(words) - most_words + _STEP_WORDS, _STEP_WORDS)
    start = max(starts, key=lambda i: (len(frozenset().union(*here[i : i + most_words])), -i))
    last = min(start + most_words, len(words)) - 1
    cut = text[words[start].start() : words[last].end()]
    return ("… " if start else "") + cut + (" …" if last < len(words) - 1 else "")


def words_of(candidate: Candidate, others: Iterable[Candidate], about: frozenset[str]) -> str:
    """What stands for the candidate in words, or "": its text, or what was recognised and read in it.

    Args:
        candidate: what is to be described.
        others: candidates of the same question; what was read in the same picture is among them.
        about: the words asked for.
    """
    segment = candidate.segment
    if segment.text.strip():
        return excerpt(segment.text, about)
    lines = []
    if segment.concepts:
        named = ", ".join(f"{concept.label} ({concept.probability:.2f})" for concept in segment.concepts[:5])
        lines.append(f"recognised: {named}")
    if segment.kind is SegmentKind.WHOLE_IMAGE:
        read = [o.segment for o in others if picture_of(o) == picture_of(candidate) and o.segment.text.strip()]
        read.sort(key=lambda each: each.ordinal)
        if read:
            lines.append("read in it: " + excerpt("\n".join(each.text for each in read), about))
    return "\n".join(lines)


def candidate_parts(number: int, candidate: Candidate, words: str, picture: ImagePart | None) -> list[Part]:
    """One candidate between its marks: its place, its words, its picture."""
    segment = candidate.segment
    about = [f'number="{number}"', f'kind="{_KINDS[segment.kind]}"', f'file="{attribute(candidate.attachment.name)}"']
    if place := place_of(candidate):
        about.append(f'place="{place}"')
    if segment.heading:
        about.append(f'under="{attribute(segment.heading)}"')
    opening = f"<candidate {' '.join(about)}>"
    closing = "</candidate>"
    if picture is None:
        return ["\n".join(part for part in (opening, data(words), closing) if part)]
    # What was recognised in a picture is left out where the picture itself is seen: it may be wrong.
    told = data(words) if segment.text.strip() else ""
    return ["\n".join(part for part in (opening, told) if part), picture, closing]


def place_of(candidate: Candidate) -> str:
    """Where in its file it lies: ``page 3``, ``1:05 to 1:30``, or "" for the whole."""
    where = candidate.segment.locator
    parts = [f"page {where.page}"] if where.page is not None else []
    if where.start_s is not None:
        parts.append(_clock(where.start_s) + (f" to {_clock(where.end_s)}" if where.end_s is not None else ""))
    return ", ".join(parts)


def tokens_of(parts: Sequence[Part], image_tokens: int) -> int:
    """About how many tokens these parts take: four characters each, and what a picture takes."""
    return sum(len(part) // 4 + 1 if isinstance(part, str) else image_tokens for part in parts)


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
