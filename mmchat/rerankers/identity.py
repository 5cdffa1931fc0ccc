"""No reranking: the retrieval order is the order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mmchat.rerankers.base import Grade, Reranker
from mmchat.settings import Settings
from mmchat.types import Candidate, Query, RunContext


class IdentityReranker(Reranker):
    """Grades nothing."""

    name = "none"

    @classmethod
    def from_settings(cls, settings: Settings) -> IdentityReranker:
        """Nothing in ``settings`` changes it."""
        return cls()

    def load(self) -> None:
        """There is nothing to load."""

    def _grade(self, query: Query, candidates: Sequence[Candidate], context: RunContext) -> Mapping[str, Grade]:
        return {}
