"""Sentences of minutes, a talk, a chat or a letter -> which decide, which give somebody something to do, and so on.

Two linear layers over multilingual-e5-small, fitted to examples in English, French, German and Spanish
(``sentence_roles.json``, ``asked_roles.json``) by ``python -m mmchat.evaluation.linear_layers``: one tells what a
sentence does, the other what a question asks for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Protocol, Self

from mmchat.encoders.e5_small import QUERY, E5SmallEncoder
from mmchat.question.linear import LinearLayer
from mmchat.settings import Settings
from mmchat.types import Vector, Vectors

FOLDER = Path(__file__).parent
NONE = "none"
"""The label of questions that ask for none of the roles."""


class Role(StrEnum):
    """What a sentence does among people who work something out."""

    DECISION = "decision"
    ACTION = "action"
    """Somebody is to do something, says that he will, or is asked to."""
    QUESTION = "question"
    RISK = "risk"
    """Something is wrong, or may go wrong."""
    OTHER = "other"
    """It tells, describes, greets; it may well tell of things decided or done."""


class TextEncoder(Protocol):
    """The encoder of the text space."""

    def encode_texts(self, texts: Sequence[str], prefix: str) -> Vectors:
        """Unit vectors, float32, shape (len(texts), dim)."""


class SentenceRoles:
    """Reads both layers once; the encoder's weights are shared by the process."""

    def __init__(self, sentences: LinearLayer, questions: LinearLayer, encoder: TextEncoder) -> None:
        self._sentences = sentences
        self._questions = questions
        self._encoder = encoder

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """With the layers that ship with mmchat and the bundled text encoder."""
        return cls(
            LinearLayer.read(FOLDER / "sentence_roles.npz"),
            LinearLayer.read(FOLDER / "asked_roles.npz"),
            E5SmallEncoder.from_settings(settings),
        )

    def of(self, sentences: Sequence[str]) -> list[Mapping[Role, float]]:
        """For each sentence the probability of each role, adding up to 1."""
        if not sentences:
            return []
        shares = self._sentences.probabilities(self._encoder.encode_texts(sentences, QUERY))
        return [{Role(label): float(p) for label, p in zip(self._sentences.labels, row, strict=True)} for row in shares]

    def asks_for_role(self, vector: Vector) -> Role | None:
        """The role whose sentences a question asks for ("any decisions?"); None for any other question.

        ``vector`` is the question's own, float32, shape (384,).
        """
        shares = self._questions.probabilities(vector[None, :])[0]
        label = self._questions.labels[int(shares.argmax())]
        return None if label == NONE else Role(label)
