"""The steps of one answer on their way to the person, gathered and stored however the answer ends."""

from __future__ import annotations

import logging
import time
from collections.abc import Generator
from threading import Event as ThreadEvent

from mmchat.answering.base import Concluded
from mmchat.catalog import Conversations
from mmchat.errors import MmchatError, ModelUnavailable
from mmchat.types import (
    Candidate,
    Citation,
    Cited,
    Event,
    Evidence,
    EvidenceChosen,
    Failed,
    Finished,
    Grounding,
    Reranked,
    Reranking,
    Retrieved,
    TextDelta,
    Understood,
    Warned,
)

log = logging.getLogger(__name__)


class AnswerRecord:
    """What has been said so far in one answer, and how long each stage took."""

    def __init__(self, conversations: Conversations, library: str, message_id: str, stopped: ThreadEvent) -> None:
        """For one message; once ``stopped`` is set, what ends early ends without an error, and is no whole answer."""
        self._conversations = conversations
        self._library = library
        self._message_id = message_id
        self._stopped = stopped
        self._started = time.perf_counter()
        self._text = ""
        self._evidence: tuple[Evidence, ...] = ()
        self._citations: list[Citation] = []
        self._warnings: list[str] = []
        self._grounding: Grounding | None = None
        self._understood: Understood | None = None
        self._found: tuple[Candidate, ...] = ()
        self._reranking: Reranking | None = None
        self._timings_ms: dict[str, float] = {}

    def keep(self, steps: Generator[Event | Concluded, None, None]) -> Generator[Event, None, None]:
        """Pass the steps on; store the answer at the end, also when it is stopped or fails half way."""
        complete = False
        try:
            for step in steps:
                self._note(step)
                if not isinstance(step, Concluded):
                    yield step
            complete = not self._stopped.is_set()
        except MmchatError as error:
            retryable = isinstance(error, ModelUnavailable) and error.retryable
            yield self._failed(str(error), retryable=retryable)
        except Exception as error:
            log.exception("answer %s failed", self._message_id)
            sentence = f"The answer failed: an unexpected {type(error).__name__}. Ask again; the log has the details."
            yield self._failed(sentence, retryable=True)
        finally:
            steps.close()
            self._store(complete=complete)
        if complete:
            self._timings_ms["total"] = self._elapsed_ms()
            yield Finished(self._grounding, self._message_id, dict(self._timings_ms))

    def _note(self, step: Event | Concluded) -> None:
        match step:
            case TextDelta(text):
                self._timings_ms.setdefault("first_text", self._elapsed_ms())
                self._text += text
            case Understood():
                self._understood = step
                self._timings_ms.setdefault("understand", self._elapsed_ms())
            case Cited(citation):
                self._citations.append(citation)
            case Warned(message):
                self._warnings.append(message)
            case Retrieved(candidates=candidates, milliseconds=milliseconds):
                self._timings_ms["retrieve"] = milliseconds
                self._found, self._reranking = candidates, None  # a second search takes the place of the first
            case Reranked(milliseconds=milliseconds):
                self._timings_ms["rerank"] = milliseconds
                self._reranking = step.compared(self._found)
            case EvidenceChosen(evidence):
                self._timings_ms.setdefault("evidence", self._elapsed_ms())
                self._evidence = evidence
            case Concluded(grounding):
                self._grounding = grounding

    def _failed(self, sentence: str, *, retryable: bool) -> Failed:
        self._warnings.append(sentence)
        return Failed(sentence, retryable)

    def _elapsed_ms(self) -> float:
        return (time.perf_counter() - self._started) * 1000

    def _store(self, *, complete: bool) -> None:
        self._conversations.store_answer(
            self._library,
            self._message_id,
            self._text,
            evidence=self._evidence,
            citations=self._citations,
            grounding=self._grounding,
            warnings=self._warnings,
            complete=complete,
            understood=self._understood,
            reranking=self._reranking,
        )
