"""The look: Gradio's own variables from our few colours, and the style sheet and script of the page."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

_HERE = Path(__file__).parent
_STYLE_SHEET = _HERE / "page.css"
_SCRIPT = _HERE / "page.js"
_FONTS = ["Inter", "ui-sans-serif", "-apple-system", "Segoe UI", "Liberation Sans", "sans-serif"]
_MONO = ["ui-monospace", "SF Mono", "Cascadia Mono", "Liberation Mono", "monospace"]


def theme() -> gr.themes.Base:
    """Fonts of the visitor's own system only: nothing is fetched from anywhere."""
    return gr.themes.Base(
        primary_hue=gr.themes.colors.teal,
        neutral_hue=gr.themes.colors.stone,
        radius_size=gr.themes.sizes.radius_lg,
        font=_FONTS,
        font_mono=_MONO,
    ).set(
        body_background_fill="var(--mm-ground)",
        body_background_fill_dark="var(--mm-ground)",
        body_text_color="var(--mm-ink)",
        body_text_color_dark="var(--mm-ink)",
        body_text_color_subdued="var(--mm-ink-soft)",
        body_text_color_subdued_dark="var(--mm-ink-soft)",
        background_fill_primary="var(--mm-sheet)",
        background_fill_primary_dark="var(--mm-sheet)",
        background_fill_secondary="var(--mm-ground)",
        background_fill_secondary_dark="var(--mm-ground)",
        border_color_primary="var(--mm-line)",
        border_color_primary_dark="var(--mm-line)",
        block_background_fill="transparent",
        block_background_fill_dark="transparent",
        block_border_width="0px",
        block_border_width_dark="0px",
        block_shadow="none",
        block_shadow_dark="none",
    )


def head() -> str:
    """What goes into the document's head: our style and script, inline, so that they need no address of their own.

    Not Gradio's own css option: it puts its container in front of every selector, so that none can start above it.
    """
    style, script = (file.read_text(encoding="utf-8") for file in (_STYLE_SHEET, _SCRIPT))
    return f"<style>{style}</style><script>{script}</script>"
