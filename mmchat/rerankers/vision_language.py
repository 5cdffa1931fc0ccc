"""The LLM looks at the candidates, pictures as pictures, and says how well each answers the question, and why.

Whatever it says, the candidates stay all there: this file only makes grades, and the base puts them in order. When it
fails or takes too long, the retrieval order stays, and one sentence says so.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence

from mmchat.errors import MmchatError, SettingsError
from mmchat.llms import LLM, create_llm
from mmchat.llms.pictures import picture_of
from mmchat.rerankers.base import Grade, Reranker
from mmchat.rerankers.deadline import Deadline
from mmchat.rerankers.remembered import Remembered
from mmchat.rerankers.sitting import Budgets, JudgesByLogits, Sitting
from mmchat.settings import Settings
from mmchat.types import Candidate, LLMChoice, Query, RunContext

log = logging.getLogger(__name__)

__all__ = ["Budgets", "JudgesByLogits", "VisionLanguageReranker"]

REMEMBERED = 4096
"""Grades kept in memory: about 200 questions."""

Key = tuple[str, str, str, str, str]
"""Library, question, segment id, file name, LLM. A reason may name a file, so it never leaves its library."""


class VisionLanguageReranker(Reranker):
    """Grades text, transcripts, sounds and pictures with an LLM; one that sees no pictures is told of them in words."""

    name = "vision-language"

    def __init__(
        self, llm: LLM, budgets: Budgets | None = None, remembered: Remembered[Key, Grade] | None = None
    ) -> None:
        self._llm = llm
        self._budgets = budgets or Budgets()
        self._remembered = remembered if remembered is not None else Remembered(REMEMBERED)
        self.limit = self._budgets.candidates

    @classmethod
    def from_settings(cls, settings: Settings) -> VisionLanguageReranker:
        """With the LLM that ``settings`` choose.

        Raises:
            SettingsError: they choose none.
            UnknownBackend, MissingDependency: it cannot be had.
        """
        if settings.llm in ("", "none"):
            raise SettingsError(
                "The vision-language reranker needs an LLM, and none is chosen. Set MMCHAT_LLM to provider:model, or "
                "MMCHAT_RERANKER to cross-encoder or none."
            )
        return cls(create_llm(LLMChoice(settings.llm), settings))

    @property
    def llm(self) -> LLM:
        """Who judges."""
        return self._llm

    def judged_by(self, llm: LLM) -> VisionLanguageReranker:
        """The same with another LLM, such as one that a visitor chose; what is remembered is shared."""
        return VisionLanguageReranker(llm, self._budgets, self._remembered)

    def load(self) -> None:
        """Make sure that the LLM can be used."""
        self._llm.load()

    def judges(self, candidate: Candidate) -> bool:
        """Everything but a sound in which nothing was recognised: there is nothing to show of it."""
        segment = candidate.segment
        return bool(picture_of(candidate) or segment.text.strip() or segment.concepts)

    def _grade(self, query: Query, candidates: Sequence[Candidate], context: RunContext) -> Mapping[str, Grade | None]:
        if not query.words.strip() and query.pixels is None:
            return {}
        keys = self._keys(query, candidates, context.library)
        known = {id: grade for id, key in keys.items() if (grade := self._remembered.get(key)) is not None}
        if len(known) == len(keys) or context.stopped.is_set():
            return known
        grades: dict[str, Grade | None] = dict(known)
        trouble = ""
        sitting = None
        with Deadline(self._budgets.seconds, context.stopped) as deadline:
            try:
                sitting = Sitting(self._llm, self._budgets, query, candidates, context, deadline.over)
                sitting.judge(known)
            except MmchatError as error:
                trouble = str(error)
            except Exception as error:  # a search must not end because its judge did
                log.exception("the vision-language reranker failed")
                trouble = f"{self._llm.name} failed unexpectedly ({type(error).__name__})."
        if sitting is not None:
            grades |= sitting.grades
            if sitting.malformed:
                trouble = f"{self._llm.name} twice gave no judgements that can be read."
        if deadline.late and len(grades) < len(keys):
            trouble = f"{self._llm.name} took longer than {self._budgets.seconds:g} seconds."
        for id, grade in grades.items():
            if grade is not None:
                self._remembered.keep(keys[id], grade)
        if trouble and not context.stopped.is_set():
            context.warn(_warning(trouble, sum(grade is not None for grade in grades.values()), len(keys)))
        return grades

    def _keys(self, query: Query, candidates: Sequence[Candidate], library: str) -> dict[str, Key]:
        asked = hashlib.sha256()
        for part in (query.text, query.rewritten, query.perceived):
            asked.update(part.encode("utf-8", "replace") + b"\0")
        if query.pixels is not None:
            asked.update(repr(query.pixels.shape).encode() + query.pixels.tobytes())
        question = asked.hexdigest()
        return {c.segment.id: (library, question, c.segment.id, c.attachment.name, self._llm.name) for c in candidates}


def _warning(trouble: str, graded: int, count: int) -> str:
    if graded == 0:
        return f"The sources keep the order of the search, for they could not be judged. {trouble}"
    return f"Only {graded} of {count} sources were judged; the others follow in the order of the search. {trouble}"
