"""The logo, and icons by name. Their drawings are in the style sheet; each has words beside it or around it."""

from __future__ import annotations

from mmchat.ui.markup import Html, element

LOGO = Html(
    '<svg class="logo" viewBox="0 0 32 32" aria-hidden="true">'
    '<rect width="32" height="32" rx="8" fill="var(--mm-ink-mark)"/>'
    '<path d="M8 22V11.5l5.5 6 5.5-6V22" fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round" '
    'stroke-linejoin="round"/><rect x="21.5" y="9" width="5" height="5" rx="1.4" fill="var(--mm-mark-strong)"/></svg>'
)


def icon(name: str) -> Html:
    """The icon of that name, in the colour of its text."""
    return element("i", class_=f"icon icon-{name}", aria_hidden="true")
