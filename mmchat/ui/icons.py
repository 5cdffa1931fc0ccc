"""Our own line icons, drawn on a 24-unit grid, as inline SVG. Decorative: each has words beside it."""

from __future__ import annotations

_PATHS = {
    "image": '<rect x="3.5" y="4.5" width="17" height="15" rx="2.5"/><circle cx="8.6" cy="9.6" r="1.6"/>'
    '<path d="m4 17 4.6-4.4 3.2 3 3.9-4.2 4.4 4.6"/>',
    "audio": '<path d="M4 10v4M8 7v10M12 4v16M16 8v8M20 10.5v3"/>',
    "video": '<rect x="3.5" y="5.5" width="12" height="13" rx="2.5"/><path d="m15.5 10.5 5-2.5v8l-5-2.5"/>',
    "text": '<path d="M6 3.5h8l4.5 4.5v12.5H6z"/><path d="M14 3.5V8h4.5M9 12.5h6.5M9 16h4.5"/>',
    "bin": '<path d="M4.5 6.5h15M9.5 6.5V4h5v2.5M6.5 6.5l.8 13.5h9.4l.8-13.5M10.2 10.5v6M13.8 10.5v6"/>',
    "chat": '<path d="M4 5.5h16v11h-9l-4 3.5v-3.5H4z"/>',
    "play": '<path d="M8 5.5v13l10.5-6.5z" fill="currentColor"/>',
    "close": '<path d="m6 6 12 12M18 6 6 18"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6"/><path d="m15 15 5 5"/>',
    "warning": '<path d="M12 4 2.8 19.5h18.4z"/><path d="M12 10v4.5M12 17v.2"/>',
    "library": '<path d="M4.5 4.5h4v15h-4zM8.5 4.5h4v15h-4zM13.4 6.2l3.8-1 3.4 13.9-3.9 1z"/>',
    "quote": '<path d="M10 7c-3 .8-4.5 3-4.5 6v4H10v-4.5H7.6C7.7 10.400 8.600 9 10.300 8.400zM19 7c-3 .8-4.500 3-4.500 6v4'
    'H19v-4.500h-2.400c.1-2.100 1-3.500 2.700-4.100z"/>',
    "copy": '<rect x="8.5" y="8.5" width="11" height="11" rx="2"/><path d="M15.500 8.500v-4h-11v11h4"/>',
}

LOGO = (
    '<svg class="logo" viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="8" fill="var(--mm-ink-mark)"/>'
    '<path d="M8 22V11.500l5.500 6 5.500-6V22" fill="none" stroke="#fff" stroke-width="2.600" stroke-linecap="round" '
    'stroke-linejoin="round"/><rect x="21.500" y="9" width="5" height="5" rx="1.400" fill="var(--mm-mark-strong)"/></svg>'
)


def icon(name: str) -> str:
    """The icon as an SVG element that takes the colour of its text."""
    return (
        '<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.7" '
        f'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">{_PATHS[name]}</svg>'
    )
