"""Anyone's words -> Markdown that shows exactly those words: no formatting, no HTML, no link, no false marker."""

from __future__ import annotations

import html
import re

_ACTIVE = re.compile(r"[\\`*_\[\]~|$]")
_LINE_START = re.compile(r"^(\s*)([-+=#]|\d+[.)])", re.MULTILINE)
_AS_ENTITY = {"<": "&lt;", ">": "&gt;"}


def escape(text: str) -> str:
    r"""``text`` with every character that Markdown, HTML or a citation marker would act on made literal.

    ``[2]`` becomes ``\[2\]``, so that quoted words can never be taken for a citation. Angle brackets become
    entities and not ``\<``: a page may strip tags before it reads Markdown.
    """
    shown = re.sub(r"&(?=#?\w+;)", "&amp;", text)
    shown = _ACTIVE.sub(lambda found: "\\" + found.group(), shown)
    shown = re.sub("[<>]", lambda found: _AS_ENTITY[found.group()], shown)
    return _LINE_START.sub(lambda found: f"{found[1]}{found[2][:-1]}\\{found[2][-1]}", shown)


def escape_line(text: str) -> str:
    """The same on one line: runs of blanks and line breaks become one blank."""
    return escape(" ".join(text.split()))


def plain(markdown: str) -> str:
    """An answer's Markdown as words for a terminal or a program: escapes undone, bold taken off, markers kept."""
    words = re.sub(r"(?<!\\)\*\*", "", markdown)
    words = re.sub(r"\\([\\`*_\[\]~|$.)+=#-])", r"\1", words)
    return html.unescape(words)
