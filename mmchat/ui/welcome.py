"""What an empty conversation shows: what this is and what can be dropped in; with files, what can be asked of them."""

from __future__ import annotations

from collections.abc import Sequence

from mmchat.examples import Example
from mmchat.ui.icons import icon
from mmchat.ui.markup import Html, element, lines
from mmchat.ui.translations import Wording

_KINDS = (("image", "kind_pictures"), ("audio", "kind_sounds"), ("video", "kind_videos"), ("text", "kind_texts"))


def welcome(w: Wording, examples: Sequence[Example] = ()) -> Html:
    """HTML on one line, since the chat reads it as Markdown."""
    return element(
        "div",
        element("h2", w("welcome")),
        element("p", w("welcome_examples" if examples else "welcome_more")),
        _questions(examples, w) if examples else _kinds(w),
        class_="welcome",
    )


def _kinds(w: Wording) -> Html:
    kinds = [
        element("li", icon(name), element("strong", w(key)), element("span", w(f"{key}_more"))) for name, key in _KINDS
    ]
    return element("ul", *kinds, class_="kinds")


def _questions(examples: Sequence[Example], w: Wording) -> Html:
    """Links, since the chat's sanitizer drops buttons; the server knows what stands at each number."""
    asked = [
        element(
            "li", element("a", icon(each.modality), element("span", lines(each.question)), href=f"#example-{number}")
        )
        for number, each in enumerate(examples)
    ]
    return element("ul", *asked, class_="examples")
