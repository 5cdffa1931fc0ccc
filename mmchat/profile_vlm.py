"""The vision-language model that the ``hub`` profile writes and judges with, where it can be had on this machine.

Where it cannot, and until it is here, the bundled parts go on, and a sentence says what would bring it.
"""

from __future__ import annotations

from mmchat.errors import ModelUnavailable
from mmchat.models import hub, runtime
from mmchat.settings import AUTO, Settings

MODEL = "Qwen/Qwen3-VL-2B-Instruct"
"""Apache-2.0, and it reads many languages. The smaller ones of its licence (SmolVLM) read English."""
NAME = f"transformers:{MODEL}"
JUDGE, BUNDLED_RERANKER = "vision-language", "cross-encoder"


def wanted(settings: Settings) -> bool:
    """Whether the settings leave it to us to find a language model, and have work for one."""
    return settings.llm == AUTO and (settings.answerer != "extractive" or settings.reranker in (AUTO, JUDGE))


def without(settings: Settings) -> Settings:
    """The settings with bundled parts wherever this model was meant."""
    changes = {}
    if settings.llm == AUTO:
        changes["llm"] = "none"
        changes["answerer"] = "extractive"
    if settings.reranker == AUTO or (settings.llm == AUTO and settings.reranker == JUDGE):
        changes["reranker"] = BUNDLED_RERANKER
    return settings.model_copy(update=changes)


def obtained(settings: Settings) -> Settings:
    """The settings with this model in them, its weights on this disk; fetched first where that is wanted.

    Without a GPU it is not fetched unasked, and does not judge unasked: it reads a candidate in seconds there, and a
    judge has 20 s for 20 of them.

    Raises:
        MissingDependency, ModelUnavailable, SettingsError: why it is not to be had, with the line that brings it.
    """
    runtime.need(f"The model {MODEL!r}", "torch")
    device, _ = runtime.choose(settings)
    if device == "cpu" and hub.find(MODEL, settings) is None:
        raise ModelUnavailable(
            f"The model {MODEL!r} is not fetched by itself, for without a GPU an answer takes it about a minute. To "
            f"have it all the same: {hub.line_for(MODEL, settings)}"
        )
    runtime.need(f"The model {MODEL!r}", "transformers", "torchvision")  # before 4 GB are fetched for nothing
    hub.locate(MODEL, settings)
    changes = {"llm": NAME}
    if settings.reranker == AUTO:
        changes["reranker"] = BUNDLED_RERANKER if device == "cpu" else JUDGE
    return settings.model_copy(update=changes)
