"""The page laid out: rail (conversations, library), chat, sources; and which handler answers which event."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from mmchat.ui import insights, narrowing, rail, sources, status
from mmchat.ui.asking import Asking
from mmchat.ui.browsing import Browsing
from mmchat.ui.icons import LOGO
from mmchat.ui.llm_panel import Choosing, panel
from mmchat.ui.page import Page
from mmchat.ui.translations import TRANSLATIONS, Wording
from mmchat.ui.visit import Visit
from mmchat.ui.welcome import welcome

MAX_PASTED_CHARACTERS = 4000
"""Longer pasted text becomes an attached text file."""
ANSWERS_AT_ONCE = 64
UPLOADS_KEPT_S = (900, 3600)
"""Every quarter of an hour, files that were uploaded an hour ago and never sent are deleted."""
_LABELS = ("new", "add_files", "chat", "composer", "settings")
# The names must stand in the script of the bridge, quoted, for Gradio to know them as events.
_BRIDGE = """
window.mmchatSend = (name, data) => trigger(name, data);
const events = ['open_conversation', 'delete_conversation', 'show_sources',
  'delete_file', 'stop_file', 'clear_library', 'look_again', 'narrow', 'ask_without',
  'ask_as', 'ask_example', 'use_nearby', 'show_insights', 'show_point'];
