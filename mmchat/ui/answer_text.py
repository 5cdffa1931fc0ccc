"""An answer's Markdown, so that its first line shows as what it is: the value that was asked for."""

from __future__ import annotations

import re

LARGE_CHARACTERS = 28
"""A value up to this long is shown large; a longer one is a sentence, and is shown only a little larger than text."""
_MOST_CHARACTERS = 120
_ALONE = re.compile(r"\A\*\*(?P<value>(?:\\.|[^*\\\n])+)\*\*[ \t]*\n[ \t]*\n")


def with_value(text: str) -> str:
    """``text`` with its first paragraph framed for the style sheet, where that is nothing but bold words."""
    found = _ALONE.match(text)
    if found is None or len(found["value"]) > _MOST_CHARACTERS:
        return text
    size = "value" if len(found["value"]) <= LARGE_CHARACTERS else "value long"
    # The blank lines end the HTML block, so that what is between is read as Markdown.
    return f'<div class="{size}">\n\n**{found["value"]}**\n\n</div>\n\n{text[found.end() :]}'
