"""A web page -> its readable text, headings as Markdown lines; menus, scripts and styles left out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, PreformattedString, Tag

from mmchat.segmenters.bounds import MOST_TAGS
from mmchat.segmenters.grids import Grid
from mmchat.segmenters.html_tables import html_grids
from mmchat.segmenters.row_places import placed

_DROPPED = (
    "script",
    "style",
    "noscript",
    "template",
    "nav",
    "footer",
    "svg",
    "iframe",
    "button",
    "input",
    "select",
    "head",
)
_BLOCKS = {
    "p", "div", "section", "article", "main", "header", "aside", "figure", "figcaption", "blockquote", "ul", "ol",
    "dl", "dt", "dd", "table", "address", "details", "summary", "body", "html", "hr", "center", "fieldset",
}  # fmt: skip


def read_html(source: str) -> tuple[str, list[Grid]]:
    """The text of a page, and its tables.

    Paragraphs are parted by blank lines, list items are ``- ``, table rows ``| a | b |``, code stays as it stands.
    """
    soup = BeautifulSoup(within_tags(source), "html.parser")
    title = soup.title.get_text(" ", strip=True) if soup.title else ""
    for tag in soup(_DROPPED):
        tag.decompose()
    try:
        text = "".join(_render(soup))
    except RecursionError:  # tags nested a thousand deep: the words still count, the structure does not
        text = soup.get_text("\n")
    text = re.sub(r"(?<![ \t])[ \t]+\n", "\n", text)
    text = re.sub(r"\n{3,}", "\n\n", text).strip()
    if title and not re.search(r"^# ", text, re.MULTILINE):
        text = f"# {title}\n\n{text}"
    return text, list(placed(html_grids(soup), text))


def within_tags(source: str) -> str:
    """The page up to its last tag that is read."""
    at = -1
    for _ in range(MOST_TAGS):
        at = source.find("<", at + 1)
        if at < 0:
            return source
    return source[:at]


def _render(node: PageElement) -> Iterator[str]:
    if isinstance(node, PreformattedString):
        return  # comments, doctypes
    if isinstance(node, NavigableString):
        yield re.sub(r"\s+", " ", str(node))
        return
    if not isinstance(node, Tag):
        return
    name = node.name
    if re.fullmatch(r"h[1-6]", name):
        yield f"\n\n{'#' * int(name[1])} {_line(node)}\n\n"
    elif name == "pre":
        yield f"\n\n{node.get_text()}\n\n"
    elif name == "br":
        yield "\n"
    elif name == "li":
        yield f"\n- {''.join(part for child in node.children for part in _render(child)).strip()}\n"
    elif name == "tr":
        yield "\n| " + " | ".join(_line(cell) for cell in node.find_all(["td", "th"], recursive=False)) + " |\n"
    elif name in _BLOCKS:
        yield "\n\n"
        for child in node.children:
            yield from _render(child)
        yield "\n\n"
    else:
        for child in node.children:
            yield from _render(child)


def _line(node: Tag) -> str:
    return " ".join(node.get_text(" ").split())
