"""A model folder in this process, through transformers: messages with pictures in; a stream of text, and its cost, out.

Vision-language models see the pictures; a model of text only is taken too, and gets their words.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any, Self

from mmchat.errors import MmchatError, ModelUnavailable
from mmchat.llms import in_turn, model_folder, yes_or_no
from mmchat.llms.base import LLM, Abilities, Chunk, Note, Prompt, Usage, fitted
from mmchat.llms.openai_client import asked_in_words, cut_short
from mmchat.llms.thinking import AnswerOnly
from mmchat.models import hub, zero_gpu
from mmchat.settings import Settings
from mmchat.types import LLMChoice

_CONTEXT_TOKENS = 8192
"""Attention over more would take more memory than most machines have, so a longer context has to be asked for."""

_IMAGES = 4
"""Each takes about 1,100 tokens in the small models (SmolVLM: 17 tiles of 64), and reading them is most of the wait."""

_TURN_S = 20.0
"""How long a judgement waits for the answer before it: as long as a judge has for a question."""

_CUT = Note("the answer is cut off")

_turn = threading.Lock()


@dataclass(frozen=True, slots=True)
class _Question:
    """All that a call needs, in any process."""

    name: str
    folder: Path
    settings: Settings
    prompt: Prompt
    context_tokens: int

    def opened(self) -> tuple[model_folder.ChatModel, Any]:
        """The model and its inputs; the weights are those that this process has loaded, or are loaded now."""
        model = model_folder.loaded(self.folder, self.settings)
        inputs = model.inputs(self.prompt)
        taken, room = inputs["input_ids"].shape[1], self.context_tokens - self.prompt.max_output_tokens
        if taken > room:
            raise ModelUnavailable(
                f"The question with its evidence was too long for {self.name}: {taken} tokens, and there is room "
                f"for {max(0, room)}. Set MMCHAT_EVIDENCE lower, or choose a model with a longer context."
            )
        return model, inputs


def _generate(question: _Question, tell: Callable[[Chunk], None], ended: Callable[[], bool]) -> None:
    model, inputs = question.opened()
    if not ended():
        made, whole = model.generate(inputs, question.prompt.max_output_tokens, tell, ended)
        if not whole and not ended():
            tell(_CUT)
        tell(Usage(inputs["input_ids"].shape[1], made))


def _generated(question: _Question) -> Generator[Chunk, None, None]:
    yield from in_turn.pieces(partial(_generate, question), threading.Lock(), Event())


def _judged(question: _Question) -> float:
    return yes_or_no.yes_probability(*question.opened())


_generated_on_gpu = zero_gpu.on_gpu(_generated)
_judged_on_gpu = zero_gpu.on_gpu(_judged)


class TransformersVLM(LLM):
    """One model folder."""

    provider = "transformers"

    def __init__(self, model: str, settings: Settings) -> None:
        self.model = model
        self._settings = settings

    @classmethod
    def from_choice(cls, model: str, choice: LLMChoice, settings: Settings) -> Self:
        """Neither key nor address is needed."""
        return cls(model, settings)

    @property
    def abilities(self) -> Abilities:
        """From the folder's configuration; the weights are not loaded for it."""
        config = model_folder.configuration(hub.locate(self.model, self._settings))
        trained = getattr(config.get_text_config(), "max_position_embeddings", None) or _CONTEXT_TOKENS
        return Abilities(
            vision=hasattr(config, "vision_config") and self._settings.llm_vision != "no",
            context_tokens=min(trained, self._settings.llm_context_tokens or _CONTEXT_TOKENS),
            images=_IMAGES,
            structured=False,
        )

    def load(self) -> None:
        """Load the weights, once per process."""
        self._model()

    def stream(self, prompt: Prompt, stopped: Event) -> Iterator[Chunk]:
        """The text in pieces, the likeliest token each time; one generation at a time.

        A stop takes effect after the token that is being made; reading the prompt counts as the first.
        """
        abilities = self.abilities
        prompt, notes = fitted(prompt, abilities, self.name)
        yield from notes
        asked = prompt if prompt.schema is None else asked_in_words(prompt)
        answer = AnswerOnly()

        question = self._question(asked, abilities)
        visitor = contextvars.copy_context()  # whose GPU time it is, where that is counted

        def generate(tell: Callable[[Chunk], None], ended: Callable[[], bool]) -> None:
            self._model()
            if _generated_on_gpu is _generated:
                _generate(question, tell, ended)
                return
            with closing(_generated_on_gpu(question)) as chunks:
                for chunk in chunks:
                    tell(chunk)
                    if ended():
                        return

        def work(tell: Callable[[Chunk], None], ended: Callable[[], bool]) -> None:
            visitor.run(generate, tell, ended)

        try:
            said = False
            for chunk in in_turn.pieces(work, _turn, stopped):
                if isinstance(chunk, str):
                    text = answer.feed(chunk)
                else:
                    text, answer = answer.rest(), AnswerOnly()
                said |= bool(text)
                if text:
                    yield text
                if chunk == _CUT:
                    yield from cut_short(self.name, prompt.max_output_tokens, "length", any_text=said)
                elif not isinstance(chunk, str):
                    yield chunk
        except MmchatError:
            raise
        except Exception as error:  # torch, jinja2 and the models' own code raise what they like
            raise self._trouble(error) from error

    def yes_probability(self, prompt: Prompt) -> float:
        """How probable "yes" is against "no" as the next word, 0..1, in float32; one call of the model at a time.

        Raises:
            ModelUnavailable: it could not be asked, or was answering others for too long.
        """
        abilities = self.abilities
        question = self._question(fitted(prompt, abilities, self.name)[0], abilities)
        if not _turn.acquire(timeout=_TURN_S):
            raise ModelUnavailable(f"{self.name} is busy with another answer: try again.", retryable=True)
        try:
            self._model()
            return _judged_on_gpu(question)
        except MmchatError:
            raise
        except Exception as error:  # as above
            raise self._trouble(error) from error
        finally:
            _turn.release()

    def _question(self, prompt: Prompt, abilities: Abilities) -> _Question:
        folder = hub.locate(self.model, self._settings)
        return _Question(self.name, folder, self._settings, prompt, abilities.context_tokens)

    def _model(self) -> model_folder.ChatModel:
        folder = hub.locate(self.model, self._settings)
        try:
            return model_folder.loaded(folder, self._settings)
        except MmchatError:
            raise
        except Exception as error:  # a damaged folder, a kind that this version does not know, too little memory
            raise ModelUnavailable(
                f"{self.name} could not be loaded: {model_folder.first_line(error)}. Fetch it again, or choose another."
            ) from error

    def _trouble(self, error: Exception) -> ModelUnavailable:
        if "OutOfMemory" in type(error).__name__ or "out of memory" in str(error):
            return ModelUnavailable(
                f"There was not enough memory for {self.name}. Set MMCHAT_EVIDENCE lower, or choose a smaller model.",
                retryable=True,
            )
        return ModelUnavailable(
            f"{self.name} could not answer: {model_folder.first_line(error)}. Choose another model."
        )