"""
_SOURCES = "const ready = () => window.mmchatSources(element); ready(); watch('value', ready);"
_INSIGHTS = "const ready = () => window.mmchatInsights(element); ready(); watch('value', ready);"
_OPENERS = "const ready = () => window.mmchatLanguage(element); ready(); watch('value', ready);"


def labels() -> gr.I18n:
    """What Gradio itself labels, in every language."""
    return gr.I18n(**{language: {key: words[key] for key in _LABELS} for language, words in TRANSLATIONS.items()})


def build(staff: Callable[[Page], tuple[Asking, Browsing, Choosing]]) -> gr.Blocks:
    """The page, wired to the handlers that ``staff`` makes for it."""
    t, w = labels(), Wording("en")  # the first answer of the server puts these into the visitor's language
    blocks = gr.Blocks(
        title="mmchat", fill_height=True, fill_width=True, analytics_enabled=False, delete_cache=UPLOADS_KEPT_S
    )
    with blocks:
        visit = gr.State(Visit())
        clock = gr.Timer(1.0, active=False)
        bridge = gr.HTML("", apply_default_css=False, js_on_load=_BRIDGE, elem_id="bridge")
        with gr.Row(elem_id="bar"):
            gr.HTML(f'<h1 class="brand">{LOGO}<span>mmchat</span></h1>', elem_id="brand", apply_default_css=False)
            status_html = gr.HTML(status.blank(), elem_id="status", apply_default_css=False, js_on_load=None)
            openers = gr.HTML(rail.openers(w), elem_id="openers", apply_default_css=False, js_on_load=_OPENERS)
        with gr.Row(elem_id="rooms"):
            with gr.Column(elem_id="rail", min_width=0):
                fresh = gr.Button(t("new"), elem_id="fresh", size="md")
                add = gr.UploadButton(
                    t("add_files"),  # type: ignore[arg-type]  # Gradio translates it, as it does other labels
                    file_count="multiple",
                    elem_id="add",
                    size="md",
                )
                add.preprocess = _uploaded_paths  # type: ignore[method-assign]
                library = gr.HTML(rail.library([], [], w), elem_id="library", apply_default_css=False, js_on_load=None)
                conversations = gr.HTML(
                    rail.conversations([], "", w), elem_id="conversations", apply_default_css=False, js_on_load=None
                )
                llm = panel(w, t("settings"))  # type: ignore[arg-type]  # as above
            with gr.Column(elem_id="talk", min_width=0):
                chat = gr.Chatbot(
                    elem_id="chat",
                    label=t("chat"),
                    show_label=False,
                    height="100%",
                    layout="bubble",
                    buttons=[],
                    placeholder=welcome(w),
                    latex_delimiters=[],  # files are quoted as they are; "$$" in them is no formula
                    allow_tags=False,
                    group_consecutive_messages=True,
                )
                narrowed = gr.HTML(
                    narrowing.bar((), [], w), elem_id="narrowed", apply_default_css=False, js_on_load=None
                )
                composer = gr.MultimodalTextbox(
                    elem_id="composer",
                    label=t("composer"),
                    show_label=False,
                    container=False,
                    file_count="multiple",
                    sources=["upload", "microphone"],
                    placeholder=w("ask"),
                    stop_btn=False,
                    max_lines=8,
                    max_plain_text_length=MAX_PASTED_CHARACTERS,
                    autofocus=True,
                )
            with gr.Column(elem_id="proofs", min_width=0):
                tabs = gr.HTML(insights.tabs(w), elem_id="tabs", apply_default_css=False, js_on_load=None)
                sources_html = gr.HTML(
                    sources.no_sources(w), elem_id="sources", apply_default_css=False, js_on_load=_SOURCES
                )
                insights_html = gr.HTML(
                    insights.looking(w), elem_id="insights", apply_default_css=False, js_on_load=_INSIGHTS
                )
                picked = gr.HTML("", elem_id="picked", apply_default_css=False, js_on_load=_SOURCES)
        page = Page(
            visit,
            chat,
            composer,
            sources_html,
            library,
            conversations,
            status_html,
            openers,
            add,
            fresh,
            llm,
            clock,
            bridge,
            narrowed,
            tabs,
            insights_html,
            picked,
        )
        _wire(blocks, page, *staff(page))
    return blocks


def _wire(blocks: gr.Blocks, page: Page, asking: Asking, browsing: Browsing, choosing: Choosing) -> None:
    quick: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
    long: dict[str, Any] = {
        "concurrency_limit": ANSWERS_AT_ONCE,
        "show_progress": "hidden",
        "api_visibility": "private",
    }
    # Stop ends the turn itself: Gradio's `cancels` ends every run of the function, also of the next question when that
    # comes quickly. And with its usual trigger mode, "once", that question is lost while the last turn is still ending.
    page.composer.submit(asking.converse, [page.composer, page.visit], page.outputs, trigger_mode="multiple", **long)
    page.composer.stop(asking.stop, page.visit, page.outputs, **quick)
    page.add.upload(asking.add, [page.add, page.visit], page.outputs, **long)
    page.fresh.click(browsing.start_fresh, page.visit, page.outputs, **quick)
    page.bridge.open_conversation(browsing.open_conversation, page.visit, page.outputs, **quick)
    page.bridge.delete_conversation(browsing.delete_conversation, page.visit, page.outputs, **quick)
    page.bridge.show_sources(browsing.show_sources, page.visit, page.outputs, **quick)
    page.bridge.stop_file(browsing.stop_file, page.visit, page.outputs, **quick)
    page.bridge.delete_file(browsing.delete_file, page.visit, page.outputs, **quick)
    page.bridge.clear_library(browsing.clear_library, page.visit, page.outputs, **quick)
    page.bridge.narrow(browsing.narrow, page.visit, page.outputs, **quick)
    for event, answer in (
        (page.bridge.ask_without, asking.ask_without),
        (page.bridge.ask_as, asking.ask_as),
        (page.bridge.ask_example, asking.ask_example),
    ):
        event(answer, page.visit, page.outputs, trigger_mode="multiple", **long)
    # What was deleted while a look was under way would stay on the map if the page's next request were dropped.
    page.bridge.show_insights(browsing.show_insights, page.visit, page.outputs, trigger_mode="always_last", **quick)
    page.bridge.show_point(browsing.show_point, page.visit, page.outputs, **quick)
    page.bridge.look_again(browsing.look_again, page.visit, page.outputs, **quick)
    page.clock.tick(browsing.tick, page.visit, page.outputs, **quick)
    blocks.load(browsing.arrive, page.visit, page.outputs, **quick)
    llm, chosen = page.llm, [*page.llm.outputs, page.status, page.clock]
    blocks.load(choosing.arrive, page.visit, chosen, **quick)
    llm.provider.input(choosing.choose, [llm.provider, page.visit], chosen, **quick)
    llm.order.input(choosing.order, [llm.order, page.visit], chosen, **quick)
    page.bridge.use_nearby(choosing.use_nearby, page.visit, chosen, **long)  # what is not queued shows no notice
    llm.use.click(choosing.use, [llm.provider, llm.model, llm.key, llm.url, page.visit], chosen, **quick)


def _uploaded_paths(payload: Any) -> list[str]:
    """The paths in Gradio's upload folder; its own UploadButton also leaves an empty file there for each.

    (Not a subclass: Gradio writes a stub file beside the source of every component class.)
    """
    files = getattr(payload, "root", payload) or []
    return [file.path for file in (files if isinstance(files, list) else [files])]
