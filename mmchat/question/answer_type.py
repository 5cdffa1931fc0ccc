"""A question's vector -> what form its answer takes: a sum of money, a date, a name, a yes or no. One linear layer.

The layer knows the vectors that multilingual-e5-small makes of questions. Fitted to 1,151 questions in English, French,
German and Spanish (``answer_types.json``) by ``python -m mmchat.evaluation.linear_layers answer_types``.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Self

from mmchat.question.linear import LinearLayer
from mmchat.settings import Settings
from mmchat.types import Vector

LAYER = Path(__file__).parent / "answer_types.npz"


class AnswerType(StrEnum):
    """The form of an answer."""

    NUMBER = "number"
    """How many, how big, how far, a share, a temperature."""
    MONEY = "money"
    DATE = "date"
    """A day, month or year."""
    TIME = "time"
    """By the clock."""
    DURATION = "duration"
    PERSON = "person"
    PLACE = "place"
    REASON = "reason"
    METHOD = "method"
    """How something is done."""
    YES_NO = "yes_no"
    CODE = "code"
    """What is copied letter by letter: a password, reference, seat, phone number, address of mail or web."""
    THING = "thing"
    """The name of an object, an organisation, a work; a colour, a kind."""
    ANYTHING = "anything"


class AnswerTypes:
    """Holds the fitted layer and nothing else."""

    def __init__(self, layer: LinearLayer) -> None:
        self._layer = layer

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """With the layer that ships with mmchat."""
        return cls(LinearLayer.read(LAYER))

    def of(self, vector: Vector) -> Mapping[AnswerType, float]:
        """The probability of each form, adding up to 1, for a question's vector, float32, shape (384,)."""
        shares = self._layer.probabilities(vector[None, :])[0]
        return {AnswerType(label): float(share) for label, share in zip(self._layer.labels, shares, strict=True)}
