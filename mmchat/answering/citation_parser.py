"""A model's answer in pieces -> text and markers, as they come. What the numbers stand for is not its business.

``[1]``, ``[1][2]`` and ``[1, 2]`` are markers; in code, and before ``(`` or ``:`` as in a Markdown link, brackets are
only brackets. Numbers that were never given are dropped and remembered. A marker split between two pieces is held back
until it is whole, and so is the space before it, which goes when the marker is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

_AGAIN = -1
"""In place of a length: what is held was changed, look at it again."""


class InlineCode(str):
    """Code within a sentence, its backticks included."""


class CodeBlock(str):
    """A block of code, the backticks before and after it included. No marker may stand in it, nor beside its fence."""


Piece = str | int
"""Text as it is to be shown, or the number of a marker."""

_MARKER = re.compile(r"\[\s*(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\s*\]")
_MARKER_BEGUN = re.compile(r"\[[\d\s,;]{0,40}$")
_SPECIAL = re.compile(r"`+|~{3,}|(?<!\\)\[")
_INDENT = re.compile(" {0,3}")
"""Before tildes that open a block of code; anywhere else they are only tildes."""


class CitationParser:
    """Feed it the pieces of one answer in order, then :meth:`end`."""

    def __init__(self, numbers: Collection[int]) -> None:
        self._numbers = frozenset(numbers)
        self._held = ""
        self._code = ""  # the backticks or tildes that opened the code we are in
        self._line = ""  # how the line at hand begins, as far as it was given out
        self.unknown: set[int] = set()
        """Numbers that were cited and never given."""

    @property
    def fence(self) -> str:
        """What would close the block of code that is open, "" where none is."""
        return self._code if len(self._code) >= 3 else ""

    def feed(self, more: str) -> Iterator[Piece]:
        """What is certain by now."""
        self._held += more
        yield from self._parse(final=False)

    def end(self) -> Iterator[Piece]:
        """What was still held back."""
        yield from self._parse(final=True)

    def _parse(self, *, final: bool) -> Iterator[Piece]:
        while self._held:
            pieces, length = self._in_code(final) if self._code else self._in_text(final)
            if not length:
                return
            if length != _AGAIN:
                self._line = _line_of(self._line, self._held[:length])
                self._held = self._held[length:]
            yield from (piece for piece in pieces if piece != "")

    def _in_code(self, final: bool) -> tuple[list[Piece], int]:
        """Up to the closing backticks; a single backtick that no other closes in its paragraph is only a backtick."""
        held, fence = self._held, self._code
        gap = held.find("\n\n") if len(fence) < 3 else -1
        for run in re.finditer(f"{fence[0]}+", held[:gap] if gap >= 0 else held):
            if run.end() == len(held) and not final:
                return _code(held[: run.start()], fence)
            if run[0] == fence or (len(fence) >= 3 and len(run[0]) > len(fence)):
                self._code = ""
                return _code(held[: run.end()], fence)
        if gap >= 0:
            self._code = ""
            return _code(held[: gap + 2], fence)
        kept = 0 if final else len(held) - len(held.rstrip("\n"))
        return _code(held[: len(held) - kept], fence)

    def _in_text(self, final: bool) -> tuple[list[Piece], int]:
        held = self._held
        special = next(filter(self._is_special, _SPECIAL.finditer(held)), None)
        if special is None:
            end = len(held) if final else len(held.rstrip(" \n\\~"))
            return _whole(held[:end])
        if special[0][0] in "`~":
            if special.end() == len(held) and not final:
                return _whole(held[: special.start()])
            self._code = special[0]
            opening, length = _code(special[0], special[0])
            return [held[: special.start()], *opening], special.start() + length
        return self._marker(special.start(), final)

    def _is_special(self, found: re.Match[str]) -> bool:
        before = _line_of(self._line, found.string[: found.start()])
        return found[0][0] != "~" or _INDENT.fullmatch(before) is not None

    def _marker(self, at: int, final: bool) -> tuple[list[Piece], int]:
        held = self._held
        found = _MARKER.match(held, at)
        before = held[:at].rstrip(" ")
        if found is None:
            if _MARKER_BEGUN.match(held, at) and not final:
                return _whole(before)
            return _whole(held[: at + 1])
        if found.end() == len(held) and not final:  # a bracket or a colon may follow
            return _whole(before)
        if held[found.end() : found.end() + 1] in ("(", ":"):
            return _whole(held[: found.end()])
        given = list(dict.fromkeys(int(number) for number in re.findall(r"\d+", found[1])))
        self.unknown.update(set(given) - self._numbers)
        known = [number for number in given if number in self._numbers]
        if known:
            return [held[:at], *known], found.end()
        rest = held[found.end() :]
        self._held = (held[:at] if rest.startswith("[") else before) + rest  # the space stays for a marker that follows
        return [], _AGAIN


def _line_of(line: str, more: str) -> str:
    """The line at hand after ``more``; only its beginning is of interest."""
    return (line + more).rpartition("\n")[2][:4]


def _whole(text: str) -> tuple[list[Piece], int]:
    return [text], len(text)


def _code(text: str, fence: str) -> tuple[list[Piece], int]:
    return [CodeBlock(text) if len(fence) >= 3 else InlineCode(text)], len(text)
