"""Who writes the answers and what orders the findings, chosen by the visitor: the fields, and what a choice does.

A choice belongs to one open page and to this process's memory. A key is never stored, logged or sent back to a page.
Addresses can be given only where the page is for this machine alone: elsewhere a visitor could make the server call
whatever it can reach.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

import gradio as gr

from mmchat.errors import MmchatError
from mmchat.types import LLMChoice
from mmchat.ui.asked_again import numbered
from mmchat.ui.markup import Html, element
from mmchat.ui.page import LLMPanel, Page
from mmchat.ui.parts_list import without_folders
from mmchat.ui.translations import Wording
from mmchat.ui.views import Changes, Views
from mmchat.ui.visit import Visit, recognise

if TYPE_CHECKING:
    from mmchat.assistant import Assistant

log = logging.getLogger(__name__)

HOST, QUOTES = "host", "none"
REMOTE = ("anthropic", "openai")
LOCAL = ("openai-compatible", "transformers", "llama-cpp")
PLAIN = ("cross-encoder", "none")
JUDGE = "vision-language"
NEEDS_KEY = frozenset({"anthropic", "openai", "openai-compatible"})


class Choosing:
    """Answers what a visitor does in the panel."""

    def __init__(self, assistant: Assistant, page: Page, views: Views, *, own_machine: bool) -> None:
        self._assistant = assistant
        self._page = page
        self._views = views
        self._own_machine = own_machine

    def offered(self, w: Wording) -> list[tuple[str, str]]:
        """What can be chosen here, by its name on the page."""
        names = [*REMOTE, *(LOCAL if self._own_machine else ())]
        ours = self._assistant.llm if self._own_machine else without_folders(self._assistant.llm)
        first = [(w("llm_host", name=ours), HOST)] if ours != "none" else []
        return [*first, (w("llm_none"), QUOTES), *((w(f"llm_{name}"), name) for name in names)]

    def orders(self, visit: Visit, w: Wording) -> dict[str, Any]:
        """What can put the findings in order, with what does so now; a language model only where one writes."""
        ours = self._assistant.reranker
        names = [*dict.fromkeys((ours, *PLAIN, JUDGE))]
        if not self._assistant.asked(visit.llm, JUDGE):
            names.remove(JUDGE)
            visit.reranker = "" if visit.reranker == JUDGE else visit.reranker
        now = visit.reranker or ours
        choices = [(w("order_ours", name=_order(name, w)) if name == ours else _order(name, w), name) for name in names]
        return {"choices": choices, "value": now if now in names else PLAIN[0]}

    def arrive(self, visit: Visit, request: gr.Request) -> Changes:
        """The page has opened: offer what there is, in the visitor's language."""
        w, _ = recognise(visit, request)
        panel = self._page.llm
        now = HOST if self._assistant.llm != "none" else QUOTES
        return {
            panel.provider: gr.update(choices=self.offered(w), value=now, label=w("llm_provider")),
            panel.model: gr.update(label=w("llm_model"), visible=False),
            panel.key: gr.update(label=w("llm_key"), placeholder=w("llm_key_hint"), visible=False),
            panel.url: gr.update(label=w("llm_url"), visible=False),
            panel.use: gr.update(value=w("llm_use"), visible=False),
            panel.order: gr.update(label=w("order"), **self.orders(visit, w)),
        }

    async def choose(self, provider: str, visit: Visit, request: gr.Request) -> Changes:
        """A provider was picked: show the fields it needs; what needs none is in use at once."""
        w, library = recognise(visit, request)
        visit.choices += 1  # what is still being tried is not wanted any more
        panel = self._page.llm
        asks = provider not in (HOST, QUOTES)
        changes: Changes = {
            panel.model: gr.update(visible=asks, value=None, choices=[]),
            panel.key: gr.update(visible=provider in NEEDS_KEY, value=""),
            panel.url: gr.update(visible=provider == "openai-compatible"),
            panel.use: gr.update(visible=asks),
            panel.told: "",
        }
        if not asks:
            visit.llm = None if provider == HOST else LLMChoice("none")
            changes[panel.told] = told(w("llm_quotes" if provider == QUOTES else "llm_back"))
            changes[panel.order] = gr.update(**self.orders(visit, w))
            changes[self._page.status] = self._views.status(visit, library, w)
        return changes

    def order(self, name: str, visit: Visit, request: gr.Request) -> Changes:
        """What puts the findings in order was chosen, for the questions to come."""
        w, library = recognise(visit, request)
        if name not in {name for _, name in self.orders(visit, w)["choices"]}:
            return self._views.nothing
        visit.reranker = "" if name == self._assistant.reranker else name
        return {self._page.status: self._views.status(visit, library, w)}

    async def use(
        self, provider: str, model: str | None, key: str, url: str, visit: Visit, request: gr.Request
    ) -> Changes:
        """Try the model that was named; only one that answers is taken. Without a name, say which there are."""
        w, library = recognise(visit, request)
        panel = self._page.llm
        if library is None or provider not in {name for _, name in self.offered(w)}:
            return self._views.refuse(library, w)
        if not self._own_machine and not key.strip():  # the host's own key is for the host's own model
            return {panel.told: told(w("llm_needs_key"), bad=True)}
        visit.choices += 1
        asked = visit.choices
        choice = LLMChoice(
            f"{provider}:{(model or '').strip()}", url.strip() if provider == "openai-compatible" else "", key.strip()
        )
        try:
            if not (model or "").strip():
                names = await asyncio.to_thread(self._assistant.llm_models, choice)
                sentence = w("llm_pick", count=len(names)) if names else w("llm_name_it")
                return {panel.model: gr.update(choices=names), panel.told: told(sentence)}
            abilities = await asyncio.to_thread(self._assistant.try_llm, choice)
        except MmchatError as error:
            return {panel.told: told(str(error), bad=True)}
        except Exception as error:
            log.error("trying an LLM failed: %s", type(error).__name__)  # no traceback: it could hold the key
            return {panel.told: told(w("unexpected", kind=type(error).__name__), bad=True)}
        if (visit.choices, visit.library) != (asked, library):  # another choice was made, or another visitor came
            return self._views.nothing
        visit.llm = choice
        sees = w("llm_sees" if abilities.vision else "llm_blind")
        return {
            panel.key: gr.update(value=""),
            panel.told: told(f"{w('llm_taken', name=choice.name)} {sees}"),
            panel.order: gr.update(**self.orders(visit, w)),
            self._page.status: self._views.status(visit, library, w),
        }

    async def use_nearby(self, event: gr.EventData, visit: Visit, request: gr.Request) -> Changes:
        """A model that was found on this machine was pressed under an answer: fill the fields with it, and take it."""
        w, library = recognise(visit, request)
        model = numbered(visit.offered, event)
        if library is None or visit.live is not None or model is None:
            return self._views.refuse(library, w)
        panel = self._page.llm
        gr.Info(w("connect_trying", model=model.model), title="")
        before = visit.llm
        changes = await self.use("openai-compatible", model.model, "", model.url, visit, request)
        taken = visit.llm is not before
        gr.Info(w("connect_ask_again") if taken else w("connect_failed", model=model.model), title="")
        filled = {
            panel.provider: gr.update(value="openai-compatible"),
            panel.model: gr.update(visible=True, choices=[model.model], value=model.model),
            panel.url: gr.update(visible=True, value=model.url),
            panel.key: gr.update(visible=True, value=""),
            panel.use: gr.update(visible=True),
        }
        return {**filled, **changes}


def told(sentence: str, *, bad: bool = False) -> Html:
    """What came of a choice."""
    return element("p", sentence, class_="told bad" if bad else "told", role="status")


def _order(name: str, w: Wording) -> str:
    return w(f"order_{name}") if w.has(f"order_{name}") else name


def panel(w: Wording, label: str) -> LLMPanel:
    """Lay the fields out, folded away."""
    with gr.Accordion(label, open=False, elem_id="settings"):
        return LLMPanel(
            provider=gr.Dropdown([], label=w("llm_provider"), elem_id="llm-provider"),
            model=gr.Dropdown([], label=w("llm_model"), allow_custom_value=True, visible=False, elem_id="llm-model"),
            key=gr.Textbox(label=w("llm_key"), type="password", visible=False, elem_id="llm-key"),
            url=gr.Textbox(label=w("llm_url"), visible=False, elem_id="llm-url"),
            use=gr.Button(w("llm_use"), visible=False, size="sm", elem_id="llm-use"),
            told=gr.HTML("", apply_default_css=False, elem_id="llm-told"),
            order=gr.Dropdown([], label=w("order"), elem_id="order"),
            parts=gr.HTML("", apply_default_css=False, elem_id="parts"),
        )
