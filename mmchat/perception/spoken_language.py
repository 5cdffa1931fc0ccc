"""What Whisper thinks of the language of each window -> one language per window, by the company it keeps.

A window in another language is believed when it is clear; a doubtful one takes the language most is spoken in. Plain
arithmetic: nothing here hears anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

CLEAR_FROM = 0.6
"""A window of enough speech may differ from the rest from this probability on."""
SHORT_S = 3.0
CLEAR_FROM_WHEN_SHORT = 0.9
"""A word or two are easily mistaken for another language."""
EXPECTED = {"en": 4.0, "fr": 48.0}
"""Odds in favour of the languages of the page, for recordings of a few words. Whisper takes these for English: of our
prompts of one or two words (development data, 2026-11-21) equal odds get 1.00 of the English and .34 of the French
right, French odds twelve times the English .98 and .75. Longer prompts are right in both without."""


@dataclass(frozen=True, slots=True)
class LanguageVote:
    """How long a window's speech is, and its language's probabilities by ISO 639-1 code."""

    seconds: float
    probabilities: Mapping[str, float]


def choose_languages(votes: Sequence[LanguageVote]) -> list[str]:
    """A language for each window, in order."""
    total: dict[str, float] = {}
    for vote in votes:
        for language, probability in vote.probabilities.items():
            total[language] = total.get(language, 0.0) + vote.seconds * probability
    spoken_s = sum(vote.seconds for vote in votes)
    if spoken_s < SHORT_S:
        total = {language: weight * EXPECTED.get(language, 1.0) for language, weight in total.items()}
    main = max(total, key=lambda language: total[language])
    return [_choose(vote, main) for vote in votes]


def _choose(vote: LanguageVote, main: str) -> str:
    best = max(vote.probabilities, key=lambda language: vote.probabilities[language])
    clear = CLEAR_FROM if vote.seconds >= SHORT_S else CLEAR_FROM_WHEN_SHORT
    return best if vote.probabilities[best] >= clear else main
