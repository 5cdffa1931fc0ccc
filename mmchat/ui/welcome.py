"""What an empty conversation shows: what this is, and what can be dropped in."""

from __future__ import annotations

from mmchat.ui.icons import icon
from mmchat.ui.markup import Html, element
from mmchat.ui.translations import Wording

_KINDS = (("image", "kind_pictures"), ("audio", "kind_sounds"), ("video", "kind_videos"), ("text", "kind_texts"))


def welcome(w: Wording) -> Html:
    """HTML on one line, since the chat reads it as Markdown."""
    kinds = [
        element("li", icon(name), element("strong", w(key)), element("span", w(f"{key}_more"))) for name, key in _KINDS
    ]
    return element(
        "div",
        element("h2", w("welcome")),
        element("p", w("welcome_more")),
        element("ul", *kinds, class_="kinds"),
        class_="welcome",
    )
