"""A model folder in this process, through transformers: messages with pictures in; a stream of text, and its cost, out.

Vision-language models see the pictures; a model of text only is taken too, and gets their words.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from threading import Event
from typing import Self

from mmchat.errors import MmchatError, ModelUnavailable
from mmchat.llms import in_turn, model_folder
from mmchat.llms.base import LLM, Abilities, Chunk, Note, Prompt, Usage, fitted
from mmchat.llms.openai_client import asked_in_words, cut_short
from mmchat.llms.thinking import AnswerOnly
from mmchat.models import hub
from mmchat.settings import Settings
from mmchat.types import LLMChoice

_CONTEXT_TOKENS = 8192
"""Attention over more would take more memory than most machines have, so a longer context has to be asked for."""

_IMAGES = 4
"""Each takes about 1,100 tokens in the small models (SmolVLM: 17 tiles of 64), and reading them is most of the wait."""


_CUT = Note("the answer is cut off")

_turn = threading.Lock()


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

        def generate(tell: Callable[[Chunk], None], ended: Callable[[], bool]) -> None:
            model = self._model()
            inputs = model.inputs(asked)
            taken, room = inputs["input_ids"].shape[1], abilities.context_tokens - prompt.max_output_tokens
            if taken > room:
                raise ModelUnavailable(
                    f"The question with its evidence was too long for {self.name}: {taken} tokens, and there is room "
                    f"for {max(0, room)}. Set MMCHAT_EVIDENCE lower, or choose a model with a longer context."
                )
            if not ended():
                made, whole = model.generate(inputs, prompt.max_output_tokens, tell, ended)
                if not whole and not ended():
                    tell(_CUT)
                tell(Usage(taken, made))

        try:
            said = False
            for chunk in in_turn.pieces(generate, _turn, stopped):
                if isinstance(chunk, str):
                    text = answer.feed(chunk)
                else:
                    text, answer = answer.rest(), AnswerOnly()
                said |= bool(text)
                if text:
                    yield text
                if chunk is _CUT:
                    yield from cut_short(self.name, prompt.max_output_tokens, "length", any_text=said)
                elif not isinstance(chunk, str):
                    yield chunk
        except MmchatError:
            raise
        except Exception as error:  # torch, jinja2 and the models' own code raise what they like
            raise self._trouble(error) from error

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
