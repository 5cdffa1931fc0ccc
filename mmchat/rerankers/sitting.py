"""One question before the judge: its candidates in batches, within what the model takes and what may be spent.

Batches follow one another, and each is shown the best and the worst graded so far with their grades. So the grades of
all batches are on one scale, which a judge that sees ten candidates alone would set anew each time.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from threading import Event
from typing import Protocol, runtime_checkable

import numpy as np

from mmchat.llms.base import LLM, ImagePart, LLMMessage, Note, Part, Prompt
from mmchat.llms.pictures import picture_of, pixels_part
from mmchat.rerankers.base import Grade
from mmchat.rerankers.batches import Batch, Exhibits
from mmchat.rerankers.judgements import BEST, SCHEMA, Judgement, read_judgements
from mmchat.rerankers.showing import data, question_parts, tokens_of, words_asked
from mmchat.types import Candidate, Query, RunContext

log = logging.getLogger(__name__)

OVERLAP = 2
"""How many graded candidates a later batch is shown again: enough to span the scale."""
_LEAST_PICTURES = 2 * OVERLAP
"""With fewer left, no picture is shown again: it would take the place of a new one."""
_ANSWER_TOKENS = 80
"""For one judgement; it needs about 40, and a talkative judge must not cut off the last ones."""
_THOUGHT_TOKENS = 1024
_AGAIN = "Your last answer held no judgements. Write the JSON document alone."


@dataclass(frozen=True, slots=True)
class Budgets:
    """What one question may take.

    Attributes:
        candidates: how many of the first are judged.
        batch: how many one call shows.
        pictures, tokens: sent in all calls together.
        seconds: of all calls together.
        side_px: no picture is sent larger; a judge need not read small print.
    """

    candidates: int = 20
    batch: int = 10
    pictures: int = 28
    tokens: int = 60_000
    seconds: float = 20.0
    side_px: int = 768


@runtime_checkable
class JudgesByLogits(Protocol):
    """An LLM that can tell how probable an answer is, and so grades without writing."""

    def yes_probability(self, prompt: Prompt) -> float:
        """How probable "yes" is against "no" as the next word, 0..1, from the logits in float32.

        Half precision would round the most probable ones to the same number, and scramble their order.
        """


class Sitting:
    """Judges the candidates of one question. What it has graded stays in :attr:`grades`, however it ends."""

    def __init__(
        self,
        llm: LLM,
        budgets: Budgets,
        query: Query,
        candidates: Sequence[Candidate],
        context: RunContext,
        over: Event,
    ) -> None:
        self.grades: dict[str, Grade | None] = {}
        self.malformed = False
        self._llm = llm
        self._abilities = llm.abilities_unless(over)
        self._budgets = budgets
        self._candidates = candidates
        self._context = context
        self._over = over
        self._tokens = budgets.tokens
        self._pictures = budgets.pictures if self._abilities.vision else 0
        self._noted: set[str] = set()
        side_px = min(self._abilities.image_side_px, budgets.side_px)
        seen = None
        if query.pixels is not None and self._abilities.vision:
            seen = pixels_part(query.pixels, side_px, data(query.perceived))
        self._question = question_parts(query, seen)
        self._exhibits = Exhibits(candidates, context, self._abilities, side_px=side_px, about=words_asked(query))

    def judge(self, known: Mapping[str, Grade]) -> None:
        """Grade every candidate whose grade is not known, in as many calls as it takes.

        Raises:
            MmchatError: the model could not be asked.
        """
        if isinstance(self._llm, JudgesByLogits):
            self._one_by_one(self._llm, known)
        else:
            self._in_batches(known)

    def _in_batches(self, known: Mapping[str, Grade]) -> None:
        rules = _rules("judge.md")
        scale = dict(known)
        waiting = [c for c in self._candidates if c.segment.id not in known]
        while waiting and not self._over.is_set():
            batch = self._empty_batch(rules, self._budgets.batch)
            nothing = self._exhibits.fill(batch, self._shown_again(scale, batch), waiting)
            self.grades.update((candidate.segment.id, None) for candidate in nothing)
            dealt_with = len(batch.asked) + len(nothing)
            if dealt_with == 0:  # nothing is left to spend
                log.info("%d candidates were left unjudged: the budget is spent", len(waiting))
                return
            waiting = waiting[dealt_with:]
            if not batch.asked:
                continue
            found = self._ask(batch, scale, rules)
            for number, judgement in found.items():
                scale[batch.asked[number]] = Grade(judgement.grade / BEST, judgement.reason)
                self.grades[batch.asked[number]] = scale[batch.asked[number]]
            if not found:
                self.malformed = not self._over.is_set()
                return

    def _one_by_one(self, llm: JudgesByLogits, known: Mapping[str, Grade]) -> None:
        rules = _rules("judge_one.md")
        for candidate in self._candidates:
            id = candidate.segment.id
            if id in known:
                continue
            batch = self._empty_batch(rules, 1)
            if self._exhibits.fill(batch, (), [candidate]):
                self.grades[id] = None
                continue
            if not batch.asked or self._over.is_set():
                return
            parts = [*self._question, *batch.parts, "Is this candidate relevant? Answer yes or no."]
            self._spend(rules, parts)
            prompt = Prompt(_messages(rules, parts), max_output_tokens=1)
            probability = float(np.float32(llm.yes_probability(prompt)))
            if 0.0 <= probability <= 1.0:  # what is no number is not in between
                self.grades[id] = Grade(probability)

    def _empty_batch(self, rules: str, places: int) -> Batch:
        taken = tokens_of([rules, *self._question], self._abilities.image_tokens)
        context = self._abilities.context_tokens - self._answer_tokens(places)
        pictures = min(self._abilities.images, self._pictures) - _pictures(self._question)
        return Batch(places, max(0, pictures), min(self._tokens, context) - taken - _ANSWER_TOKENS)

    def _shown_again(self, scale: Mapping[str, Grade], batch: Batch) -> list[Candidate]:
        """The best and the worst graded so far."""
        graded = [c for c in self._candidates if c.segment.id in scale]
        if self._abilities.vision and batch.pictures < _LEAST_PICTURES:
            graded = [c for c in graded if not picture_of(c)]
        graded.sort(key=lambda c: -scale[c.segment.id].relevance)
        return graded if len(graded) <= OVERLAP else [graded[0], graded[-1]]

    def _ask(self, batch: Batch, scale: Mapping[str, Grade], rules: str) -> dict[int, Judgement]:
        """The judgements of one batch; asked once more when nothing in the answer can be believed."""
        task = "Judge these candidates: " + ", ".join(map(str, batch.asked)) + "."
        for number, id in batch.again.items():
            task += f" Candidate {number} was graded {round(scale[id].relevance * BEST)} before: keep to that scale."
        for last in ([task], [task, _AGAIN]):
            parts = [*self._question, *batch.parts, *last]
            if self._over.is_set() or self._spend(rules, parts) < 0:
                return {}
            prompt = Prompt(_messages(rules, parts), self._answer_tokens(len(batch.asked)), SCHEMA, "judgements")
            output = self._complete(prompt)
            found = read_judgements(output, batch.next_number - 1)
            found = {number: judgement for number, judgement in found.items() if number in batch.asked}
            if found:
                return found
            log.info("%s gave no judgement that can be read, in %d characters", self._llm.name, len(output))
        return {}

    def _complete(self, prompt: Prompt) -> str:
        said: list[str] = []
        for chunk in self._llm.stream(prompt, self._over):
            if isinstance(chunk, str):
                said.append(chunk)
            elif isinstance(chunk, Note) and chunk.sentence not in self._noted:
                self._noted.add(chunk.sentence)
                self._context.warn(chunk.sentence)
        return "".join(said)

    def _spend(self, rules: str, parts: Sequence[Part]) -> int:
        """Take a call from the budgets. Returns the tokens that are left then; below 0 they did not suffice."""
        self._tokens -= tokens_of([rules, *parts], self._abilities.image_tokens)
        self._pictures -= _pictures(parts)
        return self._tokens

    def _answer_tokens(self, count: int) -> int:
        return min(_THOUGHT_TOKENS + _ANSWER_TOKENS * count, self._abilities.context_tokens // 4)


def _messages(rules: str, parts: Sequence[Part]) -> tuple[LLMMessage, LLMMessage]:
    return LLMMessage("system", (rules,)), LLMMessage("user", tuple(parts))


def _pictures(parts: Sequence[Part]) -> int:
    return sum(isinstance(part, ImagePart) for part in parts)


def _rules(name: str) -> str:
    return files("mmchat.rerankers").joinpath(f"prompts/{name}").read_text("utf-8")
