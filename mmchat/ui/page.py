"""The components that events read and write, by name."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr


@dataclass(frozen=True)
class LLMPanel:
    """What a visitor chooses: who writes the answers, what orders the findings; and what is active, to be read."""

    provider: gr.Dropdown
    model: gr.Dropdown
    key: gr.Textbox
    url: gr.Textbox
    use: gr.Button
    told: gr.HTML
    order: gr.Dropdown
    parts: gr.HTML

    @property
    def outputs(self) -> list[gr.blocks.Block]:
        """Everything in it that an event may change."""
        return [self.provider, self.model, self.key, self.url, self.use, self.told, self.order]


@dataclass(frozen=True)
class Page:
    """What :func:`mmchat.ui.layout.build` lays out."""

    visit: gr.State
    chat: gr.Chatbot
    composer: gr.MultimodalTextbox
    sources: gr.HTML
    library: gr.HTML
    conversations: gr.HTML
    status: gr.HTML
    openers: gr.HTML
    add: gr.UploadButton
    fresh: gr.Button
    llm: LLMPanel
    clock: gr.Timer
    bridge: gr.HTML
    narrowed: gr.HTML
    tabs: gr.HTML
    insights: gr.HTML
    picked: gr.HTML

    @property
    def outputs(self) -> list[gr.blocks.Block]:
        """Everything an event may change; one that it leaves out of its answer stays as it is."""
        return [
            self.chat,
            self.composer,
            self.sources,
            self.library,
            self.conversations,
            self.status,
            self.openers,
            self.clock,
            self.llm.parts,
            self.narrowed,
            self.tabs,
            self.insights,
            self.picked,
        ]
