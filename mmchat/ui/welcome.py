"""What an empty conversation shows: what this is, and what can be dropped in."""

from __future__ import annotations

from html import escape

from mmchat.ui.icons import icon
from mmchat.ui.translations import Wording

_KINDS = (("image", "kind_pictures"), ("audio", "kind_sounds"), ("text", "kind_texts"))


def welcome(w: Wording) -> str:
    """HTML on one line, since the chat reads it as Markdown."""
    kinds = "".join(
        f"<li>{icon(name)}<strong>{escape(w(key))}</strong><span>{escape(w(f'{key}_more'))}</span></li>"
        for name, key in _KINDS
    )
    return (
        f'<div class="welcome"><h2>{escape(w("welcome"))}</h2><p>{escape(w("welcome_more"))}</p>'
        f'<ul class="kinds">{kinds}</ul></div>'
    )
