"""A part as it stands -> why it is this one, and what to type for a better one. It changes and words nothing."""

from __future__ import annotations

from dataclasses import dataclass

from mmchat import profile_vlm
from mmchat.models import hub, runtime
from mmchat.perception.speech import hub_model
from mmchat.settings import AUTO, PREFIX, PROFILES, Settings
from mmchat.types import PartState

FIELDS = {
    "text": "text_encoder",
    "image": "image_encoder",
    "sound": "sound_encoder",
    "speech": "speech",
    "ocr": "ocr",
    "rerank": "reranker",
    "answer": "llm",
    "llm": "llm",
}
"""Which setting chooses a part."""
_TORCH = ("torch", "transformers")
_HUB = PROFILES["hub"]
_BETTER: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "e5-small": ("text_encoder", _HUB["text_encoder"], (*_TORCH, "sentence_transformers")),
    "image-concepts": ("image_encoder", _HUB["image_encoder"], _TORCH),
    "sound-concepts": ("sound_encoder", _HUB["sound_encoder"], _TORCH),
    "whisper-base": ("speech", _HUB["speech"], ()),
    "cross-encoder": ("reranker", "cross-encoder-hub:BAAI/bge-reranker-v2-m3", (*_TORCH, "sentence_transformers")),
    "extractive": ("llm", profile_vlm.NAME, (*_TORCH, "torchvision")),
    "rapidocr": ("ocr", "tesseract", ("tesserocr",)),
}
"""By backend: the setting and the value that do its work better, and the packages it needs."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What can be said of a part beside its state.

    Attributes:
        source: ``setting`` (a person chose it), ``profile``, or ``found`` (the first that works here).
        setting: the line that chooses it now.
        better: the backend for which we know a better one, or "".
        steps: what to type to get ready for the better one, if anything; a package to install, weights to fetch.
        line: the setting that chooses the better one, or "".
    """

    source: str
    setting: str
    better: str = ""
    steps: tuple[str, ...] = ()
    line: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """All that is to be typed, in this order."""
        return (*self.steps, self.line) if self.line else ()


def advise(part: PartState, settings: Settings) -> Advice | None:
    """What is to be said of this part; None for one that no setting chooses."""
    field = FIELDS.get(part.part)
    if field is None:
        return None
    quotes_wanted = part.part == "answer" and settings.chosen("answerer")
    field = "answerer" if quotes_wanted else field
    value = getattr(settings, field)
    source = "setting" if settings.chosen(field) else "found" if value == AUTO else "profile"
    setting = f"{PREFIX}{field.upper()}={value}"
    # The profile's own language model is a part of its own, and says itself what it lacks.
    said_elsewhere = part.backend == "extractive" and profile_vlm.wanted(settings)
    if part.state != "ready" or part.backend not in _BETTER or quotes_wanted or said_elsewhere:
        return Advice(source, setting)
    better, chosen, packages = _BETTER[part.backend]
    missing = [package.replace("_", "-") for package in packages if not runtime.is_here(package)]
    steps = [f"pip install {' '.join(missing)}"] if missing else []
    model = hub_model(chosen) if better == "speech" else chosen.partition(":")[2]
    if model and hub.find(model, settings) is None and settings.profile != "hub":
        steps.append(hub.line_for(model, settings))
    return Advice(source, setting, part.backend, tuple(steps), f"{PREFIX}{better.upper()}={chosen}")
