"""HTML that cannot forget to escape: elements are made of text, which is escaped, and of other elements.

What it makes goes through gr.HTML's default ``${value}`` template, or stands in chat Markdown. It must never go
through gr.HTML's Handlebars: that evaluates its result as JavaScript, ``${...}`` in a file name included.
"""

from __future__ import annotations

from html import escape

_VOID = frozenset({"img"})


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


NOTHING = Html("")


def element(tag: str, *children: str, **attributes: str | float | bool | None) -> Html:
    """One element.

    Args:
        tag: its name.
        children: text, which is escaped, and :class:`Html`, which stays.
        attributes: by name, with ``_`` for ``-`` and a trailing ``_`` dropped; True gives a bare attribute, False
            and None give none.
    """
    opened = "".join(_attribute(name, value) for name, value in attributes.items())
    return Html(f"<{tag}{opened}>" + ("" if tag in _VOID else f"{joined(*children)}</{tag}>"))


def joined(*children: str) -> Html:
    """Children one after the other."""
    return Html("".join(child if isinstance(child, Html) else escape(child) for child in children))


def lines(text: str) -> Html:
    """Text with its line breaks kept, all on one line of HTML."""
    return Html("<br>".join(escape(line) for line in text.splitlines()))


def _attribute(name: str, value: str | float | bool | None) -> str:
    if value is None or value is False:
        return ""
    name = name.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'
