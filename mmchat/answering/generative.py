"""Evidence -> an answer in a language model's own words, each sentence with its marker, each marker with its place.

The model may cite only the numbers it was given. What it says without a marker is given one when the evidence holds
nearly the same words. When it fails, before or in the middle, the extractive answer takes over and says so.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Sequence

from mmchat.answering.base import Answerer, AnswerEvent, Concluded, NothingFound, Question, cite
from mmchat.answering.citation_parser import CitationParser, CodeBlock, InlineCode, Piece
from mmchat.answering.draft import Draft
from mmchat.answering.evidence_prompt import answer_prompt
from mmchat.answering.extractive import ExtractiveAnswerer
from mmchat.answering.support import Embed, best_quote, sure_quote
from mmchat.answering.wording import wording
from mmchat.encoders.e5_small import QUERY, E5SmallEncoder
from mmchat.errors import MmchatError, ModelUnavailable, UnknownBackend
from mmchat.llms import LLM, Note, create_llm
from mmchat.perception.language import detect_language
from mmchat.settings import Settings
from mmchat.types import Cited, Evidence, Grounding, LLMChoice, TextDelta, Warned

_NO_ANSWER = re.compile(r"[\s*_\"'“”]*no answer[\s*_\"'“”.!]*", re.IGNORECASE)
"""What the model is told to write, and nothing else, when the evidence does not answer; some dress it up."""
_NO_ANSWER_BEGUN = "noanswer"
log = logging.getLogger(__name__)

_TOKEN = re.compile(r"\s+|\S+")
_ENDS = re.compile(r"[.!?…。！？][\"'”’»)\]*_]*$")


class GenerativeAnswerer(Answerer):
    """Asks an LLM; falls back on quotes."""

    name = "generative"

    def __init__(self, llm: LLM, embed: Embed | None = None) -> None:
        self._llm = llm
        self._quoting = ExtractiveAnswerer()
        self._embed = embed

    @classmethod
    def from_settings(cls, settings: Settings) -> GenerativeAnswerer:
        """With the LLM of the settings.

        Raises:
            UnknownBackend: the settings name none.
        """
        if settings.llm == "none":
            raise UnknownBackend("A generative answer needs an LLM. Set MMCHAT_LLM to provider:model.")
        return cls.with_llm(create_llm(LLMChoice(settings.llm), settings), settings)

    @classmethod
    def with_llm(cls, llm: LLM, settings: Settings) -> GenerativeAnswerer:
        """With this LLM, whatever the settings say."""
        encoder = E5SmallEncoder.from_settings(settings)
        return cls(llm, lambda texts: encoder.encode_texts(texts, QUERY))

    @property
    def llm(self) -> LLM:
        """Who writes."""
        return self._llm

    def load(self) -> None:
        """Load the LLM."""
        self._llm.load()

    def answer(self, question: Question, draft: Draft) -> Iterator[AnswerEvent]:
        """Stream the answer; without any evidence, and for a greeting, the model is not asked."""
        if not draft.evidence:
            yield from self._quoting.answer(question, draft)
            return
        said = ""
        try:
            for event in self._generated(question, draft):
                said += event.text if isinstance(event, TextDelta) else ""
                yield event
            return
        except MmchatError as error:
            trouble = str(error)
        except Exception as error:
            log.error("%s failed: %s", self._llm.name, type(error).__name__)  # no traceback: it could hold the key
            trouble = f"{self._llm.name} failed unexpectedly ({type(error).__name__})."
        yield Warned(f"{trouble} Your files are quoted instead.")
        if said:
            yield TextDelta(f"{_closing(said)}\n\n---\n\n")
        quotes = self._quoting.answer(question, draft)
        yield from (step for step in quotes if not (said and isinstance(step, NothingFound)))

    def _generated(self, question: Question, draft: Draft) -> Iterator[AnswerEvent]:
        evidence = draft.evidence
        stopped = question.context.stopped
        abilities = self._llm.abilities_unless(stopped)
        if stopped.is_set():
            return
        prompt, sent = answer_prompt(question, evidence, abilities)
        parser = CitationParser(sent)
        cited = False
        writing = _Writing([piece for piece in evidence if piece.number in sent], self._embed)
        opening: str | None = ""
        for chunk in self._llm.stream(prompt, stopped):
            if isinstance(chunk, Note):
                yield Warned(chunk.sentence)
            if not isinstance(chunk, str):
                continue
            if opening is not None:  # hold back what may become "NO ANSWER"
                opening = (opening + chunk).lstrip()
                if _may_become_no_answer(opening):
                    continue
                chunk, opening = opening, None
            for event in writing.take(parser.feed(chunk)):
                cited = cited or isinstance(event, Cited)
                yield event
        if stopped.is_set():
            return
        if opening is not None and _NO_ANSWER.fullmatch(opening):
            yield from self._quoting.answer(question, draft.doubted(wording(question.interface_language)))
            return
        for event in [*writing.take([*parser.feed(opening or ""), *parser.end()]), *writing.end()]:
            cited = cited or isinstance(event, Cited)
            yield event
        if not writing.anything:
            raise ModelUnavailable(f"{self._llm.name} gave an empty answer.", retryable=True)
        if parser.unknown:
            numbers = ", ".join(f"[{number}]" for number in sorted(parser.unknown))
            yield Warned(f"The model cited {numbers}, which it was never given; these markers were left out.")
        yield Concluded(Grounding.ANSWERED if cited else Grounding.UNGROUNDED)


def _may_become_no_answer(opening: str) -> bool:
    letters = re.sub(r"[\s*_\"'“”.!]+", "", opening).lower()
    return _NO_ANSWER_BEGUN.startswith(letters) if len(letters) <= len(_NO_ANSWER_BEGUN) else False


def _closing(said: str) -> str:
    """What ends a block of code that was left open, so that what follows is no part of it."""
    parser = CitationParser(())
    for _ in parser.feed(f"{said}\n "):
        pass
    return f"\n{parser.fence}" if parser.fence else ""


class _Writing:
    """Pieces of the answer -> events; it keeps the sentence at hand, to find the words that each marker stands for."""

    def __init__(self, evidence: Sequence[Evidence], embed: Embed | None) -> None:
        self._evidence = {piece.number: piece for piece in evidence}
        self._embed = embed
        self._sentence = ""
        self._ended = False  # the sentence is over unless a marker follows
        self._cited = False
        self._block = False  # the sentence is a block of code, which is given no marker
        self._space = ""
        self.anything = False

    def take(self, pieces: Iterable[Piece]) -> Iterator[AnswerEvent]:
        for piece in pieces:
            if isinstance(piece, int):
                yield from self._marker(piece)
                continue
            if isinstance(piece, CodeBlock) != self._block and piece.strip():
                yield from self._finish()
                self._block = isinstance(piece, CodeBlock)
            for token in _TOKEN.findall(piece):
                yield from self._token(token, code=isinstance(piece, CodeBlock | InlineCode))

    def end(self) -> Iterator[AnswerEvent]:
        yield from self._finish()

    def _token(self, token: str, *, code: bool) -> Iterator[AnswerEvent]:
        if token.isspace():
            self._space += token
            return
        if not self._block and self._space and (self._ended or "\n\n" in self._space):
            yield from self._finish()
        yield TextDelta(self._space + token)
        self._sentence += self._space + token
        self._space = ""
        self._ended = not code and bool(_ENDS.search(self._sentence))
        self.anything = True

    def _marker(self, number: int) -> Iterator[AnswerEvent]:
        piece = self._evidence[number]
        if self._block and "\n" not in self._space:  # beside its closing fence a marker would keep the block open
            self._space = "\n"
        yield TextDelta(f"{self._space}[{number}]")
        self._space = ""
        span = best_quote(self._sentence, detect_language(self._sentence), piece, self._embed)
        yield Cited(cite(piece, span.start, span.end) if span else cite(piece, 0, 0))
        self._cited = True

    def _finish(self) -> Iterator[AnswerEvent]:
        """The sentence is over: without a marker it is given one, when the evidence says nearly the same."""
        sentence = self._sentence.strip()
        if sentence and not self._cited and not self._block:
            span = sure_quote(sentence, detect_language(sentence), list(self._evidence.values()))
            if span is not None:
                yield TextDelta(f" [{span.evidence.number}]")
                yield Cited(cite(span.evidence, span.start, span.end))
        self._sentence, self._ended, self._cited = "", False, False
