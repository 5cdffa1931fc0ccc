"""Answer text with ``[n]`` markers in, Markdown whose markers are links to that message's source cards out.

The trick: Markdown reference definitions in front make each ``[1]`` a link, while code, and numbers that were
never resolved, stay as they are. Nothing in the answer text itself is rewritten but ``][``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from mmchat.types import Citation
from mmchat.ui.places import place, shown_name
from mmchat.ui.translations import Wording

_CODE_OR_PAIR = re.compile(
    r"(?P<code>```.*?(?:```|\Z)|`[^`\n]+`)|(?P<marker>(?<!\\)\[\d{1,3}\])(?=\[\d{1,3}\])", re.DOTALL
)
_UNSAFE_IN_TITLE = re.compile(r"[\"'\\<>\[\]()`&\x00-\x1f\x7f\u2028\u2029]+")
_TITLE_CHARACTERS = 120


def anchor(scope: str, number: int) -> str:
    """The id of a source card: which message's, and which of its pieces of evidence."""
    return f"src-{scope}-{number}"


def linked(text: str, citations: Iterable[Citation], scope: str, w: Wording) -> str:
    """``text`` with its resolved markers as links; an unknown ``[9]`` stays plain.

    Args:
        text: Markdown with markers, possibly still growing.
        citations: what the markers resolved to so far.
        scope: the message's id, so that old answers keep their own sources.
        w: the visitor's language, for the tooltips.
    """
    definitions: dict[int, str] = {}
    for citation in citations:
        title = ", ".join(part for part in (shown_name(citation.name, w), place(citation.locator, w)) if part)
        definitions.setdefault(
            citation.marker, f'[{citation.marker}]: #{anchor(scope, citation.marker)} "{_title(title)}"'
        )
    # "[2][1]" would be one link, to 1.
    apart = _CODE_OR_PAIR.sub(lambda m: m["code"] or f"{m['marker']} ", text)
    return "\n".join([*definitions.values(), "", apart]) if definitions else apart


def _title(text: str) -> str:
    return " ".join(_UNSAFE_IN_TITLE.sub(" ", text).split())[:_TITLE_CHARACTERS]
